// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"
#include "core/metrics/metric_rings.h"
#include "ui/metrics/time_window.h"

#include <span>
#include <vector>

namespace twinhull {

/// What one chart shows: one or two metrics added up. CPU in cores, memory in bytes, the others in bytes per second.
enum class Quantity { Cpu, Memory, Network, Disk };

/// What is added up; of resident memory for both kinds, so that a difference is one of like with like.
std::span<const Metric> metricsOf(Quantity quantity);

using Readings = std::vector<TimePoint>; ///< sorted by time

/// Of one workload, the window and one reading before it. Two metrics are added where both have a reading of the same
/// tick; a single one counts alone.
Readings readingsOf(const MetricRings& rings, const WorkloadId& id, Quantity quantity, const TimeWindow& window);

Readings readingsOf(const MetricRings& rings, const WorkloadId& id, Metric metric, const TimeWindow& window);

/// What the latest tick read of a workload; null when it was not read by then: it does not run.
const MetricPoint* currentPoint(const MetricRings& rings, const WorkloadId& id);
/// The reading of that tick, or what it needs.
Reading<double> readingOf(const MetricPoint& point, Quantity quantity);

/// Two workloads at the ticks that both have: equal lengths, equal times.
struct CommonTicks {
    Readings first;
    Readings second;

    Readings difference() const; ///< second minus first
};
CommonTicks commonTicks(std::span<const TimePoint> first, std::span<const TimePoint> second);

/// Whether a difference cannot be told from its own scatter: the 95 % interval of its mean, by block bootstrap
/// (readings a second apart depend on each other), holds 0. Never with less than a minute of readings.
bool isWithinNoise(std::span<const TimePoint> difference);

/// The reading nearest to that moment, within one and a half ticks.
std::optional<double> readingAt(std::span<const TimePoint> readings, std::int64_t monotonicNanoseconds);

/// The mean over the readings; nothing when there are none.
std::optional<double> meanOf(std::span<const TimePoint> readings);

} // namespace twinhull
