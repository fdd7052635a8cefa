// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/rate_computer.h"

namespace twinhull {

namespace {

enum Counted { Cpu, DiskRead, DiskWritten, NetworkReceived, NetworkSent };

bool hasAnyFigure(const Sample& sample)
{
    return sample.cpuNanoseconds || sample.memoryBytes || sample.pssBytes || sample.diskReadBytes
        || sample.diskWrittenBytes || sample.networkReceivedBytes || sample.networkSentBytes;
}

std::optional<double> level(std::optional<std::uint64_t> bytes)
{
    return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
}

std::optional<double> perNanosecondToCores(std::optional<double> nanosecondsPerSecond)
{
    return nanosecondsPerSecond ? std::optional(*nanosecondsPerSecond / 1e9) : std::nullopt;
}

} // namespace

std::vector<MetricPoint> RateComputer::points(std::span<const Sample> samples)
{
    ++m_round;
    std::vector<MetricPoint> points;
    points.reserve(samples.size());
    for (const auto& sample : samples) {
        if (!hasAnyFigure(sample))
            continue;
        auto& previous = m_previous[sample.id];
        previous.round = m_round;
        points.push_back(pointOf(sample, previous));
    }
    std::erase_if(m_previous, [this](const auto& entry) { return entry.second.round != m_round; });
    return points;
}

MetricPoint RateComputer::pointOf(const Sample& sample, Previous& previous)
{
    if (previous.countersBegan != sample.countersBegan)
        previous.counters = {};
    if (previous.isNetworkGuestView != sample.isNetworkGuestView)
        previous.counters.at(NetworkReceived) = previous.counters.at(NetworkSent) = {};
    previous.countersBegan = sample.countersBegan;
    previous.isNetworkGuestView = sample.isNetworkGuestView;

    MetricPoint point;
    const auto set
        = [&point](Metric metric, std::optional<double> value) { point.values[static_cast<int>(metric)] = value; };
    const auto rateOf = [&](Counted which, std::optional<std::uint64_t> now) {
        return rate(previous.counters.at(which), now, sample.monotonicNanoseconds);
    };
    point.id = sample.id;
    set(Metric::CpuCores, perNanosecondToCores(rateOf(Cpu, sample.cpuNanoseconds)));
    set(Metric::MemoryBytes, level(sample.memoryBytes));
    set(Metric::PssBytes, level(sample.pssBytes));
    set(Metric::DiskReadRate, rateOf(DiskRead, sample.diskReadBytes));
    set(Metric::DiskWriteRate, rateOf(DiskWritten, sample.diskWrittenBytes));
    set(Metric::NetworkReceiveRate, rateOf(NetworkReceived, sample.networkReceivedBytes));
    set(Metric::NetworkSendRate, rateOf(NetworkSent, sample.networkSentBytes));
    point.isNetworkGuestView = sample.isNetworkGuestView;
    point.guest = sample.guest;
    point.missing = sample.missing;
    return point;
}

/// Per second. A counter that is absent for a while gives its mean over that while when it comes back.
std::optional<double> RateComputer::rate(Counter& before, std::optional<std::uint64_t> now, std::int64_t nanoseconds)
{
    if (!now)
        return std::nullopt;
    std::optional<double> perSecond;
    const std::int64_t elapsed = nanoseconds - before.monotonicNanoseconds;
    if (before.value && *now >= *before.value && elapsed > 0)
        perSecond = static_cast<double>(*now - *before.value) * 1e9 / static_cast<double>(elapsed);
    before = { now, nanoseconds };
    return perSecond;
}

} // namespace twinhull
