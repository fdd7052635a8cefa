// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/container_record.h"
#include "core/runtime/process/entrypoint.h"
#include "core/runtime/process/launched_process.h"
#include "core/runtime/syscalls.h"

namespace twinhull::runtime {

struct ExecPlan {
    const oci::RuntimeSpec& spec; ///< the container's
    const oci::ContainerRecord& record;
    Entrypoint entrypoint;
    std::string subCgroup = {}; ///< a folder below the container's cgroup, which must be there; empty: that itself
};

/// Another process in a running container: enters the namespaces of its first process through a pidfd, its cgroup by
/// being born in it. It stands before its entrypoint, as after launchContainer().
Result<LaunchedProcess> launchExec(Syscalls& calls, const ExecPlan& plan, const WarningSink& onWarning);

} // namespace twinhull::runtime
