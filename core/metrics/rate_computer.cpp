// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/rate_computer.h"

#include <algorithm>
#include <map>
#include <utility>

namespace twinhull {

namespace {

/// A counter of the sample, and how its growth in a second becomes the figure.
struct CountedFigure {
    Metric metric;
    const Reading<std::uint64_t>& (*counter)(const Sample& sample);
    double scale;
};
constexpr double kPerNanosecond = 1e-9;
using Raw = const Reading<std::uint64_t>&;
constexpr std::array kCounted{
    CountedFigure{ Metric::CpuCores, [](const Sample& s) -> Raw { return s.cpuNanoseconds; }, kPerNanosecond },
    CountedFigure{ Metric::VcpuCores, [](const Sample& s) -> Raw { return s.cpuParts.vcpus; }, kPerNanosecond },
    CountedFigure{ Metric::IoThreadCores, [](const Sample& s) -> Raw { return s.cpuParts.ioThreads; }, kPerNanosecond },
    CountedFigure{ Metric::VhostCores, [](const Sample& s) -> Raw { return s.cpuParts.vhost; }, kPerNanosecond },
    CountedFigure{ Metric::EmulatorCores, [](const Sample& s) -> Raw { return s.cpuParts.emulator; }, kPerNanosecond },
    CountedFigure{ Metric::HelperCores, [](const Sample& s) -> Raw { return s.cpuParts.helpers; }, kPerNanosecond },
    CountedFigure{
        Metric::NetworkHelperCores, [](const Sample& s) -> Raw { return s.cpuParts.networkHelpers; }, kPerNanosecond },
    CountedFigure{ Metric::FileSystemHelperCores, [](const Sample& s) -> Raw { return s.cpuParts.fileSystemHelpers; },
        kPerNanosecond },
    CountedFigure{ Metric::MonitorCores, [](const Sample& s) -> Raw { return s.cpuParts.monitor; }, kPerNanosecond },
    CountedFigure{ Metric::KvmExitRate, [](const Sample& s) -> Raw { return s.kvmExits; }, 1 },
    CountedFigure{
        Metric::GuestCpuCores, [](const Sample& s) -> Raw { return s.guest.cpuNanoseconds; }, kPerNanosecond },
    CountedFigure{ Metric::StolenCores, [](const Sample& s) -> Raw { return s.stalls.stolen; }, kPerNanosecond },
    CountedFigure{ Metric::ThrottledCores, [](const Sample& s) -> Raw { return s.stalls.throttled; }, kPerNanosecond },
    CountedFigure{ Metric::CpuPressure, [](const Sample& s) -> Raw { return s.stalls.cpu; }, kPerNanosecond },
    CountedFigure{ Metric::MemoryPressure, [](const Sample& s) -> Raw { return s.stalls.memory; }, kPerNanosecond },
    CountedFigure{ Metric::DiskReadRate, [](const Sample& s) -> Raw { return s.diskReadBytes; }, 1 },
    CountedFigure{ Metric::DiskWriteRate, [](const Sample& s) -> Raw { return s.diskWrittenBytes; }, 1 },
    CountedFigure{ Metric::IoPressure, [](const Sample& s) -> Raw { return s.stalls.io; }, kPerNanosecond },
    CountedFigure{ Metric::NetworkReceiveRate, [](const Sample& s) -> Raw { return s.networkReceivedBytes; }, 1 },
    CountedFigure{ Metric::NetworkSendRate, [](const Sample& s) -> Raw { return s.networkSentBytes; }, 1 },
    CountedFigure{ Metric::CpuFullPressure, [](const Sample& s) -> Raw { return s.stalls.cpuFull; }, kPerNanosecond },
    CountedFigure{
        Metric::MemoryFullPressure, [](const Sample& s) -> Raw { return s.stalls.memoryFull; }, kPerNanosecond },
    CountedFigure{ Metric::IoFullPressure, [](const Sample& s) -> Raw { return s.stalls.ioFull; }, kPerNanosecond },
    CountedFigure{ Metric::DiskReadRequestRate, [](const Sample& s) -> Raw { return s.diskRequests.reads; }, 1 },
    CountedFigure{ Metric::DiskWriteRequestRate, [](const Sample& s) -> Raw { return s.diskRequests.writes; }, 1 },
    CountedFigure{
        Metric::NetworkReceivePacketRate, [](const Sample& s) -> Raw { return s.networkReceivedPackets; }, 1 },
    CountedFigure{ Metric::NetworkSendPacketRate, [](const Sample& s) -> Raw { return s.networkSentPackets; }, 1 },
};

/// Rates whose counters are read at moments of their own, or that are more than a scale.
constexpr std::array kCountedApart{ Metric::ContextSwitchRate, Metric::DiskBlockedCores, Metric::DiskLatency };

constexpr std::size_t kNoPlace = kMetricCount;

constexpr auto kPlaces = [] {
    std::array<std::size_t, kMetricCount> places{};
    places.fill(kNoPlace);
    std::size_t next = 0;
    for (const CountedFigure& figure : kCounted)
        places.at(static_cast<std::size_t>(figure.metric)) = next++;
    for (const Metric metric : kCountedApart)
        places.at(static_cast<std::size_t>(metric)) = next++;
    return places;
}();

/// A level of the sample.
struct LevelFigure {
    Metric metric;
    Raw (*level)(const Sample& sample);
};
constexpr std::array kLevels{
    LevelFigure{ Metric::ResidentBytes, [](const Sample& s) -> Raw { return s.residentBytes; } },
    LevelFigure{ Metric::CgroupChargeBytes, [](const Sample& s) -> Raw { return s.cgroupChargeBytes; } },
    LevelFigure{ Metric::PssBytes, [](const Sample& s) -> Raw { return s.slow.pss; } },
    LevelFigure{ Metric::KernelChargeBytes, [](const Sample& s) -> Raw { return s.kernelChargeBytes; } },
    LevelFigure{ Metric::RamPssBytes, [](const Sample& s) -> Raw { return s.slow.ram; } },
    LevelFigure{ Metric::QemuOwnPssBytes, [](const Sample& s) -> Raw { return s.slow.qemuOwn; } },
    LevelFigure{ Metric::HelperPssBytes, [](const Sample& s) -> Raw { return s.slow.helpers; } },
    LevelFigure{ Metric::AnonymousPssBytes, [](const Sample& s) -> Raw { return s.slow.anonymous; } },
    LevelFigure{ Metric::SharedBytes, [](const Sample& s) -> Raw { return s.slow.shared; } },
    LevelFigure{ Metric::PageTableBytes, [](const Sample& s) -> Raw { return s.slow.pageTables; } },
    LevelFigure{ Metric::SwappedBytes, [](const Sample& s) -> Raw { return s.slow.swapped; } },
    LevelFigure{ Metric::MergedBytes, [](const Sample& s) -> Raw { return s.slow.merged; } },
    LevelFigure{ Metric::GuestMemoryUsedBytes, [](const Sample& s) -> Raw { return s.guest.memoryUsedBytes; } },
    LevelFigure{ Metric::GuestMemoryTotalBytes, [](const Sample& s) -> Raw { return s.guest.memoryTotalBytes; } },
    LevelFigure{ Metric::GuestMemoryCacheBytes, [](const Sample& s) -> Raw { return s.guest.memoryCacheBytes; } },
    LevelFigure{ Metric::GuestSwapUsedBytes, [](const Sample& s) -> Raw { return s.guest.swapUsedBytes; } },
    LevelFigure{ Metric::GuestRootUsedBytes, [](const Sample& s) -> Raw { return s.guest.rootUsedBytes; } },
    LevelFigure{ Metric::GuestRootSizeBytes, [](const Sample& s) -> Raw { return s.guest.rootSizeBytes; } },
    LevelFigure{ Metric::DiskImageBytes, [](const Sample& s) -> Raw { return s.disk.image; } },
    LevelFigure{ Metric::DiskLayersBytes, [](const Sample& s) -> Raw { return s.disk.layers; } },
    LevelFigure{ Metric::DiskWritableBytes, [](const Sample& s) -> Raw { return s.disk.writable; } },
    LevelFigure{ Metric::DiskVirtualBytes, [](const Sample& s) -> Raw { return s.disk.virtualSize; } },
    LevelFigure{ Metric::DiskVolumeBytes, [](const Sample& s) -> Raw { return s.disk.volumes; } },
};

/// What ended has no figure of the host, and nobody says what its CPU time needs.
bool isAlive(const Sample& sample)
{
    return sample.cpuNanoseconds || sample.residentBytes || sample.cgroupChargeBytes || sample.slow.pss
        || sample.diskReadBytes || sample.diskWrittenBytes || sample.networkReceivedBytes || sample.networkSentBytes
        || sample.cpuNanoseconds.needs() != Needs::FirstReading;
}

bool isBetweenReadings(Needs needs)
{
    return needs == Needs::NextLibvirtReading || needs == Needs::NextGuestReading || needs == Needs::NextPressureReading
        || needs == Needs::NextNetworkReading;
}

Reading<double> level(const Reading<std::uint64_t>& bytes)
{
    return bytes ? Reading<double>(static_cast<double>(*bytes)) : Reading<double>(bytes.needs());
}

/// Seconds of one request.
Reading<double> latency(const Reading<double>& nanosecondsPerSecond, const Reading<double>& requestsPerSecond)
{
    if (!nanosecondsPerSecond || !requestsPerSecond)
        return nanosecondsPerSecond ? requestsPerSecond : nanosecondsPerSecond;
    if (*requestsPerSecond <= 0)
        return Needs::DiskRequests;
    return *nanosecondsPerSecond * kPerNanosecond / *requestsPerSecond;
}

Reading<double> scaled(const Reading<double>& figure, double scale)
{
    return figure ? Reading<double>(*figure * scale) : figure;
}

} // namespace

MetricPoint restOf(const MetricPoint& point)
{
    MetricPoint rest = point;
    rest[Metric::CpuCores] = point.restCpuCores;
    rest[Metric::GuestCpuCores] = point.restGuestCpuCores;
    return rest;
}

std::size_t RateComputer::placeOf(Metric metric)
{
    static_assert(kCounted.size() + kCountedApart.size() == kCounters);
    return kPlaces.at(static_cast<std::size_t>(metric));
}

std::vector<MetricPoint> RateComputer::points(std::span<const Sample> samples, std::vector<CounterTotals>* totals)
{
    align(samples);
    if (totals != nullptr)
        totals->clear();
    std::vector<MetricPoint> points;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (samples[i].isSpared) {
            m_previous[i].wasSpared = true;
            continue;
        }
        if (!isAlive(samples[i])) {
            m_previous[i] = { .id = samples[i].id, .counters = {}, .diskRequests = {} };
            continue;
        }
        points.push_back(pointOf(samples[i], m_previous[i]));
        if (totals != nullptr)
            totals->push_back(totalsOf(samples[i], m_previous[i]));
    }
    return points;
}

/// m_previous[i] is that of samples[i] afterwards; what is known stays. Nearly always they are the same workloads.
void RateComputer::align(std::span<const Sample> samples)
{
    const auto isSame = [](const Previous& previous, const Sample& sample) { return previous.id == sample.id; };
    if (std::equal(m_previous.begin(), m_previous.end(), samples.begin(), samples.end(), isSame))
        return;
    std::map<WorkloadId, Previous> known;
    for (Previous& previous : m_previous)
        known.emplace(previous.id, std::move(previous));
    m_previous.clear();
    for (const Sample& sample : samples) {
        auto node = known.extract(sample.id);
        m_previous.push_back(node ? std::move(node.mapped()) : Previous{ .counters = {}, .diskRequests = {} });
        m_previous.back().id = sample.id;
    }
}

MetricPoint RateComputer::pointOf(const Sample& sample, Previous& previous)
{
    if (previous.countersBegan != sample.countersBegan) {
        previous.counters = {};
        previous.diskRequests = {};
        previous.oomKills.reset();
    }
    if (previous.isNetworkGuestView != sample.isNetworkGuestView)
        previous[Metric::NetworkReceiveRate] = previous[Metric::NetworkSendRate]
            = previous[Metric::NetworkReceivePacketRate] = previous[Metric::NetworkSendPacketRate] = {};
    MetricPoint point;
    point.id = sample.id;
    if (std::exchange(previous.wasSpared, false) && previous.countersBegan == sample.countersBegan)
        point.sparedSince = previous.readAt;
    previous.readAt = sample.monotonicNanoseconds;
    previous.countersBegan = sample.countersBegan;
    previous.isNetworkGuestView = sample.isNetworkGuestView;
    tellRest(sample, previous, point);
    for (const CountedFigure& figure : kCounted) {
        const auto perSecond = rate(previous[figure.metric], figure.counter(sample), sample.monotonicNanoseconds);
        point[figure.metric] = scaled(perSecond, figure.scale);
    }
    for (const LevelFigure& figure : kLevels)
        point[figure.metric] = level(figure.level(sample));
    point[Metric::GuestLoadTasks] = scaled(level(sample.guest.loadThousandths), 1e-3);
    point[Metric::ContextSwitchRate]
        = rate(previous[Metric::ContextSwitchRate], sample.slow.contextSwitches, sample.slow.monotonicNanoseconds);
    point[Metric::DiskBlockedCores] = scaled(
        rate(previous[Metric::DiskBlockedCores], sample.slow.blockedNanoseconds, sample.slow.monotonicNanoseconds),
        kPerNanosecond);
    point[Metric::NetworkRoundTrip] = scaled(level(sample.slow.roundTripNanoseconds), kPerNanosecond);
    point[Metric::DiskLatency]
        = latency(rate(previous[Metric::DiskLatency], sample.diskRequests.nanoseconds, sample.monotonicNanoseconds),
            rate(previous.diskRequests, sample.diskRequests.count, sample.monotonicNanoseconds));
    point.isNetworkGuestView = sample.isNetworkGuestView;
    point.oomKills = newOomKills(sample, previous);
    return point;
}

/// Until the end of its rest, from where on the point's own figures of CPU time are then.
void RateComputer::tellRest(const Sample& sample, Previous& previous, MetricPoint& point)
{
    const RestEnd& end = sample.restEnd;
    if (end.monotonicNanoseconds == 0 || point.sparedSince == 0)
        return;
    const auto cores = [&](Metric metric, const Reading<std::uint64_t>& counter) {
        return scaled(rate(previous[metric], counter, end.monotonicNanoseconds), kPerNanosecond);
    };
    point.restedUntil = end.monotonicNanoseconds;
    point.restCpuCores = cores(Metric::CpuCores, end.cpuNanoseconds);
    point.restGuestCpuCores = cores(Metric::GuestCpuCores, end.guestCpuNanoseconds);
}

/// What is read more rarely than every tick stands as it was told last.
CounterTotals RateComputer::totalsOf(const Sample& sample, const Previous& previous)
{
    CounterTotals totals;
    const auto put
        = [](const Reading<std::uint64_t>& now, const Counter& last, double scale, std::optional<double>& total) {
              if (last.isRead() && (now || isBetweenReadings(now.needs())))
                  total = static_cast<double>(last.value) * scale;
          };
    const auto putFigure = [&](Metric metric, const Reading<std::uint64_t>& now, double scale) {
        put(now, previous[metric], scale, totals[metric]);
    };
    for (const CountedFigure& figure : kCounted)
        putFigure(figure.metric, figure.counter(sample), figure.scale);
    putFigure(Metric::ContextSwitchRate, sample.slow.contextSwitches, 1);
    putFigure(Metric::DiskBlockedCores, sample.slow.blockedNanoseconds, kPerNanosecond);
    putFigure(Metric::DiskLatency, sample.diskRequests.nanoseconds, kPerNanosecond);
    put(sample.diskRequests.count, previous.diskRequests, 1, totals.diskRequests);
    if (sample.oomKills)
        totals.oomKills = static_cast<double>(*sample.oomKills);
    return totals;
}

/// What was counted before the first reading happened nobody knows when.
std::uint64_t RateComputer::newOomKills(const Sample& sample, Previous& previous)
{
    if (!sample.oomKills)
        return 0;
    const std::uint64_t now = *sample.oomKills;
    const std::uint64_t before = std::exchange(previous.oomKills, now).value_or(now);
    return now - std::min(now, before);
}

/// Per second. A counter that is absent for a while gives its mean over that while when it comes back.
Reading<double> RateComputer::rate(Counter& before, const Reading<std::uint64_t>& now, std::int64_t nanoseconds)
{
    if (!now && isBetweenReadings(now.needs()))
        return { before.perSecond, now.needs() };
    if (!now)
        return now.needs();
    if (before.isRead() && nanoseconds == before.monotonicNanoseconds && *now == before.value) // the same reading again
        return { before.perSecond, Needs::SecondReading };
    Reading<double> perSecond = Needs::SecondReading;
    if (before.isRead() && *now >= before.value && nanoseconds > before.monotonicNanoseconds)
        perSecond = static_cast<double>(*now - before.value) * 1e9
            / static_cast<double>(nanoseconds - before.monotonicNanoseconds);
    before = { *now, nanoseconds, perSecond };
    return perSecond;
}

} // namespace twinhull
