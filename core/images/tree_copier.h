// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/worker_report.h"

#include <string>
#include <vector>

namespace twinhull {

/// Copies what a stack of unpacked layers shows (highest first, in either form) into an empty folder: owners,
/// permissions, times, hard links, holes, user.* attributes and file capabilities are kept; contents are shared with
/// the layers where the file system can (FICLONE, ioctl_ficlone(2)). The folder itself is left as it is. Progress is in
/// allocated bytes. For a process that is root of the layers' user namespace; on an error the folder is half full.
Result<> copyTree(const std::vector<std::string>& layers, const std::string& folder, const ProgressFunction& progress);

} // namespace twinhull
