// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_event.h"

#include <array>

namespace twinhull {

namespace {

constexpr std::array kEventNames{ "started", "resumed", "paused", "stopped", "failed", "out_of_memory",
    "limits_changed", "throttled", "process_out_of_memory", "snapshot", "figures_lost", "made_again_as_q35" };

} // namespace

const char* nameOf(WorkloadEventKind kind)
{
    return kEventNames.at(static_cast<std::size_t>(kind));
}

std::optional<WorkloadEventKind> eventKindFrom(QStringView name)
{
    for (std::size_t i = 0; i < kEventNames.size(); ++i) {
        if (name == QLatin1String(kEventNames[i]))
            return static_cast<WorkloadEventKind>(i);
    }
    return std::nullopt;
}

} // namespace twinhull
