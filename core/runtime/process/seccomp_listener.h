// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/process/sync_channel.h"
#include "core/runtime/seccomp/seccomp_filter.h"

namespace twinhull::runtime {

/// installFilter(), and where the filter asks an agent, the listener goes over `sync` to hull (SyncKind::Listener);
/// comes back once hull has said that the agent has it (SyncKind::GoOn). Between the two the calling thread makes no
/// system call at all: the profile may leave each of them to the agent, and nobody would answer yet.
Result<> installAndPassOn(const SeccompFilter& filter, const SyncChannel& sync);

} // namespace twinhull::runtime
