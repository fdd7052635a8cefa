// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace twinhull::runtime {

/// Kills all that is in the folder and below it and waits, at most for some seconds, until it is empty: by cgroup.kill
/// (since Linux 5.14), else by a signal to each process while the folder is frozen, so that none is born meanwhile. A
/// missing folder is nothing to end.
void endCgroup(const std::string& path);

/// Folders directly below `path`.
std::vector<std::string> childCgroups(const std::string& path);

} // namespace twinhull::runtime
