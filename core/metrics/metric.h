// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace twinhull {

/// Figures of a workload. What each of them is stands in core/metrics/metric_catalogue.h.
enum class Metric {
    CpuCores,
    VcpuCores,
    IoThreadCores,
    VhostCores,
    EmulatorCores,
    HelperCores,
    NetworkHelperCores,
    FileSystemHelperCores,
    MonitorCores,
    StolenCores,
    ThrottledCores,
    CpuPressure,
    CpuFullPressure,
    ContextSwitchRate,
    KvmExitRate,
    ResidentBytes,
    CgroupChargeBytes,
    KernelChargeBytes,
    PssBytes,
    RamPssBytes,
    QemuOwnPssBytes,
    HelperPssBytes,
    AnonymousPssBytes,
    SharedBytes,
    PageTableBytes,
    SwappedBytes,
    MergedBytes,
    MemoryPressure,
    MemoryFullPressure,
    DiskReadRate,
    DiskWriteRate,
    DiskReadRequestRate,
    DiskWriteRequestRate,
    DiskLatency,
    DiskBlockedCores,
    IoPressure,
    IoFullPressure,
    DiskImageBytes,
    DiskLayersBytes,
    DiskWritableBytes,
    DiskVirtualBytes,
    DiskVolumeBytes,
    NetworkReceiveRate,
    NetworkSendRate,
    NetworkReceivePacketRate,
    NetworkSendPacketRate,
    NetworkRoundTrip,
    GuestCpuCores,
    GuestMemoryTotalBytes,
    GuestMemoryUsedBytes,
    GuestMemoryCacheBytes,
    GuestSwapUsedBytes,
    GuestLoadTasks,
    GuestRootUsedBytes,
    GuestRootSizeBytes,
};
constexpr std::size_t kMetricCount = 55;

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
