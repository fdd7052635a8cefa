// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"

#include <QByteArray>

#include <functional>

namespace twinhull {

enum class PrometheusFormat {
    Text, ///< 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats)
    OpenMetrics, ///< 1.0.0 (openmetrics.io): a counter's family has no "_total", units, an end
};

/// A frame for Prometheus: one gauge a figure of the catalogue, named "twinhull_" and its key, with its meaning and
/// source; and for each rate the counter whose growth it is, in seconds, bytes or times, where the frame has totals:
/// "twinhull_cpu_seconds_total" of "twinhull_cpu_cores". Of a workload with the labels kind, name, id and view ("host"
/// counted it, or "guest" said it). What could not be read has no line.
QByteArray prometheusText(const MetricsFrame& frame, const std::function<QString(const WorkloadId&)>& nameOf,
    PrometheusFormat format = PrometheusFormat::Text);

} // namespace twinhull
