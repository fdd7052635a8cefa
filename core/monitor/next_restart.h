// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/monitor_messages.h"
#include "core/ipc/upkeep.h"

#include <chrono>
#include <optional>

namespace twinhull {

/// A run that ended without being asked to.
struct EndedRun {
    std::optional<int> exitStatus; ///< absent: nobody saw it, or it did not start
    std::chrono::milliseconds ran{};
};

/// What is to be waited for, or nothing when it stays ended. The wait is 100 ms at first and doubles up to a minute; a
/// run of ten seconds begins anew. `nowWall` is in milliseconds.
std::optional<RestartState> nextRestart(
    const RestartPolicy& policy, const RestartState& before, const EndedRun& ended, std::int64_t nowWall);

} // namespace twinhull
