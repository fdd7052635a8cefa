// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "ui/metrics/readings.h"

namespace twinhull {

/// What is known now of a workload that is compared. Everything is the host's cost but what the guest says.
struct ComparedWorkload {
    WorkloadInfo info;
    Figure startupMilliseconds; ///< request to the first instruction of the entrypoint, latest start
    Figure memoryBytes; ///< resident, the latest tick
    Figure pssBytes; ///< the host cost, of the latest slow reading; shared pages in part
    Figure meanCpuCores; ///< over the window
    Readings pss; ///< over the window; each slow reading is repeated until the next
    Readings cpu; ///< cores, over the window
    Figure diskBytes; ///< own and shared image parts
    Reading<double> guestUsedBytes; ///< what the inside says of itself
    Reading<double> guestCacheBytes;

    bool isEmulated() const { return info.engine == u"tcg"; }
};

/// All but diskBytes, which must be read on another thread.
ComparedWorkload readCompared(const WorkloadInfo& info, const MetricRings& rings, const TimeWindow& window);

/// "web · container", "web · VM".
QString labelOf(const WorkloadInfo& info);

} // namespace twinhull
