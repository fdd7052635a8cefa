// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/readings.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace twinhull {

namespace {

Readings readRing(const TimeSeries* ring, const TimeWindow& window)
{
    Readings readings;
    if (ring == nullptr || ring->isEmpty())
        return readings;
    ring->visit(window.fromNanoseconds, TimeSeries::Before::One, [&](const TimePoint& point) {
        if (readings.empty() || readings.back().monotonicNanoseconds <= window.toNanoseconds) // and one behind it
            readings.push_back(point);
    });
    return readings;
}

/// Walks both in step; `both` gets pairs of the same tick, `alone` what only one has.
template <typename Both, typename Alone>
void walkTicks(std::span<const TimePoint> a, std::span<const TimePoint> b, Both both, Alone alone)
{
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const std::int64_t apart = a[i].monotonicNanoseconds - b[j].monotonicNanoseconds;
        if (std::llabs(apart) <= kSameTickNanoseconds)
            both(a[i++], b[j++]);
        else
            alone(apart < 0 ? a[i++] : b[j++]);
    }
    std::for_each(a.begin() + static_cast<std::ptrdiff_t>(i), a.end(), alone);
    std::for_each(b.begin() + static_cast<std::ptrdiff_t>(j), b.end(), alone);
}

/// The one that tells of that moment: at it, or the next behind it where there is no gap between. Null: none.
const TimePoint* readingFor(std::span<const TimePoint> readings, std::int64_t moment)
{
    const auto found = std::lower_bound(readings.begin(), readings.end(), moment - kSameTickNanoseconds,
        [](const TimePoint& point, std::int64_t wanted) { return point.monotonicNanoseconds < wanted; });
    if (found == readings.end())
        return nullptr;
    if (found->monotonicNanoseconds <= moment + kSameTickNanoseconds)
        return &*found;
    const bool isUnbroken
        = found != readings.begin() && found->monotonicNanoseconds - found[-1].monotonicNanoseconds <= kGapNanoseconds;
    return isUnbroken ? &*found : nullptr;
}

/// Readings, each by the time that it tells of.
class WeightedMean {
public:
    explicit WeightedMean(std::span<const std::int64_t> moments = {}) : m_moments(moments) { }

    void add(const TimePoint& point, std::int64_t nanoseconds)
    {
        m_sum += double{ point.value } * static_cast<double>(nanoseconds);
        m_told += static_cast<double>(nanoseconds);
    }
    void add(std::optional<std::int64_t> previous, std::span<const TimePoint> readings, const GapRule& gaps)
    {
        for (const TimePoint& point : readings) {
            previous = readBefore(previous, m_moments, point.monotonicNanoseconds);
            add(point, toldNanoseconds(previous, point.monotonicNanoseconds, gaps));
            previous = point.monotonicNanoseconds;
        }
    }
    std::optional<double> value() const { return m_told > 0 ? std::optional(m_sum / m_told) : std::nullopt; }

private:
    std::span<const std::int64_t> m_moments;
    double m_sum = 0;
    double m_told = 0;
};

/// What the reading behind a window tells of its end.
void addBehind(WeightedMean& mean, std::span<const TimePoint> readings, const TimeWindow& window, const GapRule& gaps,
    std::span<const std::int64_t> moments)
{
    const auto next = std::upper_bound(readings.begin(), readings.end(), window.toNanoseconds,
        [](std::int64_t moment, const TimePoint& point) { return moment < point.monotonicNanoseconds; });
    if (next == readings.begin() || next == readings.end())
        return;
    const std::int64_t moment = next->monotonicNanoseconds;
    const std::int64_t before = *readBefore(next[-1].monotonicNanoseconds, moments, moment);
    const std::int64_t told = window.toNanoseconds - std::max(before, window.fromNanoseconds);
    if (moment >= gaps.coarseUntilNanoseconds && moment - before <= gaps.after(moment) && told > 0)
        mean.add(*next, told);
}

} // namespace

Readings readingsOf(const MetricRings& rings, const WorkloadId& id, Quantity quantity, const TimeWindow& window)
{
    const auto metrics = quantity.metrics();
    Readings first = readRing(rings.series(id, metrics.front(), Reach::Hour), window);
    if (metrics.size() == 1)
        return first;
    const Readings second = readRing(rings.series(id, metrics.back(), Reach::Hour), window);
    Readings sum;
    sum.reserve(std::max(first.size(), second.size()));
    walkTicks(
        first, second,
        [&sum](const TimePoint& a, const TimePoint& b) {
            sum.push_back({ a.monotonicNanoseconds, a.value + b.value });
        },
        [](const TimePoint&) {});
    return sum;
}

Moments momentsOf(const MetricRings& rings, const WorkloadId& id, Quantity quantity, const TimeWindow& window)
{
    constexpr std::array kSparse{ Metric::DiskLatency, Metric::NetworkRoundTrip };
    const auto metrics = quantity.metrics();
    if (metrics.size() != 1 || std::find(kSparse.begin(), kSparse.end(), metrics.front()) == kSparse.end())
        return {};
    Moments moments;
    for (const TimePoint& point : readRing(rings.series(id, Metric::CpuCores, Reach::Hour), window))
        moments.push_back(point.monotonicNanoseconds);
    return moments;
}

const MetricPoint* currentPoint(const MetricRings& rings, const WorkloadId& id)
{
    // The rings keep the last point of what stopped.
    const auto read = rings.latestNanoseconds(id);
    const bool isCurrent = read && rings.lastTickNanoseconds() - *read < kNearNanoseconds;
    return isCurrent ? rings.latest(id) : nullptr;
}

Reading<double> readingOf(const MetricPoint& point, Quantity quantity)
{
    const auto metrics = quantity.metrics();
    const Reading<double>& first = point[metrics.front()];
    if (metrics.size() == 1)
        return first;
    const Reading<double>& second = point[metrics.back()];
    if (first && second)
        return *first + *second;
    return first ? second : first;
}

CommonTicks commonTicks(std::span<const TimePoint> first, std::span<const TimePoint> second)
{
    CommonTicks common;
    walkTicks(
        first, second,
        [&common](const TimePoint& a, const TimePoint& b) {
            common.first.push_back(a);
            common.second.push_back({ a.monotonicNanoseconds, b.value });
        },
        [](const TimePoint&) {});
    return common;
}

CommonTicks ticksOfEither(std::span<const TimePoint> first, std::span<const TimePoint> second)
{
    CommonTicks common;
    const auto take = [&](std::int64_t moment) {
        const TimePoint* const a = readingFor(first, moment);
        const TimePoint* const b = readingFor(second, moment);
        if (a == nullptr || b == nullptr)
            return;
        common.first.push_back({ moment, a->value });
        common.second.push_back({ moment, b->value });
    };
    common.first.reserve(std::max(first.size(), second.size()));
    common.second.reserve(std::max(first.size(), second.size()));
    walkTicks(
        first, second,
        [&common](const TimePoint& a, const TimePoint& b) {
            common.first.push_back(a);
            common.second.push_back({ a.monotonicNanoseconds, b.value });
        },
        [&](const TimePoint& alone) { take(alone.monotonicNanoseconds); });
    return common;
}

Readings CommonTicks::difference() const
{
    Readings difference(first);
    for (std::size_t i = 0; i < difference.size(); ++i)
        difference[i].value = second[i].value - first[i].value;
    return difference;
}

Readings CommonTicks::ratio() const
{
    Readings ratio;
    ratio.reserve(first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (first[i].value > 0)
            ratio.push_back({ first[i].monotonicNanoseconds, second[i].value / first[i].value });
    }
    return ratio;
}

Finding findingOf(const CommonTicks& common)
{
    return judgeSeries({}, FigureUnit::Bytes, common.first, common.second, common.moments).finding;
}

std::optional<double> readingAt(
    std::span<const TimePoint> readings, std::int64_t monotonicNanoseconds, std::int64_t reach)
{
    const auto after = std::lower_bound(readings.begin(), readings.end(), monotonicNanoseconds,
        [](const TimePoint& point, std::int64_t moment) { return point.monotonicNanoseconds < moment; });
    const auto distance = [monotonicNanoseconds](const TimePoint& point) {
        return std::llabs(point.monotonicNanoseconds - monotonicNanoseconds);
    };
    auto nearest = after;
    if (after == readings.end() || (after != readings.begin() && distance(after[-1]) < distance(*after)))
        nearest = after == readings.begin() ? after : after - 1;
    const bool isBetween = after != readings.begin() && after != readings.end()
        && after->monotonicNanoseconds - after[-1].monotonicNanoseconds <= kGapNanoseconds;
    if (nearest == readings.end() || (!isBetween && distance(*nearest) > reach))
        return std::nullopt;
    return nearest->value;
}

std::span<const TimePoint> insideOf(std::span<const TimePoint> readings, const TimeWindow& window)
{
    const auto first = std::lower_bound(readings.begin(), readings.end(), window.fromNanoseconds,
        [](const TimePoint& point, std::int64_t moment) { return point.monotonicNanoseconds < moment; });
    const auto end = std::upper_bound(first, readings.end(), window.toNanoseconds,
        [](std::int64_t moment, const TimePoint& point) { return moment < point.monotonicNanoseconds; });
    return { first, end };
}

std::span<const TimePoint> coveringOf(
    std::span<const TimePoint> readings, const TimeWindow& window, const GapRule& gaps)
{
    const auto inside = insideOf(readings, window);
    if (!inside.empty())
        return inside;
    const std::int64_t half = gaps.coarseNanoseconds / 3; // a gap is one and a half steps
    return insideOf(readings,
        { window.fromNanoseconds - half, std::min(window.toNanoseconds + half, gaps.coarseUntilNanoseconds - 1) });
}

std::int64_t toldNanoseconds(std::optional<std::int64_t> previous, std::int64_t moment, const GapRule& gaps)
{
    constexpr std::int64_t kOneSecond = 1'000'000'000;
    const bool isStep = moment < gaps.coarseUntilNanoseconds && gaps.coarseNanoseconds > kGapNanoseconds;
    const std::int64_t otherwise
        = isStep ? gaps.coarseNanoseconds / 3 * 2 : kOneSecond; // a gap is one and a half steps
    return toldSince(previous, moment, gaps.after(moment), otherwise);
}

std::optional<double> meanOf(std::span<const TimePoint> readings, const GapRule& gaps)
{
    WeightedMean mean;
    mean.add({}, readings, gaps);
    return mean.value();
}

std::optional<double> meanWithin(std::span<const TimePoint> readings, const TimeWindow& window, const GapRule& gaps,
    std::span<const std::int64_t> moments)
{
    const auto covering = coveringOf(readings, window, gaps);
    const auto place = static_cast<std::size_t>(covering.data() - readings.data());
    std::optional<std::int64_t> before;
    if (!covering.empty() && place > 0) {
        const std::int64_t first = covering.front().monotonicNanoseconds;
        before = readBefore(readings[place - 1].monotonicNanoseconds, moments, first);
        if (first >= gaps.coarseUntilNanoseconds && first - *before <= gaps.after(first))
            before = std::max(*before, window.fromNanoseconds);
    }
    WeightedMean mean(moments);
    mean.add(before, covering, gaps);
    addBehind(mean, readings, window, gaps, moments);
    return mean.value();
}

} // namespace twinhull
