// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>
#include <vector>

namespace twinhull {

/// A name beside `path` that says who is at work on it: "PATH.PID-N.partial". Never made twice by one process.
std::string partialPathFor(const std::string& path);

/// What processes that no longer exist left half made in `folder`: where only processes of this computer and of this
/// pid namespace are at work.
std::vector<std::string> stalePartials(const std::string& folder);

/// All that is half made there, whoever is at work on it.
std::vector<std::string> partialsIn(const std::string& folder);

/// Removes what of them nobody is at work on: whoever is holds flock(2) on FOLDER/.lock or, as PartialGuard, on the
/// partial folder itself. Process ids, which another pid namespace or computer counts by itself, decide only where
/// neither can be: of files in a folder without that lock or written by writeFileAtomically(), and of folders where the
/// file system has no flock(2) for them.
Result<> removeIdlePartials(const std::string& folder);

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

    /// Makes it as a folder and holds flock(2) on it from then on, so that removeIdlePartials() leaves it alone.
    Result<> makeFolder(unsigned mode = 0700);

private:
    std::string m_path;
    UniqueFd m_lock; ///< closed after the removal
};

} // namespace twinhull
