// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/time_series.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace twinhull {

/// Both ends belong to it.
struct Interval {
    double low = 0;
    double high = 0;

    bool holds(double value) const { return low <= value && value <= high; }
};

/// A figure of several samples and where it lies with 95 % confidence.
struct Estimate {
    double value = 0;
    Interval interval; ///< of one sample: the sample itself, which says nothing
    int samples = 0;
};

constexpr int kBootstrapResamples = 2000;
constexpr std::uint32_t kBootstrapSeed = 1979; ///< fixed, so that the same samples give the same interval everywhere

/// Of at least one value; of an even number the mean of the two in the middle.
double medianOf(std::vector<double> values);

/// Median and mean of at least one value with their bootstrap intervals. The percentiles are moved outwards for few
/// samples as far as Student's t lies beyond the normal distribution (the "expanded percentile interval": Hesterberg,
/// What Teachers Should Know About the Bootstrap, 2015), because the plain ones are too narrow there.
Estimate estimateMedian(std::span<const double> values);
Estimate estimateMean(std::span<const double> values);

/// Second minus first, round by round; the rest of the longer one is left out. What both sides of a round share (the
/// load of the machine at that time) falls out.
std::vector<double> pairedDifferences(std::span<const double> first, std::span<const double> second);
/// Second by first; rounds in which the first is not positive are left out.
std::vector<double> pairedRatios(std::span<const double> first, std::span<const double> second);

/// How likely two samples of the same lie at least as far apart, whichever is above: the rank-sum test (Mann and
/// Whitney, 1947), with the mean rank for equal values; exact up to 24 values, by the normal distribution beyond. What
/// the rounds of both share makes it larger, never smaller. 1 where one side is empty.
double rankSumChance(std::span<const double> first, std::span<const double> second);

/// Median of the second minus median of the first, of samples that have no order in common.
Estimate estimateMedianDifference(std::span<const double> first, std::span<const double> second);

/// The mean of each stretch of that length, by the clock, each reading by the time that it tells of (toldSince()) and
/// in the stretches in which that lies. Neighbouring readings of a live series depend on each other, means of stretches
/// hardly do: estimateMean() of these is a block bootstrap. Stretches of which less than half is told, as measured by
/// the fullest, are left out. `moments`: those of readBefore(), where the figure is not read at each tick.
std::vector<double> blockMeans(
    std::span<const TimePoint> series, std::chrono::nanoseconds block, std::span<const std::int64_t> moments = {});

} // namespace twinhull
