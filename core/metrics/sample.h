// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric.h"
#include "core/metrics/reading.h"
#include "core/metrics/tick_pace.h"
#include "core/workload/workload_info.h"

#include <QMetaType>

#include <array>
#include <cstdint>
#include <vector>

namespace twinhull {

inline constexpr std::uint64_t kMostTasks = std::uint64_t{ 1 } << 22U; ///< Linux has no more (PID_MAX_LIMIT)

/// What the inside of a workload reports of itself; of a container, which has no kernel that could, what this kernel
/// counts for its cgroup. Never mixed into the host's figures.
struct GuestFigures {
    Reading<std::uint64_t> memoryTotalBytes; ///< what a VM has now: less than its limit where its balloon is inflated
    Reading<std::uint64_t> memoryUsedBytes; ///< what cannot be dropped: MemTotal - MemAvailable of the guest
    Reading<std::uint64_t> memoryCacheBytes; ///< page cache and buffers
    Reading<std::uint64_t> swapUsedBytes;
    Reading<std::uint64_t> loadThousandths; ///< of a task, the mean of a minute; of a VM alone, as the next two
    Reading<std::uint64_t> rootUsedBytes; ///< of the file system that is its root
    Reading<std::uint64_t> rootSizeBytes;
    Reading<std::uint64_t> cpuNanoseconds; ///< user + system as counted inside; of a container its cgroup's
    Reading<std::uint64_t> networkReceivedBytes; ///< since its boot, without loopback
    Reading<std::uint64_t> networkSentBytes;
    Reading<std::uint64_t> networkReceivedPackets;
    Reading<std::uint64_t> networkSentPackets;
};

/// Whose CPU time it was: the first five parts add up to the whole. Nanoseconds.
struct CpuParts {
    Reading<std::uint64_t> vcpus;
    Reading<std::uint64_t> ioThreads;
    Reading<std::uint64_t> vhost; ///< the kernel's workers for its virtual devices
    Reading<std::uint64_t> emulator; ///< all other threads of QEMU
    Reading<std::uint64_t> helpers; ///< programs beside it: monitor, pasta, virtiofsd ...
    Reading<std::uint64_t> networkHelpers; ///< the part of `helpers` that carries its network; as the next two
    Reading<std::uint64_t> fileSystemHelpers; ///< virtiofsd
    Reading<std::uint64_t> monitor; ///< hull-monitor
};

/// Read every few seconds: levels stay until the next reading, counters come with their own moment. Bytes.
struct SlowFigures {
    Reading<std::uint64_t> pss; ///< proportional set size of all processes
    Reading<std::uint64_t> ram; ///< of `pss`: the memory blocks of a VM's machine, as the next
    Reading<std::uint64_t> qemuOwn; ///< the rest of QEMU's process
    Reading<std::uint64_t> helpers; ///< of `pss`: programs beside it; the three are a VM's whole
    Reading<std::uint64_t> anonymous; ///< of `pss`: no file's, and no helper's
    Reading<std::uint64_t> shared; ///< their resident size without that
    Reading<std::uint64_t> swapped; ///< swapped out, in proportion as well
    Reading<std::uint64_t> merged; ///< in pages that KSM merged
    Reading<std::uint64_t> pageTables;
    Reading<std::uint64_t> contextSwitches; ///< times its threads were put on a core
    Reading<std::uint64_t> blockedNanoseconds; ///< its threads waited for a disk, summed
    Reading<std::uint64_t> roundTripNanoseconds; ///< median of its TCP connections
    std::int64_t monotonicNanoseconds = 0; ///< when they were read
};

/// Requests of a VM to its disks, as its QEMU counts them: all of them, and how long they took together. Reads and
/// writes are those of its cgroup, where that counts them.
struct DiskRequests {
    Reading<std::uint64_t> count;
    Reading<std::uint64_t> nanoseconds;
    Reading<std::uint64_t> reads = {};
    Reading<std::uint64_t> writes = {};
};

/// What it takes of disks. Bytes, allocated unless told otherwise.
struct DiskParts {
    Reading<std::uint64_t> image; ///< packed, in the store
    Reading<std::uint64_t> layers; ///< what it only reads: unpacked layers, root disks, backing files
    Reading<std::uint64_t> writable; ///< upper folder; files that a VM's disks are written to
    Reading<std::uint64_t> virtualSize; ///< of those disks
    Reading<std::uint64_t> volumes;
};

/// What it had to wait for. Nanoseconds since it began.
struct Stalls {
    Reading<std::uint64_t> stolen; ///< vCPUs were ready and waited for a core, summed over them
    Reading<std::uint64_t> throttled; ///< throttled_usec of its cgroup: summed over cores
    Reading<std::uint64_t> cpu; ///< total of "some" in its cgroup's cpu.pressure
    Reading<std::uint64_t> memory;
    Reading<std::uint64_t> io;
    Reading<std::uint64_t> cpuFull; ///< total of "full", as the next two
    Reading<std::uint64_t> memoryFull;
    Reading<std::uint64_t> ioFull;
};

/// Of one that rested until the tick before and works now: its counters of CPU time then, so that a burst is told in
/// the second that it was in.
struct RestEnd {
    std::int64_t monotonicNanoseconds = 0; ///< 0: it did not rest, or does still
    Reading<std::uint64_t> cpuNanoseconds;
    Reading<std::uint64_t> guestCpuNanoseconds;
};

/// Raw counters of one workload at one moment, helpers included. A counter that could not be read says what it needs.
struct Sample {
    WorkloadId id;
    std::int64_t monotonicNanoseconds = 0;
    Reading<std::uint64_t> cpuNanoseconds; ///< user + system, since the start of the workload
    CpuParts cpuParts;
    Stalls stalls;
    Reading<std::uint64_t> residentBytes; ///< RssAnon + RssShmem of all processes, whatever its cgroup says
    Reading<std::uint64_t> cgroupChargeBytes; ///< memory.current - inactive_file; of the cgroup alone
    Reading<std::uint64_t> kernelChargeBytes; ///< the kernel's own memory in its cgroup's charge
    SlowFigures slow;
    Reading<std::uint64_t> diskReadBytes;
    Reading<std::uint64_t> diskWrittenBytes;
    DiskRequests diskRequests;
    DiskParts disk;
    Reading<std::uint64_t> kvmExits; ///< of all its virtual processors
    Reading<std::uint64_t> networkReceivedBytes;
    Reading<std::uint64_t> networkSentBytes;
    Reading<std::uint64_t> networkReceivedPackets;
    Reading<std::uint64_t> networkSentPackets;
    bool isNetworkGuestView = false; ///< the four above are the guest's own word
    GuestFigures guest;
    Reading<std::uint64_t> oomKills; ///< processes of it that the kernel ended for want of memory
    RestEnd restEnd;
    bool isSpared = false; ///< rests while nobody looks at it, and was not read in this tick: no figure changed
    std::uint32_t countersBegan = 0; ///< changes when the counters began anew (another process bears the workload)
};

/// What the host's figures need of a workload whose processes are not known.
Needs needsOf(HostFootprint::Reach reach);

/// Whom to read. The footprint is what the provider said last.
struct MetricTarget {
    WorkloadId id;
    HostFootprint footprint;
    bool isLookedAt = true; ///< else it may be read less often while it rests
};

/// Readings ready to be shown: rates per second over the last tick, levels as they are, in the units of the catalogue.
struct MetricPoint {
    WorkloadId id;
    std::array<Reading<double>, kMetricCount> readings; ///< by Metric
    bool isNetworkGuestView = false;
    std::uint64_t oomKills = 0; ///< since the reading before, where they are counted
    std::int64_t sparedSince = 0; ///< on the frame's clock: the reading before, if it rested since; 0: read each tick
    std::int64_t restedUntil = 0; ///< the tick before this one, where it works since; 0: it does not, or did before
    Reading<double> restCpuCores; ///< until then; as the next
    Reading<double> restGuestCpuCores;

    WorkloadKind kind() const { return id.kind; }
    Reading<double>& operator[](Metric metric) { return readings.at(static_cast<std::size_t>(metric)); }
    const Reading<double>& operator[](Metric metric) const { return readings.at(static_cast<std::size_t>(metric)); }
};

/// What a point tells of the time before the tick at which it began to work: CPU time is known apart, all else is as of
/// the whole time.
MetricPoint restOf(const MetricPoint& point);

/// Calls with the moments at which what a point tells is put down, too, and the point to put down there, oldest first,
/// so that neither charts nor history have a gap of more than ten seconds and a tick where it rested. Where it works
/// since the tick before, those before that have the CPU time of the rest.
template <typename Call>
void visitSparedMoments(const MetricPoint& point, std::int64_t nanoseconds, Call call)
{
    constexpr std::int64_t kStep = 10'000'000'000;
    constexpr std::int64_t kTick = 1'000'000'000; // so near the point itself tells enough
    if (point.sparedSince == 0)
        return;
    const bool isRestOver = point.restedUntil > point.sparedSince;
    const MetricPoint rest = isRestOver ? restOf(point) : MetricPoint();
    const MetricPoint& earlier = isRestOver ? rest : point;
    const std::int64_t end = isRestOver ? point.restedUntil : nanoseconds;
    for (std::int64_t moment = point.sparedSince + kStep; moment < end - kTick; moment += kStep)
        call(moment, earlier);
    if (isRestOver)
        call(point.restedUntil, earlier);
}

/// The counters behind a point's rates, as they stood last: since its processes began. Seconds, bytes, times.
struct CounterTotals {
    std::array<std::optional<double>, kMetricCount> totals; ///< by the Metric that is their growth
    std::optional<double> diskRequests; ///< whose time is the total of DiskLatency
    std::optional<double> oomKills;

    std::optional<double>& operator[](Metric metric) { return totals.at(static_cast<std::size_t>(metric)); }
    const std::optional<double>& operator[](Metric metric) const { return totals.at(static_cast<std::size_t>(metric)); }
};

/// This computer and this program.
struct HostPoint {
    std::array<Reading<double>, kHostMetricCount> readings; ///< by HostMetric, in the units of the catalogue

    Reading<double>& operator[](HostMetric metric) { return readings.at(static_cast<std::size_t>(metric)); }
    const Reading<double>& operator[](HostMetric metric) const { return readings.at(static_cast<std::size_t>(metric)); }
};

/// All that one tick brought.
struct MetricsFrame {
    std::int64_t monotonicNanoseconds = 0; ///< ageClockNanoseconds()
    std::int64_t wallMilliseconds = 0;
    std::int64_t tickCpuNanoseconds = 0; ///< what reading all this cost the sampler thread
    std::int64_t intervalMilliseconds = 0; ///< to the next tick
    PaceReason pace = PaceReason::AsAsked; ///< why it is longer than asked
    HostPoint host;
    std::vector<MetricPoint> points; ///< in the order of the targets; without those that are gone or were not read
    std::vector<CounterTotals> totals; ///< of each point, while Sampler::setTotalsWanted(); else empty
};

} // namespace twinhull

Q_DECLARE_METATYPE(twinhull::MetricsFrame)
