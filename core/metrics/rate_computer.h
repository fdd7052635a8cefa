// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"

#include <array>
#include <limits>
#include <span>
#include <vector>

namespace twinhull {

/// Turns counters into rates, here and nowhere else. A rate needs two readings of one counter: it is absent at first,
/// after counters began anew (`Sample::countersBegan`, or a counter that fell), and where a counter is absent. One that
/// is read more rarely than every tick keeps its rate until its next reading.
class RateComputer {
public:
    /// One point for each sample that has any figure of the host or says what its CPU time needs, in their order; none
    /// for those that were spared. Workloads that are not among them are forgotten.
    /// `totals`, where that is wanted, becomes those of the points.
    std::vector<MetricPoint> points(std::span<const Sample> samples, std::vector<CounterTotals>* totals = nullptr);

private:
    static constexpr std::size_t kCounters = 30; ///< a workload has: not every figure is a rate
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

    struct Counter {
        std::uint64_t value = 0;
        std::int64_t monotonicNanoseconds = kNever;
        Reading<double> perSecond; ///< between the two readings before

        bool isRead() const { return monotonicNanoseconds != kNever; }
    };
    struct Previous {
        WorkloadId id;
        std::uint32_t countersBegan = 0;
        bool isNetworkGuestView = false;
        bool wasSpared = false; ///< since it was read
        std::int64_t readAt = 0;
        std::array<Counter, kCounters> counters;

        Counter& operator[](Metric metric) { return counters.at(placeOf(metric)); }
        const Counter& operator[](Metric metric) const { return counters.at(placeOf(metric)); }
        Counter diskRequests; ///< what the time of DiskLatency is divided by
        std::optional<std::uint64_t> oomKills = {};
    };

    static std::size_t placeOf(Metric metric); ///< of a rate, among the counters
    void align(std::span<const Sample> samples);
    static void tellRest(const Sample& sample, Previous& previous, MetricPoint& point);
    static MetricPoint pointOf(const Sample& sample, Previous& previous);
    static CounterTotals totalsOf(const Sample& sample, const Previous& previous);
    static std::uint64_t newOomKills(const Sample& sample, Previous& previous);
    static Reading<double> rate(Counter& before, const Reading<std::uint64_t>& now, std::int64_t nanoseconds);

    std::vector<Previous> m_previous; ///< in the order of the latest samples
};

} // namespace twinhull
