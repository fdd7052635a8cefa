// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/rate_computer.h"

namespace twinhull {

namespace {

enum Counted { Cpu, DiskRead, DiskWritten, NetworkReceived, NetworkSent };

/// What ended has no figure of the host, and nobody says what its CPU time needs.
bool isAlive(const Sample& sample)
{
    return sample.cpuNanoseconds || sample.residentBytes || sample.cgroupChargeBytes || sample.pssBytes
        || sample.diskReadBytes || sample.diskWrittenBytes || sample.networkReceivedBytes || sample.networkSentBytes
        || sample.cpuNanoseconds.needs() != Needs::FirstReading;
}

bool isBetweenReadings(Needs needs)
{
    return needs == Needs::NextLibvirtReading || needs == Needs::NextGuestReading;
}

Reading<double> level(const Reading<std::uint64_t>& bytes)
{
    return bytes ? Reading<double>(static_cast<double>(*bytes)) : Reading<double>(bytes.needs());
}

Reading<double> perNanosecondToCores(const Reading<double>& nanosecondsPerSecond)
{
    return nanosecondsPerSecond ? Reading<double>(*nanosecondsPerSecond / 1e9) : nanosecondsPerSecond;
}

} // namespace

std::vector<MetricPoint> RateComputer::points(std::span<const Sample> samples)
{
    ++m_round;
    std::vector<MetricPoint> points;
    points.reserve(samples.size());
    for (const auto& sample : samples) {
        if (!isAlive(sample))
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
    const auto rateOf = [&](Counted which, const Reading<std::uint64_t>& now) {
        return rate(previous.counters.at(which), now, sample.monotonicNanoseconds);
    };
    point.id = sample.id;
    point[Metric::CpuCores] = perNanosecondToCores(rateOf(Cpu, sample.cpuNanoseconds));
    point[Metric::ResidentBytes] = level(sample.residentBytes);
    point[Metric::CgroupChargeBytes] = level(sample.cgroupChargeBytes);
    point[Metric::PssBytes] = level(sample.pssBytes);
    point[Metric::DiskReadRate] = rateOf(DiskRead, sample.diskReadBytes);
    point[Metric::DiskWriteRate] = rateOf(DiskWritten, sample.diskWrittenBytes);
    point[Metric::NetworkReceiveRate] = rateOf(NetworkReceived, sample.networkReceivedBytes);
    point[Metric::NetworkSendRate] = rateOf(NetworkSent, sample.networkSentBytes);
    point[Metric::GuestMemoryUsedBytes] = level(sample.guest.memoryUsedBytes);
    point[Metric::GuestMemoryCacheBytes] = level(sample.guest.memoryCacheBytes);
    point.isNetworkGuestView = sample.isNetworkGuestView;
    return point;
}

/// Per second. A counter that is absent for a while gives its mean over that while when it comes back.
Reading<double> RateComputer::rate(Counter& before, const Reading<std::uint64_t>& now, std::int64_t nanoseconds)
{
    if (!now && isBetweenReadings(now.needs()))
        return { before.perSecond, now.needs() };
    if (!now)
        return now.needs();
    Reading<double> perSecond = Needs::SecondReading;
    const std::int64_t elapsed = nanoseconds - before.monotonicNanoseconds;
    if (before.value && *now >= *before.value && elapsed > 0)
        perSecond = static_cast<double>(*now - *before.value) * 1e9 / static_cast<double>(elapsed);
    before = { now, nanoseconds, perSecond };
    return perSecond;
}

} // namespace twinhull
