// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace twinhull {

/// Figures of a workload. What each of them is stands in core/metrics/metric_catalogue.h.
enum class Metric {
    CpuCores,
    VcpuCores,
    IoThreadCores,
    EmulatorCores,
    HelperCores,
    StolenCores,
    ThrottledCores,
    CpuPressure,
    ResidentBytes,
    CgroupChargeBytes,
    PssBytes,
    MemoryPressure,
    DiskReadRate,
    DiskWriteRate,
    IoPressure,
    NetworkReceiveRate,
    NetworkSendRate,
    GuestMemoryUsedBytes,
    GuestMemoryCacheBytes,
};
constexpr std::size_t kMetricCount = 19;

/// Figures of this computer and of this program.
enum class HostMetric {
    CpuShare,
    MemoryUsedBytes,
    MemoryTotalBytes,
    CpuPressure,
    OwnCpuCores,
    OwnAnonymousBytes,
    OwnPssBytes
};
constexpr std::size_t kHostMetricCount = 7;

} // namespace twinhull
