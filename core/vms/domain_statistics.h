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
    std::optional<std::uint64_t> networkReceivedBytes; ///< by the guest, of all interfaces
    std::optional<std::uint64_t> networkSentBytes;
    std::optional<std::uint64_t> guestMemoryUsedBytes; ///< needs a balloon driver in the guest
    std::optional<std::uint64_t> guestMemoryCacheBytes;
};

/// One call of libvirt (virDomainListGetStats). Blocks as long as libvirtd does: half a minute behind a QEMU whose
/// monitor does not answer, forever behind a libvirtd that is stopped.
Result<DomainStatistics> readStatistics(virDomainPtr domain);

} // namespace twinhull
