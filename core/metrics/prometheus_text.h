// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"

#include <QByteArray>

#include <functional>

namespace twinhull {

/// A frame in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): one gauge a figure
/// of the catalogue, named "twinhull_" and its key, with its meaning and source; of a workload with the labels kind,
/// name, id and view ("host" counted it, or "guest" said it). What could not be read has no line.
QByteArray prometheusText(const MetricsFrame& frame, const std::function<QString(const WorkloadId&)>& nameOf);

} // namespace twinhull
