// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/libvirt_handles.h"

#include <cstdint>
#include <optional>

namespace twinhull {

/// What libvirt alone can tell of a running domain: counters since its start and the balloon's word.
struct DomainStatistics {
    std::optional<std::uint64_t> diskReadBytes; ///< by the guest, of all disks
    std::optional<std::uint64_t> diskWrittenBytes;
    std::optional<std::uint64_t> diskRequests; ///< reads, writes and flushes that were answered
    std::optional<std::uint64_t> diskRequestNanoseconds; ///< how long those took, summed
    std::optional<std::uint64_t> kvmExits; ///< of all virtual processors; libvirt 8.9, QEMU 7.1, under KVM
    std::optional<std::uint64_t> networkReceivedBytes; ///< by the guest, of all interfaces
    std::optional<std::uint64_t> networkSentBytes;
    std::optional<std::uint64_t> guestMemoryUsedBytes; ///< needs a balloon driver in the guest
    std::optional<std::uint64_t> guestMemoryCacheBytes;
};

enum class ExitCounts { Left, Asked };

/// One call of libvirt (virDomainListGetStats); asking for exits makes it dearer, and an emulated VM has none. Blocks
/// as long as libvirtd does: half a minute behind a QEMU whose monitor does not answer, forever behind a libvirtd that
/// is stopped.
Result<DomainStatistics> readStatistics(virDomainPtr domain, ExitCounts exits);

} // namespace twinhull
