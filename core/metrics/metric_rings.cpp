// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_rings.h"

#include <algorithm>
#include <utility>

namespace twinhull {

namespace {

constexpr std::int64_t kLookNanoseconds = 10'000'000'000; // a chart of an hour is painted anew each few seconds
constexpr std::size_t kRecentTicks = 40; // what rests is not read for fewer
constexpr std::int64_t kMillisecondNanoseconds = 1'000'000;
constexpr std::int64_t kMinuteNanoseconds = 60'000'000'000;
constexpr std::int64_t kUnseenNanoseconds = 2 * kMinuteNanoseconds; // whoever comes back soon finds all of it
constexpr std::int64_t kKeptUnseenNanoseconds = 3 * kMinuteNanoseconds;
constexpr std::int64_t kRetryNanoseconds = 15'000'000'000;

} // namespace

MetricRings::MetricRings(QObject* parent) : QObject(parent) { }

void MetricRings::append(const MetricsFrame& frame)
{
    const Tick tick = m_axis.next(frame.monotonicNanoseconds);
    for (const auto& point : frame.points) {
        auto& rings = m_rings[point.id];
        take(point, tick, rings);
        rings.latest = point;
        rings.latestNanoseconds = frame.monotonicNanoseconds;
    }
    m_recent.push_back(tick);
    if (m_recent.size() > kRecentTicks)
        m_recent.pop_front();
    m_host = frame.host;
    m_intervalMilliseconds = frame.intervalMilliseconds;
    m_pace = frame.pace;
    m_lastTick = frame.monotonicNanoseconds;
    if (m_lastTick - m_dropped >= kMinuteNanoseconds)
        dropUnseen();
    Q_EMIT ticked();
}

/// Where it rested its figures stand for ticks before this one, too.
void MetricRings::take(const MetricPoint& point, const Tick& tick, Rings& rings) const
{
    const auto put = [&](const Tick& at, const MetricPoint& told) {
        for (std::size_t i = 0; i < kMetricCount; ++i) {
            if (const auto& value = told.readings.at(i))
                rings.series.at(i).append(at, static_cast<float>(*value));
        }
    };
    visitSparedMoments(point, tick.nanoseconds(), [&](std::int64_t moment, const MetricPoint& told) {
        const auto isAt
            = [moment](const Tick& recent) { return recent.nanoseconds() > moment - kMillisecondNanoseconds; };
        const auto at = std::find_if(m_recent.begin(), m_recent.end(), isAt); // an axis is exact to that
        if (at != m_recent.end())
            put(*at, told);
    });
    put(tick, point);
}

/// Only what was saved, so that nothing is lost where the disk is full.
void MetricRings::dropUnseen()
{
    m_dropped = m_lastTick;
    const std::int64_t before = std::min(m_savedUntil, m_lastTick - kKeptUnseenNanoseconds);
    for (auto& [id, rings] : m_rings) {
        if (m_lastTick - rings.hourSeenNanoseconds < kUnseenNanoseconds)
            continue;
        for (TimeSeries& series : rings.series)
            series.dropBefore(before);
        const auto whole = m_wholeSince.find(id);
        if (whole != m_wholeSince.end())
            whole->second = std::max(whole->second, before);
    }
}

void MetricRings::noteSaved(std::int64_t untilNanoseconds)
{
    m_savedUntil = std::max(m_savedUntil, untilNanoseconds);
}

void MetricRings::restore(const WorkloadId& id, const PackedTicks& past, std::int64_t shiftNanoseconds)
{
    const bool wasMissing = m_pastErrors.erase(id) > 0;
    if (past.isEmpty()) {
        if (wasMissing)
            Q_EMIT restored(id);
        return;
    }
    TimeAxis axis;
    std::array<TimeSeries, kMetricCount> older;
    past.visit([&](const TickValues& reading) {
        const Tick tick = axis.next(reading.time * kMillisecondNanoseconds + shiftNanoseconds);
        for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
            if (const auto& value = reading.values.at(metric))
                older.at(metric).append(tick, *value);
        }
    });
    auto& rings = m_rings[id];
    for (std::size_t metric = 0; metric < kMetricCount; ++metric)
        rings.series.at(metric).prepend(std::move(older.at(metric)));
    Q_EMIT restored(id);
}

void MetricRings::noteNotRestored(const WorkloadId& id, Error error)
{
    m_wholeSince.erase(id);
    m_askAgain[id] = m_lastTick + kRetryNanoseconds;
    m_pastErrors.insert_or_assign(id, std::move(error));
    Q_EMIT restored(id);
}

const Error* MetricRings::pastError(const WorkloadId& id) const
{
    const auto found = m_pastErrors.find(id);
    return found == m_pastErrors.end() ? nullptr : &found->second;
}

void MetricRings::forget(const WorkloadId& id)
{
    m_rings.erase(id);
    m_wholeSince.erase(id);
    m_pastErrors.erase(id);
    m_askAgain.erase(id);
}

void MetricRings::want(const WorkloadId& id, Reach reach) const
{
    if (m_lastTick == 0) // it is asked for again at the first tick
        return;
    if (const auto again = m_askAgain.find(id); again != m_askAgain.end()) {
        if (m_lastTick < again->second)
            return;
        m_askAgain.erase(again);
    }
    const std::int64_t since
        = m_lastTick - (reach == Reach::Hour ? TimeSeries::kKeptNanoseconds : 2 * kMinuteNanoseconds);
    const auto [whole, isNew] = m_wholeSince.try_emplace(id, since);
    if (!isNew && whole->second <= since)
        return;
    whole->second = since;
    Q_EMIT pastWanted(id, since);
}

const TimeSeries* MetricRings::series(const WorkloadId& id, Metric metric, Reach reach) const
{
    want(id, reach);
    const auto found = m_rings.find(id);
    if (found == m_rings.end())
        return nullptr;
    found->second.lookedAtNanoseconds = m_lastTick;
    if (reach == Reach::Hour)
        found->second.hourSeenNanoseconds = m_lastTick;
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
