// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/process/launched_process.h"
#include "core/runtime/state/state_store.h"

#include <string>

namespace twinhull::runtime {

/// Field 22 of /proc/PID/stat; 0 when there is no such process or it is a zombie.
std::uint64_t startTicksOf(pid_t pid);

/// The state as the kernel shows it now. A process that took over an old pid does not count.
oci::ContainerStatus statusOf(const StateFolder& folder, const oci::ContainerRecord& record);

/// pidfd of the container's first process; NotFound when it has ended.
Result<UniqueFd> watchProcess(const oci::ContainerRecord& record);

/// "TERM", "SIGTERM" or "15", large or small; also RTMIN+N and RTMAX-N, and 0, which only looks whether it may.
Result<int> parseSignal(const std::string& text);

Result<> sendSignal(const UniqueFd& pidfd, int signal);

/// Kills the container's first process and waits for its end; one that has ended is no error.
Result<> endContainer(const oci::ContainerRecord& record);

enum class Force { No, Yes };

/// Ends what runs (Force::Yes; else a running container is an error), removes its cgroup and its folder, runs its
/// poststop hooks.
Result<> deleteContainer(StateFolder& folder, Force force, const WarningSink& onWarning);

/// The same for one whose first process is known to be gone: what is left of it, its cgroup's other processes included.
Result<> deleteEnded(StateFolder& folder, const oci::ContainerRecord& record, const WarningSink& onWarning);

} // namespace twinhull::runtime
