// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <array>
#include <string>
#include <string_view>

namespace twinhull {

/// Room for one file of /proc or of a cgroup; what does not fit is cut. One per thread.
using ReadBuffer = std::array<char, 32768>;

/// A kernel text file that is read again and again without being opened again (open and close cost more than the read).
/// A file of a process stays bound to that process: once it is dead the read fails, whoever has its number now.
/// Where descriptors run out it is opened for each reading instead, and bound by its path alone: a window that could
/// open none would have to end.
class KeptFile {
public:
    static Result<KeptFile> open(const std::string& path);

    /// The whole text as it is now; lives in `buffer`.
    Result<std::string_view> read(ReadBuffer& buffer) const;

private:
    explicit KeptFile(UniqueFd fd) : m_fd(std::move(fd)) { }
    explicit KeptFile(std::string path) : m_path(std::move(path)) { }

    UniqueFd m_fd; ///< none: m_path is opened for each reading
    std::string m_path;
};

} // namespace twinhull
