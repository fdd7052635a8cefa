// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <QMetaType>

#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

/// What the inside of a workload reports of itself. Never mixed into the host's figures.
struct GuestFigures {
    std::optional<std::uint64_t> memoryUsedBytes; ///< MemTotal - MemAvailable of the guest
    std::optional<std::uint64_t> memoryCacheBytes; ///< page cache and buffers of the guest
    std::optional<std::uint64_t> networkReceivedBytes; ///< since its boot, without loopback
    std::optional<std::uint64_t> networkSentBytes;
};

/// Raw counters of one workload at one moment, helpers included. A counter that could not be read is absent, never 0.
struct Sample {
    WorkloadId id;
    std::int64_t monotonicNanoseconds = 0;
    std::optional<std::uint64_t> cpuNanoseconds; ///< user + system, since the start of the workload
    std::optional<std::uint64_t> memoryBytes; ///< cgroup charge (memory.current - inactive_file), else anonymous memory
                                              ///< (RssAnon + RssShmem) of all processes
    std::optional<std::uint64_t>
        pssBytes; ///< proportional set size of all processes; from the slow tier, kept until the next reading
    std::optional<std::uint64_t> diskReadBytes;
    std::optional<std::uint64_t> diskWrittenBytes;
    std::optional<std::uint64_t> networkReceivedBytes;
    std::optional<std::uint64_t> networkSentBytes;
    bool isNetworkGuestView = false; ///< the two above are the guest's own word
    GuestFigures guest;
    QString missing; ///< "disk figures need …", one sentence; empty when nothing is missing
    std::uint32_t countersBegan = 0; ///< changes when the counters began anew (another process bears the workload)
};

/// Whom to read. The footprint is what the provider said last.
struct MetricTarget {
    WorkloadId id;
    HostFootprint footprint;
};

enum class Metric { CpuCores, MemoryBytes, PssBytes, DiskReadRate, DiskWriteRate, NetworkReceiveRate, NetworkSendRate };
constexpr int kMetricCount = 7;

/// Readings ready to be shown: rates per second over the last tick, levels as they are. An absent one has no reading.
struct MetricPoint {
    WorkloadId id;
    std::optional<double> values[kMetricCount]; ///< CpuCores: 1.0 is one core; rates: bytes per second
    bool isNetworkGuestView = false;
    GuestFigures guest;
    QString missing;

    std::optional<double> operator[](Metric metric) const { return values[static_cast<int>(metric)]; }
};

/// This computer and this program.
struct HostPoint {
    double cpuShare = 0; ///< 0..1 of all cores
    std::uint64_t memoryUsedBytes = 0; ///< MemTotal - MemAvailable
    std::uint64_t memoryTotalBytes = 0;
    std::optional<double> cpuPressure; ///< PSI some avg10, percent; absent where the kernel has none
    double ownCpuCores = 0; ///< this process
    std::uint64_t ownMemoryBytes = 0; ///< RssAnon of this process: a lower bound of what it costs
    std::optional<std::uint64_t> ownPssBytes; ///< of this process, from the slow tier; absent before the first reading
                                              ///< and where it cannot be read
};

/// All that one tick brought.
struct MetricsFrame {
    std::int64_t monotonicNanoseconds = 0;
    std::int64_t wallMilliseconds = 0;
    std::int64_t tickCpuNanoseconds = 0; ///< what reading all this cost the sampler thread
    std::int64_t intervalMilliseconds = 0; ///< to the next tick
    bool isSlowedDown = false; ///< the interval is longer than asked, because reading costs too much
    HostPoint host;
    std::vector<MetricPoint> points; ///< in the order of the targets; those that are gone are left out
};

} // namespace twinhull

Q_DECLARE_METATYPE(twinhull::MetricsFrame)
