// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/oci/runtime_spec.h"
#include "core/runtime/process/launched_process.h"
#include "core/runtime/syscalls.h"

#include <vector>

namespace twinhull::runtime {

/// Mounts that come to or go from a running container; its config.json is not changed.
struct LiveMounts {
    const oci::RuntimeSpec& spec; ///< the container's
    const oci::ContainerRecord& record;
    const std::vector<oci::Mount>& mounts;
};

/// All or none. The sources of bind mounts are cloned on the host's side, which needs root there; a process of hull
/// then enters the container's mount namespace and attaches everything by descriptors (RootFd): the container is
/// hostile.
Result<> addMounts(Syscalls& calls, const LiveMounts& request, const WarningSink& onWarning);

/// Those at the destinations of `mounts`, the last one first; what is open in them stays until it is closed
/// (MNT_DETACH).
Result<> removeMounts(Syscalls& calls, const LiveMounts& request);

} // namespace twinhull::runtime
