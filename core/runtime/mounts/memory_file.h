// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/mounts/mount_options.h"
#include "core/runtime/mounts/root_fd.h"

namespace twinhull::runtime {

/// The mount type "copy", an extension of ours: puts a copy of the host's file `mount.source` at `mount.destination`,
/// for what no image and no writable layer may hold. The destination must lie in a tmpfs that was mounted before; its
/// folders are made. Options: "mode=" (octal, 0400 unless given), "uid=" and "gid=" as inside. The source is a regular
/// file of at most 1 MiB; no link is followed to it.
Result<> copyIntoMemory(const RootFd& root, const oci::Mount& mount, const MountOptions& options);

} // namespace twinhull::runtime
