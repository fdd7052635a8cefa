// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/runtime/mounts/root_filesystem.h"

namespace twinhull::runtime {

/// What a container's first process hands out for whoever serves its root.
struct RootDevice {
    UniqueFd device; ///< /dev/fuse
    UniqueFd users; ///< the container's user namespace; empty: that of hull
};

/// The process of fuse-overlayfs. It is a child of hull in a session of its own, outlives it, and ends by itself when
/// the mount namespace of the container does.
struct RootServer {
    pid_t pid = -1;
    UniqueFd pidfd; ///< empty: there is none
    UniqueFd said; ///< its standard error
};

struct RootServerStart {
    bool mayNotSetGroups = false;
    int keptDescriptors = 0; ///< from 3 on: open as long as it is at work, for the locks among them
};

/// Starts it as root of the container's user namespace, where its files have its owners, with the mounts of the host.
Result<RootServer> startRootServer(
    Syscalls& calls, const RootFilesystem& root, const RootDevice& device, const RootServerStart& start);

/// `error`, or what fuse-overlayfs said before it ended, where that is why.
Error explainedByRootServer(const RootServer& server, Error error);

/// A pidfd of the record's; empty where there is none or it has ended.
UniqueFd openRootServer(const oci::ContainerRecord& record);

/// Waits until one whose mount has gone has ended, and ends it where it does not.
void awaitRootServer(const UniqueFd& pidfd);

} // namespace twinhull::runtime
