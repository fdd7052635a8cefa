// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_catalogue.h"
#include "core/metrics/metric_rings.h"
#include "core/twin/verdict.h"
#include "ui/metrics/decimator.h"
#include "ui/metrics/quantity.h"
#include "ui/metrics/time_window.h"

#include <span>
#include <vector>

namespace twinhull {

using Readings = std::vector<TimePoint>; ///< sorted by time
/// Moments at which a workload was read, rising. A figure that it has not at each of them tells of no time before the
/// latest of them: a disk without requests has no latency.
using Moments = std::vector<std::int64_t>;

/// Of one workload, the window and one reading to both sides of it. Two metrics are added where both have a reading of
/// the same tick; where one has none the sum is not known.
Readings readingsOf(const MetricRings& rings, const WorkloadId& id, Quantity quantity, const TimeWindow& window);

/// What the latest tick read of a workload; null when it was not read by then: it does not run.
const MetricPoint* currentPoint(const MetricRings& rings, const WorkloadId& id);
/// The reading of that tick, or what it needs: of a sum, what the first part needs that was not read.
Reading<double> readingOf(const MetricPoint& point, Quantity quantity);

/// Two workloads at the ticks that both have: equal lengths, equal times.
struct CommonTicks {
    Readings first;
    Readings second;
    Moments moments = {}; ///< of both, where the quantity is not read at each of them

    Readings difference() const; ///< second minus first
    /// Second divided by first, where the first is not 0.
    Readings ratio() const;
};
CommonTicks commonTicks(std::span<const TimePoint> first, std::span<const TimePoint> second);

/// At each tick of either, unless the other has a gap there: a reading tells the mean since the one before, so it holds
/// for the ticks between them.
CommonTicks ticksOfEither(std::span<const TimePoint> first, std::span<const TimePoint> second);

/// One and a half ticks.
constexpr std::int64_t kNearNanoseconds = 1'500'000'000;

/// What their difference shows, by block bootstrap (readings a second apart depend on each other): NotShown where the
/// 95 % interval of its mean holds 0. TooFew with less than a minute of readings.
Finding findingOf(const CommonTicks& common);

/// The reading nearest to that moment; where that lies in no unbroken run of them, no further away than one and a half
/// ticks, or `reach`.
std::optional<double> readingAt(
    std::span<const TimePoint> readings, std::int64_t monotonicNanoseconds, std::int64_t reach = kNearNanoseconds);

/// Those of the window itself, without the neighbours that readingsOf() has beside it; `readings` must live as long.
std::span<const TimePoint> insideOf(std::span<const TimePoint> readings, const TimeWindow& window);

/// The same; where none stands in the window, the neighbours beside it whose own stretch of time reaches into it:
/// before gaps.coarseUntilNanoseconds a point stands in the middle of a step of the history, which may be longer than
/// the view.
std::span<const TimePoint> coveringOf(
    std::span<const TimePoint> readings, const TimeWindow& window, const GapRule& gaps);

/// How long the reading at `moment` tells of, which is its weight in a mean: the time since the one before. Behind a
/// gap, or where there is none before, a tick, or a step of the history.
std::int64_t toldNanoseconds(std::optional<std::int64_t> previous, std::int64_t moment, const GapRule& gaps);

/// Its moments as of readingsOf(); none for a quantity that is there whenever its workload is read.
Moments momentsOf(const MetricRings& rings, const WorkloadId& id, Quantity quantity, const TimeWindow& window);

/// The mean over the time that the readings tell of; nothing when there are none.
std::optional<double> meanOf(std::span<const TimePoint> readings, const GapRule& gaps = {});
/// The same of those that cover a window (coveringOf()): what the first tells of the time before it does not count,
/// what the one behind it tells of its end does.
std::optional<double> meanWithin(std::span<const TimePoint> readings, const TimeWindow& window,
    const GapRule& gaps = {}, std::span<const std::int64_t> moments = {});

} // namespace twinhull
