// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/process/container_init.h"
#include "core/runtime/process/launched_process.h"
#include "core/runtime/process/ready_notice.h"
#include "core/runtime/state/state_store.h"
#include "core/runtime/syscalls.h"

#include <optional>
#include <string>

namespace twinhull::runtime {

enum class StartMode {
    WaitForStart, ///< `hull create`
    RunAttached, ///< `hull run`
    RunDetached, ///< `hull run --detach`
};

struct MakeRequest {
    std::string id;
    std::string bundle;
    std::string config = "config.json"; ///< absolute, or relative to the bundle
    std::string stateRoot;
    std::string filterCache; ///< folder of compiled seccomp filters
    std::string pidFile; ///< empty: none
    std::string consoleSocket; ///< empty: none
    int preserveFds = 0; ///< checked by requireDescriptors() before hull opened any of its own
    SocketActivation activation; ///< its descriptors are the first of `preserveFds`
    std::string readyListener; ///< a socket that is told when the program says it is ready; empty: none
    StartMode mode = StartMode::WaitForStart;
    Keyring keyring = Keyring::Own;
    CgroupUse cgroups = CgroupUse::Own;
    WarningSink onWarning;
};

struct MadeContainer {
    StateFolder folder; ///< locked
    LaunchedProcess process;
    oci::ContainerRecord record;
    std::vector<oci::Hook> poststart; ///< to be run once the entrypoint runs
    oci::SeccompAgent agent; ///< told when the entrypoint's filter has a listener
    std::optional<ReadyNotice>
        ready; ///< where the program says that it is; with StartMode::WaitForStart `start` listens
};

/// From a bundle to a first process that stands before its entrypoint: reads config.json, reserves the id, makes the
/// cgroup, launches, runs the hooks on the way, writes the record and the pid file, hands over the terminal. With
/// StartMode::Run… and nothing of the host's side to come before the entrypoint the process has gone on already,
/// untold; proceed() is called all the same. On failure nothing is left: no process, no cgroup, no folder, no mount.
Result<MadeContainer> makeContainer(Syscalls& calls, const MakeRequest& request);

/// Lets the made container go on to its gate or its entrypoint. With StartMode::Run… returns the time of execve.
Result<std::int64_t> proceed(const MadeContainer& made, StartMode mode);

/// Whether who asks for a terminal and who takes it go together.
Result<> checkTerminal(const oci::Process& process, const MakeRequest& request);

/// Writes the pid file, and gives the terminal away where a socket was named.
Result<> handOver(const MakeRequest& request, LaunchedProcess& process);

/// By rename, so that a watcher never reads half a number; without fsync, because a pid does not outlive the run. An
/// empty path is nothing to write.
Result<> writePidFile(const std::string& path, pid_t pid);

/// Takes back a made container.
void discard(MadeContainer& made, const WarningSink& onWarning);

} // namespace twinhull::runtime
