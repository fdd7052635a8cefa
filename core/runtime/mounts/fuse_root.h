// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/mounts/root_filesystem.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

/// Mounts a file system onto `target` that fuse-overlayfs is to answer for, without devices (nodev), and returns its
/// /dev/fuse. It is opened here because the kernel wants both from one user namespace (fuse_fill_super()). Whatever
/// reads from the mount waits until fuse-overlayfs is there; when the last copy of the device is closed it fails.
Result<UniqueFd> mountFuseRoot(Syscalls& calls, const RootFilesystem& root, const UniqueFd& target);

/// Waits until the root is answered for.
Result<> awaitFuseRoot(const UniqueFd& root);

/// The arguments of fuse-overlayfs(1) that has the device as descriptor `device`: the layers of `root`, owners as they
/// are, and every write in the upper folder when it is done, so that what is read there is what the container sees.
std::vector<std::string> fuseRootCommand(const RootFilesystem& root, int device);

} // namespace twinhull::runtime
