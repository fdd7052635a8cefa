// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/process/sync_channel.h"

#include <cstdint>
#include <functional>

namespace twinhull::runtime {

/// Where a created container waits for `hull start`: a listening socket "start" in its state folder (0700). The
/// connection then carries the outcome: Executing and end of file, or Failed.
Result<UniqueFd> makeGate(const UniqueFd& stateFolder);

/// Container side: blocks until someone starts it.
Result<SyncChannel> waitAtGate(const UniqueFd& gate);

/// What becomes of a new process's seccomp listener before it goes on; its error ends the start.
using ListenerSink = std::function<Result<>(const UniqueFd& listener)>;

/// `hull start` side: returns when the entrypoint's execve has happened (its CLOCK_MONOTONIC nanoseconds) or failed.
Result<std::int64_t> openGate(const UniqueFd& stateFolder, const ListenerSink& onListener);

/// After a start: nobody waits there any more.
void removeGate(const UniqueFd& stateFolder);

bool hasGate(const UniqueFd& stateFolder);

/// Reads until execve has happened or failed.
Result<std::int64_t> awaitExec(const SyncChannel& channel, const ListenerSink& onListener);

} // namespace twinhull::runtime
