// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"

#include <functional>

namespace twinhull::test {

inline constexpr std::int64_t kTick = 1'000'000'000;

/// Feeds the rings with one tick a second; `fill` sets the values of a workload at a tick.
inline void appendTicks(MetricRings& rings, const std::vector<WorkloadId>& ids, int count,
    const std::function<void(MetricPoint& point, int tick)>& fill)
{
    const std::int64_t start = rings.lastTickNanoseconds() + kTick;
    for (int tick = 0; tick < count; ++tick) {
        MetricsFrame frame;
        frame.monotonicNanoseconds = start + tick * kTick;
        for (const WorkloadId& id : ids) {
            MetricPoint point;
            point.id = id;
            fill(point, tick);
            frame.points.push_back(std::move(point));
        }
        rings.append(frame);
    }
}

inline void setValue(MetricPoint& point, Metric metric, double value)
{
    point[metric] = value;
}

} // namespace twinhull::test
