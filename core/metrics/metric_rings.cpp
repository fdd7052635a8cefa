// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_rings.h"

#include <limits>
#include <utility>

namespace twinhull {

MetricRings::MetricRings(QObject* parent) : QObject(parent) { }

void MetricRings::append(const MetricsFrame& frame)
{
    for (const auto& point : frame.points) {
        auto& rings = m_rings[point.id];
        for (std::size_t i = 0; i < kMetricCount; ++i) {
            if (const auto& value = point.readings.at(i))
                rings.series.at(i).append(frame.monotonicNanoseconds, static_cast<float>(*value));
        }
        rings.latest = point;
        rings.latestNanoseconds = frame.monotonicNanoseconds;
    }
    m_host = frame.host;
    m_lastTick = frame.monotonicNanoseconds;
    Q_EMIT ticked();
}

void MetricRings::restore(const WorkloadId& id, std::span<const PastReading> readings)
{
    auto& rings = m_rings[id];
    for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
        const TimeSeries own = std::exchange(rings.series.at(metric), TimeSeries());
        TimeSeries& whole = rings.series.at(metric);
        const auto begin = own.isEmpty() ? std::numeric_limits<std::int64_t>::max() : own.at(0).monotonicNanoseconds;
        for (const PastReading& reading : readings) {
            const auto& value = reading.values.at(metric);
            if (value && reading.monotonicNanoseconds >= 0 && reading.monotonicNanoseconds < begin)
                whole.append(reading.monotonicNanoseconds, *value);
        }
        for (std::size_t i = 0; i < own.size(); ++i)
            whole.append(own.at(i).monotonicNanoseconds, own.at(i).value);
    }
}

void MetricRings::forget(const WorkloadId& id)
{
    m_rings.erase(id);
}

const TimeSeries* MetricRings::series(const WorkloadId& id, Metric metric) const
{
    const auto found = m_rings.find(id);
    if (found == m_rings.end())
        return nullptr;
    const auto& series = found->second.series.at(static_cast<std::size_t>(metric));
    return series.isEmpty() ? nullptr : &series;
}

const MetricPoint* MetricRings::latest(const WorkloadId& id) const
{
    const auto found = m_rings.find(id);
    return found == m_rings.end() || found->second.latestNanoseconds == 0 ? nullptr : &found->second.latest;
}

std::optional<std::int64_t> MetricRings::latestNanoseconds(const WorkloadId& id) const
{
    const auto found = m_rings.find(id);
    if (found == m_rings.end() || found->second.latestNanoseconds == 0)
        return std::nullopt;
    return found->second.latestNanoseconds;
}

} // namespace twinhull
