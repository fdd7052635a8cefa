// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "core/workload/workload_info.h"

namespace twinhull {

/// What an image has cost on this computer, as sentences; empty where nothing of it was measured yet.
struct StartCost {
    QString container; ///< "here: 4 ms, 11 MiB for this image"
    QString vm;
    QString both; ///< "here: about 160 MiB together"
};

/// From the workloads of that image that run now; the latest figures of the first of each kind.
StartCost startCostOf(const QString& imageDigest, const std::vector<WorkloadInfo>& workloads, const MetricRings& rings);

} // namespace twinhull
