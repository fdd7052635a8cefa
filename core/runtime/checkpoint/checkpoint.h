// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/checkpoint/images.h"
#include "core/runtime/state/state_store.h"

namespace twinhull::runtime {

enum class Dump {
    Whole, ///< the container ends, where options.leavesRunning does not say otherwise
    MemoryOnly, ///< it runs on; a later one is smaller and faster for it
};

struct CheckpointRequest {
    const StateFolder& folder; ///< of a running or paused container
    const oci::ContainerRecord& record;
    CriuChoice choice;
    Dump dump = Dump::Whole;
    int statusFd = -1; ///< gets a zero byte when pages can be asked for (--lazy-pages)
};

/// Saves the container's processes and memory into a folder. When anything fails, or hull is asked to end meanwhile,
/// the container goes on as it was. The folder holds `descriptors.json` once it can be restored from.
Result<> checkpointContainer(Syscalls& calls, CheckpointRequest request);

} // namespace twinhull::runtime
