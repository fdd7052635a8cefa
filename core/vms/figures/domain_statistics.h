// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"
#include "core/vms/link/libvirt_handles.h"

#include <cstdint>
#include <optional>

namespace twinhull {

/// What libvirt alone can tell of a running domain: counters since its start, the balloon's word and that of
/// qemu-guest-agent. Each question (readStatistics, askQemuAgent) fills its own part.
struct DomainStatistics {
    std::optional<std::uint64_t> diskReadBytes; ///< by the guest, of all disks
    std::optional<std::uint64_t> diskWrittenBytes;
    std::optional<std::uint64_t> diskReads; ///< requests, as the next two
    std::optional<std::uint64_t> diskWrites;
    std::optional<std::uint64_t> diskRequests; ///< reads, writes and flushes that were answered
    std::optional<std::uint64_t> diskRequestNanoseconds; ///< how long those took, summed
    std::optional<std::uint64_t> kvmExits; ///< of all virtual processors; libvirt 8.9, QEMU 7.1, under KVM
    std::optional<std::uint64_t> networkReceivedBytes; ///< by the guest, of all interfaces
    std::optional<std::uint64_t> networkSentBytes;
    std::optional<std::uint64_t> networkReceivedPackets;
    std::optional<std::uint64_t> networkSentPackets;
    Reading<std::uint64_t> guestMemoryTotalBytes; ///< what its balloon leaves it
    Reading<std::uint64_t> guestMemoryUsedBytes; ///< what the guest could not hand out, by its balloon driver
    Reading<std::uint64_t> guestMemoryCacheBytes;
    Reading<std::uint64_t> guestRootUsedBytes; ///< by qemu-guest-agent, as the rest
    Reading<std::uint64_t> guestRootSizeBytes; ///< without what its file system keeps for root
    Reading<std::uint64_t> guestLoadThousandths; ///< of a task
    bool isToStay = false; ///< there is nobody to tell: the next answer will hardly be another
};

/// What makes the call dearer, because libvirt asks QEMU for each.
struct StatisticsExtras {
    bool hasExits = true; ///< an emulated VM has none
    bool hasBalloon = true;
};

/// One call of libvirt (virDomainListGetStats). Blocks as long as libvirtd does: half a minute behind a QEMU whose
/// monitor does not answer, forever behind a libvirtd that is stopped.
Result<DomainStatistics> readStatistics(virDomainPtr domain, const StatisticsExtras& extras);

} // namespace twinhull
