// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/process/container_init.h"
#include "core/runtime/process/launched_process.h"

namespace twinhull::runtime {

enum class Proceeding {
    WhenTold, ///< something must happen between Ready and the entrypoint
    Unasked, ///< Proceed is sent as soon as the record stands: the new process does not stop for it
};

struct LaunchOptions {
    int cgroup = -1; ///< folder to be born in
    std::function<Result<>(pid_t)> onPid; ///< called as soon as the process exists: writes the record
    std::function<Result<>(pid_t)>
        onPrepared; ///< called where the specification has hooks of the host's side before the root changes
    WarningSink onWarning;
    Proceeding proceeding = Proceeding::WhenTold;
    std::function<Result<>(pid_t)>
        place; ///< where `cgroup` cannot be made before: moves the process that the container's will be born from
    std::function<Result<>(const RootServer&)> onRootServer
        = {}; ///< called as soon as the process that serves the root exists: writes the record
    int keptByRootServer = 0; ///< descriptors from 3 on that this process keeps open, too
};

/// The parent's half of a start: makes the container's first process in its namespaces, maps ids, sets the OOM score,
/// waits until everything but the entrypoint is done. When anything fails the process is gone again.
Result<LaunchedProcess> launchContainer(Syscalls& calls, const InitPlan& plan, const LaunchOptions& options);

/// Takes back what launchContainer() made: ends the process, and brings the devices of the network back.
void endLaunched(LaunchedProcess& process, const WarningSink& onWarning);

} // namespace twinhull::runtime
