// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/statistics.h"

#include "core/metrics/told_time.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace twinhull {

namespace {

using Statistic = double (*)(std::vector<double>&);

double medianInPlace(std::vector<double>& values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double meanInPlace(std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// How much of the resamples lies beyond each end, for that many samples.
double tailFor(std::size_t samples)
{
    constexpr double kNormal = 1.959964; // 97.5 % of the normal distribution
    if (samples < 2)
        return 0;
    const auto freedom = static_cast<double>(samples - 1);
    const double z3 = std::pow(kNormal, 3);
    const double z5 = std::pow(kNormal, 5);
    const double z7 = std::pow(kNormal, 7);
    // Student's t from the normal quantile (Abramowitz and Stegun 26.7.5); below 3 degrees it falls short of it, and
    // the ends are the outermost resamples anyway.
    const double student = kNormal + (z3 + kNormal) / (4 * freedom)
        + (5 * z5 + 16 * z3 + 3 * kNormal) / (96 * freedom * freedom)
        + (3 * z7 + 19 * z5 + 17 * z3 - 15 * kNormal) / (384 * std::pow(freedom, 3));
    const double reach = student * std::sqrt(static_cast<double>(samples) / freedom);
    return std::erfc(reach / std::sqrt(2.0)) / 2;
}

/// Draws with replacement; its numbers are the same with every standard library, unlike those of a distribution.
class Resampler {
public:
    void draw(std::span<const double> from, std::vector<double>& into)
    {
        into.resize(from.size());
        for (double& value : into)
            value = from[static_cast<std::size_t>((std::uint64_t{ m_engine() } * from.size()) >> 32U)];
    }

private:
    std::mt19937 m_engine{ kBootstrapSeed };
};

Interval percentiles(std::vector<double> resamples, double tail)
{
    std::sort(resamples.begin(), resamples.end());
    const auto beyond = static_cast<std::size_t>(tail * static_cast<double>(resamples.size()));
    return { resamples[beyond], resamples[resamples.size() - 1 - beyond] };
}

Estimate estimate(std::span<const double> values, Statistic statistic)
{
    Resampler resampler;
    std::vector<double> drawn;
    std::vector<double> resamples(kBootstrapResamples);
    for (double& one : resamples) {
        resampler.draw(values, drawn);
        one = statistic(drawn);
    }
    std::vector<double> all(values.begin(), values.end());
    return { statistic(all), percentiles(std::move(resamples), tailFor(values.size())),
        static_cast<int>(values.size()) };
}

/// Of two samples together, twice each, so that the mean of two is a whole number.
struct Ranks {
    std::vector<std::size_t> doubled;
    std::size_t sumOfFirst = 0;
    double tied = 0; ///< t^3 - t over all groups of t equal values
};

Ranks ranksOf(std::span<const double> first, std::span<const double> second)
{
    std::vector<std::pair<double, bool>> values;
    for (const double value : first)
        values.emplace_back(value, true);
    for (const double value : second)
        values.emplace_back(value, false);
    std::sort(values.begin(), values.end());
    Ranks ranks;
    for (std::size_t begin = 0, end = 0; begin < values.size(); begin = end) {
        while (end < values.size() && values[end].first == values[begin].first)
            ++end;
        for (std::size_t i = begin; i < end; ++i) {
            ranks.doubled.push_back(begin + end + 1);
            ranks.sumOfFirst += values[i].second ? begin + end + 1 : 0;
        }
        const auto equal = static_cast<double>(end - begin);
        ranks.tied += equal * equal * equal - equal;
    }
    return ranks;
}

/// From the sum of the first's doubled ranks to what it is on average.
double distanceFromMiddle(const Ranks& ranks, std::size_t ofFirst, double sum)
{
    return std::abs(sum - static_cast<double>(ofFirst * (ranks.doubled.size() + 1)));
}

/// By all ways to choose as many ranks as the first has.
double exactChance(const Ranks& ranks, std::size_t ofFirst)
{
    const std::size_t most = std::accumulate(ranks.doubled.begin(), ranks.doubled.end(), std::size_t{ 0 });
    std::vector<std::vector<double>> ways(ofFirst + 1, std::vector<double>(most + 1));
    ways[0][0] = 1;
    for (const std::size_t rank : ranks.doubled) {
        for (std::size_t chosen = ofFirst; chosen > 0; --chosen) {
            for (std::size_t sum = most; sum >= rank; --sum)
                ways[chosen][sum] += ways[chosen - 1][sum - rank];
        }
    }
    const double seen = distanceFromMiddle(ranks, ofFirst, static_cast<double>(ranks.sumOfFirst));
    double all = 0;
    double asFar = 0;
    for (std::size_t sum = 0; sum <= most; ++sum) {
        all += ways[ofFirst][sum];
        asFar += distanceFromMiddle(ranks, ofFirst, static_cast<double>(sum)) >= seen ? ways[ofFirst][sum] : 0;
    }
    return asFar / all;
}

double normalChance(const Ranks& ranks, std::size_t ofFirst)
{
    const auto all = static_cast<double>(ranks.doubled.size());
    const auto first = static_cast<double>(ofFirst);
    const double variance // of the doubled sum
        = first * (all - first) / 3 * (all + 1 - ranks.tied / (all * (all - 1)));
    if (variance <= 0)
        return 1; // all are equal
    const double seen = distanceFromMiddle(ranks, ofFirst, static_cast<double>(ranks.sumOfFirst));
    return std::erfc(std::max(seen - 1, 0.0) / std::sqrt(2 * variance)); // 1: half a rank, for the steps between
}

/// A stretch of a series, by the clock.
struct Stretch {
    std::int64_t number = 0;
    double sum = 0; ///< of the readings, each by the time that it tells of
    double told = 0; ///< the sum of those times
};

/// Times before this boot are below 0.
std::int64_t stretchAt(std::int64_t moment, std::int64_t length)
{
    return moment / length - (moment % length < 0 ? 1 : 0);
}

/// To the stretches between `begin` and its own moment.
void addTold(std::vector<Stretch>& stretches, const TimePoint& point, std::int64_t begin, std::int64_t length)
{
    for (std::int64_t from = begin; from < point.monotonicNanoseconds;) {
        const std::int64_t number = stretchAt(from, length);
        const std::int64_t to = std::min((number + 1) * length, point.monotonicNanoseconds);
        if (stretches.empty() || stretches.back().number < number)
            stretches.push_back({ number });
        stretches.back().sum += double{ point.value } * static_cast<double>(to - from);
        stretches.back().told += static_cast<double>(to - from);
        from = to;
    }
}

} // namespace

double medianOf(std::vector<double> values)
{
    return medianInPlace(values);
}

Estimate estimateMedian(std::span<const double> values)
{
    return estimate(values, &medianInPlace);
}

Estimate estimateMean(std::span<const double> values)
{
    return estimate(values, &meanInPlace);
}

std::vector<double> pairedDifferences(std::span<const double> first, std::span<const double> second)
{
    std::vector<double> differences(std::min(first.size(), second.size()));
    for (std::size_t round = 0; round < differences.size(); ++round)
        differences[round] = second[round] - first[round];
    return differences;
}

std::vector<double> pairedRatios(std::span<const double> first, std::span<const double> second)
{
    std::vector<double> ratios;
    for (std::size_t round = 0; round < std::min(first.size(), second.size()); ++round) {
        if (first[round] > 0)
            ratios.push_back(second[round] / first[round]);
    }
    return ratios;
}

double rankSumChance(std::span<const double> first, std::span<const double> second)
{
    constexpr std::size_t kMostExact = 24;
    if (first.empty() || second.empty())
        return 1;
    const Ranks ranks = ranksOf(first, second);
    return ranks.doubled.size() <= kMostExact ? exactChance(ranks, first.size()) : normalChance(ranks, first.size());
}

Estimate estimateMedianDifference(std::span<const double> first, std::span<const double> second)
{
    Resampler resampler;
    std::vector<double> drawn;
    std::vector<double> resamples(kBootstrapResamples);
    for (double& one : resamples) {
        resampler.draw(first, drawn);
        const double base = medianInPlace(drawn);
        resampler.draw(second, drawn);
        one = medianInPlace(drawn) - base;
    }
    const std::size_t fewer = std::min(first.size(), second.size());
    return { medianOf({ second.begin(), second.end() }) - medianOf({ first.begin(), first.end() }),
        percentiles(std::move(resamples), tailFor(fewer)), static_cast<int>(fewer) };
}

std::vector<double> blockMeans(
    std::span<const TimePoint> series, std::chrono::nanoseconds block, std::span<const std::int64_t> moments)
{
    std::vector<Stretch> stretches;
    std::optional<std::int64_t> previous;
    for (const TimePoint& point : series) {
        const std::int64_t end = point.monotonicNanoseconds;
        constexpr std::int64_t kTick = 1'000'000'000;
        previous = readBefore(previous, moments, end);
        addTold(stretches, point, end - toldSince(previous, end, kLongestToldNanoseconds, kTick), block.count());
        previous = end;
    }
    double most = 0;
    for (const Stretch& one : stretches)
        most = std::max(most, one.told);
    std::vector<double> means;
    for (const Stretch& one : stretches) {
        if (one.told * 2 >= most)
            means.push_back(one.sum / one.told);
    }
    return means;
}

} // namespace twinhull
