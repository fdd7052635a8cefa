// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"
#include "core/workload/workload_registry.h"

#include <QJsonObject>

namespace twinhull {

/// Latest readings of workloads, as a table, as JSON, and as lines of CSV. Units stand in the names: cpu_cores,
/// memory_bytes, pss_bytes, disk_read_bytes_per_second …; null (CSV: empty) for what could not be read, `missing` says
/// why.
QString statsTable(const WorkloadRegistry& registry, const MetricsFrame& frame);
QJsonObject statsJson(const WorkloadRegistry& registry, const MetricsFrame& frame);
QString csvHeading();
QString csvLines(const WorkloadRegistry& registry, const MetricsFrame& frame);

} // namespace twinhull
