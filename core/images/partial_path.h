// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace twinhull {

/// A name beside `path` that says who is at work on it: "PATH.PID-N.partial". Never made twice by one process.
std::string partialPathFor(const std::string& path);

/// What processes that no longer exist left half made in `folder`.
std::vector<std::string> stalePartials(const std::string& folder);

/// rename(2) that never replaces: somebody may have made it meanwhile.
Result<> renameNew(const std::string& from, const std::string& to);

/// Removes its file or tree at the end of its life, unless it was kept.
class PartialGuard {
public:
    explicit PartialGuard(std::string path) : m_path(std::move(path)) { }
    PartialGuard(const PartialGuard&) = delete;
    PartialGuard& operator=(const PartialGuard&) = delete;
    ~PartialGuard();

    const std::string& path() const { return m_path; }
    void keep() { m_path.clear(); }

private:
    std::string m_path;
};

} // namespace twinhull
