// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/syscalls.h"

#include <optional>
#include <string>

namespace twinhull::runtime {

/// What mount(2) is given for a new file system.
struct MountCall {
    unsigned long flags = 0; ///< MS_*
    std::string options; ///< joined by commas
};

/// The request as one call of mount(2), which does in one step what fsopen, fsconfig, fsmount and move_mount do in six
/// to ten. Nothing where the two are not the same: an option with a comma, more than a page of options, an access time
/// that is not the default, and read-only for anything but a tmpfs, because mount(2) makes the file system itself
/// read-only, which sysfs and cgroups may share with the host.
std::optional<MountCall> asMountCall(const FileSystemRequest& request);

} // namespace twinhull::runtime
