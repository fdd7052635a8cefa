// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/runtime_spec.h"
#include "core/runtime/process/launched_process.h"
#include "core/runtime/syscalls.h"

#include <string>
#include <vector>

namespace twinhull::runtime {

/// A program of ours in the files of a container that does not run.
struct Visit {
    std::string bundle;
    std::vector<std::string> arguments; ///< begin with the program, as it is found inside, or its name
    int preserveFds = 0; ///< checked by requireDescriptors() before hull opened any of its own; also for who serves
                         ///< the root, so that a lock among them is held as long as anybody is in the files
    int program = -1; ///< one of these, open already, is the program: nothing inside has a say in that
};

/// What a visitor of `spec` sees: the root with its layers, and the bind mounts; no memory file systems, secrets or
/// devices of the host, which are there only while the container runs. A bind mount whose source is missing is an
/// empty folder that cannot be written to, or left out where no folder is there; `onWarning` hears of it.
Result<oci::RuntimeSpec> visitSpecOf(
    const oci::RuntimeSpec& spec, const std::string& bundle, const WarningSink& onWarning);

/// The program as root of the container, in namespaces of its own (user, mount, pid, network, ipc, uts) with the
/// container's root as its root: no link leads out, and what is mounted goes with it. It has the rights over files and
/// no others, it dies with hull, and stands behind Proceed: awaitExec() is next. The container must not run, and not be
/// started meanwhile.
Result<LaunchedProcess> launchVisit(Syscalls& calls, const Visit& visit, const WarningSink& onWarning);

} // namespace twinhull::runtime
