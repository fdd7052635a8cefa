// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/mounts/root_fd.h"
#include "core/runtime/syscalls.h"

#include <functional>
#include <string>
#include <vector>

namespace twinhull::runtime {

/// Where a container's root comes from: a folder, or layers by the annotations of core/README.md.
struct RootFilesystem {
    std::string path; ///< absolute; the mount point, and the root itself where there are no layers
    std::vector<std::string> lower; ///< highest first; empty: `path` itself is used
    std::string upper; ///< empty: the layers are shown read-only
    std::string work;
    std::string propagation; ///< linux.rootfsPropagation
    bool isInUserNamespace = false;
    std::string label = {}; ///< linux.mountLabel, for layers: a folder keeps the labels of its files
    std::string fuseProgram = {}; ///< where layers are put together by this one instead of by the kernel
};

/// Has somebody outside of the container serve the root that was mounted with this /dev/fuse (fuse_root.h).
using RootServing = std::function<Result<>(const UniqueFd& device)>;

/// From the file, checked on the host: everything that is named must be there. Makes `path` where layers are given.
Result<RootFilesystem> planRootFilesystem(const oci::RuntimeSpec& spec, const std::string& bundle);

/// Inside the new mount namespace, still seeing the host: makes the host's mounts private, mounts the root without
/// devices (nodev) onto its path and opens it. `serve`: called for one with a fuseProgram, which needs it.
Result<RootFd> mountRootFilesystem(Syscalls& calls, const RootFilesystem& root, const RootServing& serve = {});

/// Whether mounts of the container stay peers of the host's ("shared"): what the container mounts below a bind with
/// the option `shared` is seen on the host.
bool sharesWithHost(const RootFilesystem& root);

/// Makes `root` this process's root and lets go of the host's tree.
Result<> enterRoot(Syscalls& calls, const RootFd& root, OldRoot old);

} // namespace twinhull::runtime
