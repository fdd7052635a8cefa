// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_rings.h"

#include <utility>

namespace twinhull {

namespace {

constexpr std::int64_t kLookNanoseconds = 10'000'000'000; // a chart of an hour is painted anew each few seconds

} // namespace

MetricRings::MetricRings(QObject* parent) : QObject(parent) { }

void MetricRings::append(const MetricsFrame& frame)
{
    const Tick tick = m_axis.next(frame.monotonicNanoseconds);
    for (const auto& point : frame.points) {
        auto& rings = m_rings[point.id];
        for (std::size_t i = 0; i < kMetricCount; ++i) {
            if (const auto& value = point.readings.at(i))
                rings.series.at(i).append(tick, static_cast<float>(*value));
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
    TimeAxis axis;
    std::array<TimeSeries, kMetricCount> past;
    for (const PastReading& reading : readings) {
        if (reading.monotonicNanoseconds < 0) // before this boot
            continue;
        const Tick tick = axis.next(reading.monotonicNanoseconds);
        for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
            if (const auto& value = reading.values.at(metric))
                past.at(metric).append(tick, *value);
        }
    }
    auto& rings = m_rings[id];
    for (std::size_t metric = 0; metric < kMetricCount; ++metric)
        rings.series.at(metric).prepend(std::move(past.at(metric)));
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
    found->second.lookedAtNanoseconds = m_lastTick;
    const auto& series = found->second.series.at(static_cast<std::size_t>(metric));
    return series.isEmpty() ? nullptr : &series;
}

const MetricPoint* MetricRings::latest(const WorkloadId& id) const
{
    const auto found = m_rings.find(id);
    if (found == m_rings.end() || found->second.latestNanoseconds == 0)
        return nullptr;
    found->second.lookedAtNanoseconds = m_lastTick;
    return &found->second.latest;
}

std::optional<std::int64_t> MetricRings::latestNanoseconds(const WorkloadId& id) const
{
    const auto found = m_rings.find(id);
    if (found == m_rings.end() || found->second.latestNanoseconds == 0)
        return std::nullopt;
    return found->second.latestNanoseconds;
}

bool MetricRings::isLookedAt(const WorkloadId& id) const
{
    const auto found = m_rings.find(id);
    return found == m_rings.end() || m_lastTick - found->second.lookedAtNanoseconds < kLookNanoseconds;
}

} // namespace twinhull
