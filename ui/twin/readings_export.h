// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "ui/metrics/time_window.h"

#include <QByteArray>

#include <span>

namespace twinhull {

/// The readings of the workloads within a window. Times are seconds before the end of the window (0 is now, -60 a
/// minute ago); what was not read is left empty.
///
/// CSV: a line a workload and tick: seconds,workload,kind,cpu_cores,memory_bytes,network_bytes_per_second,
/// disk_bytes_per_second.
QByteArray readingsAsCsv(const MetricRings& rings, std::span<const WorkloadInfo> workloads, const TimeWindow& window);
/// JSON: {"format": "twinhull-readings", "version": 1, "workloads": [{"name", "kind", "cpu_cores": [[seconds, value],
/// …], "memory_bytes": …, "network_bytes_per_second": …, "disk_bytes_per_second": …}]}.
QByteArray readingsAsJson(const MetricRings& rings, std::span<const WorkloadInfo> workloads, const TimeWindow& window);

} // namespace twinhull
