// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/statistics.h"

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

std::vector<double> blockMeans(std::span<const TimePoint> series, std::chrono::nanoseconds block)
{
    struct Sum {
        std::int64_t number = 0;
        double sum = 0;
        int readings = 0;
    };
    std::vector<Sum> sums;
    int most = 0;
    for (const TimePoint& point : series) {
        const std::int64_t number = point.monotonicNanoseconds / block.count();
        if (sums.empty() || sums.back().number != number)
            sums.push_back({ number });
        sums.back().sum += point.value;
        most = std::max(most, ++sums.back().readings);
    }
    std::vector<double> means;
    for (const Sum& one : sums) {
        if (one.readings * 2 >= most)
            means.push_back(one.sum / one.readings);
    }
    return means;
}

} // namespace twinhull
