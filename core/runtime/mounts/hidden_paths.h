// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/mounts/root_fd.h"
#include "core/runtime/syscalls.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

/// Mounts each path over itself, read-only with all below it. A path that is not there is passed over.
Result<> makeReadonly(Syscalls& calls, const RootFd& root, const std::vector<std::string>& paths);

/// Covers files with the host's /dev/null (checked to be the device 1:3, never the container's own) and folders with an
/// empty read-only tmpfs, which has `label` (linux.mountLabel; empty: none). A path that is not there is passed over.
/// To be called before enterRoot().
Result<> maskPaths(
    Syscalls& calls, const RootFd& root, const std::vector<std::string>& paths, const std::string& label = {});

} // namespace twinhull::runtime
