// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "ui/metrics/time_window.h"

#include <QByteArray>
#include <QStringList>

#include <span>

namespace twinhull {

/// The readings of the workloads within a window. Times are seconds before the end of the window (0 is now, -60 a
/// minute ago); what was not read is left empty.
///
/// CSV: a line a workload and tick: seconds,workload,kind and the keys of core/metrics/metric_catalogue.h.
QStringList readingsCsvColumns();
QByteArray readingsAsCsv(const MetricRings& rings, std::span<const WorkloadInfo> workloads, const TimeWindow& window);
/// JSON: {"format": "twinhull-readings", "version": 2, "figures": {key: {"title", "unit", "side", "kind", "meaning",
/// "source"}}, "workloads": [{"name", "kind", key: [[seconds, value], …] …, "missing": {key: what it needs},
/// "network_is_guest_view"}]}; the last two are of the latest tick.
QByteArray readingsAsJson(const MetricRings& rings, std::span<const WorkloadInfo> workloads, const TimeWindow& window);

} // namespace twinhull
