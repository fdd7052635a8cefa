// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/namespaces/net_devices.h"
#include "core/runtime/process/root_server.h"
#include "core/runtime/process/sync_channel.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace twinhull::runtime {

using WarningSink = std::function<void(const char*)>;

/// A child of hull that stands before its entrypoint.
struct LaunchedProcess {
    pid_t pid = -1;
    UniqueFd pidfd;
    std::vector<ReceivedMessage>
        early; ///< what the new process said before its pid was told; awaitReady() reads it first
    SyncChannel sync; ///< Proceed lets it go on; then awaitExec() where it does not wait at a gate
    bool hasProceeded = false; ///< Proceed was sent already
    RootServer rootServer; ///< of a root by fuse-overlayfs
    GivenNetDevices netDevices; ///< taken back where the container comes to nothing
    UniqueFd console; ///< master side, where a terminal was asked for
    std::int64_t namespacesAt = 0; ///< CLOCK_MONOTONIC nanoseconds
    std::int64_t mountsAt = 0;
};

/// Reads the pid that `stage` made in its stead, and reaps the stage.
Result<> awaitStage(LaunchedProcess& process, const UniqueFd& stage);

/// Why the child stops.
struct Stops {
    std::function<Result<>()> onPrepared = {};
    std::function<Result<>(const RootDevice&)> onRootDevice = {};
};

/// Reads until the child is Ready or has Failed. Where it stops it goes on when what it stops for has succeeded.
Result<> awaitReady(LaunchedProcess& process, const WarningSink& onWarning, const Stops& stops = {});

/// Lets the child go on. One that has ended meanwhile is no error here: awaitReady() and awaitExec() hear its last
/// word.
Result<> tellChild(const LaunchedProcess& process, SyncKind kind);

/// Kills and reaps a child of this process; an empty descriptor is nothing to end.
void endChild(const UniqueFd& pidfd);

} // namespace twinhull::runtime
