// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/oci/runtime_spec.h"
#include "core/runtime/process/execution_domain.h"
#include "core/runtime/process/inherited.h"
#include "core/runtime/process/socket_activation.h"
#include "core/runtime/process/sync_channel.h"
#include "core/runtime/seccomp/seccomp_filter.h"

#include <optional>

namespace twinhull::runtime {

enum class WorkingFolder {
    Make, ///< as for a container's own program
    MustBeThere, ///< `exec`
};

enum class Lifetime {
    Own,
    Hulls, ///< it is killed when hull ends, however that happens
};

struct Entrypoint {
    oci::Process process;
    std::optional<SeccompFilter> filter;
    int preserveFds = 0; ///< descriptors 3.. that the program gets
    bool mayNotSetGroups = false; ///< a user namespace where setgroups(2) is denied
    std::vector<oci::Hook> startHooks; ///< run right before execve, with the program's own rights
    oci::ContainerRecord record; ///< what the hooks are told
    Inherited inherited = {}; ///< what has to be taken back
    ExecutionDomain domain = {};
    WorkingFolder workingFolder = WorkingFolder::Make;
    SocketActivation activation = {}; ///< its descriptors are the first of `preserveFds`
    Lifetime lifetime = Lifetime::Own;
    int program = -1; ///< one of `preserveFds`, executed in place of the first argument, whatever lies inside
};

/// Inside the container, as its root: becomes the program of `entrypoint`. Sends Executing right before execve and
/// comes back only when something failed. The program's pdeathsig (but with Lifetime::Hulls), signals and umask are
/// those of the specification.
Error becomeEntrypoint(const Entrypoint& entrypoint, const SyncChannel& sync);

} // namespace twinhull::runtime
