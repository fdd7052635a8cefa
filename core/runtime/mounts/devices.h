// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/mounts/root_fd.h"
#include "core/runtime/syscalls.h"

#include <vector>

namespace twinhull::runtime {

enum class NodeSource {
    Make, ///< plain nodes, for a container that cannot make any itself (no CAP_MKNOD)
    /// Each node is a mount of its own on a /dev that closeDeviceFolder() makes nodev: a node that the container makes
    /// itself opens nothing, with or without a device cgroup.
    MakeAsMounts,
    BindFromHost, ///< for user namespaces, where nobody can make nodes
};

/// The specification's default devices (config-linux.md) and those of the file.
Result<> populateDevices(
    Syscalls& calls, const RootFd& root, const std::vector<oci::Device>& devices, NodeSource source);

/// /dev/fd, /dev/stdin, /dev/stdout, /dev/stderr, /dev/ptmx; what exists already is left alone.
Result<> linkDevices(const RootFd& root);

/// Takes the right to open devices from the file system on /dev. To be called when all nodes are there.
Result<> closeDeviceFolder(Syscalls& calls, const RootFd& root);

} // namespace twinhull::runtime
