// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace twinhull::runtime {

/// A line of /proc/PID/mountinfo (proc(5)).
struct MountLine {
    int id = 0;
    std::string device; ///< "8:1"
    std::string root; ///< what of the file system is shown: "/" is all of it
    std::string path; ///< where, as the process sees it
    std::string type; ///< "ext4"
};

/// Corrupt where a line is none of the kernel's.
Result<std::vector<MountLine>> parseMountTable(std::string_view text);

/// `process`: a number, or "self".
Result<std::vector<MountLine>> readMountTable(const std::string& process);

/// True for `folder` itself and for what lies in it. Both absolute, without a slash at the end.
bool isAtOrBelow(std::string_view path, std::string_view folder);

/// "/a//b/" → "/a/b"; "." and ".." as in a file name of a root.
std::string plainPath(std::string_view path);

} // namespace twinhull::runtime
