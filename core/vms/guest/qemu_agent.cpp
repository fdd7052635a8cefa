// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/qemu_agent.h"

#include "core/metrics/sample.h"
#include "core/vms/guest/guest_info.h"
#include "core/vms/link/libvirt_handles.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace twinhull {

namespace {

constexpr unsigned kMostFileSystems = 1024; ///< more than any sane guest has

#if LIBVIR_CHECK_VERSION(11, 2, 0)
constexpr unsigned kLoad = VIR_DOMAIN_GUEST_INFO_LOAD;
#else
constexpr unsigned kLoad = 0; // unknown to this libvirt
#endif

/// Why the file systems were not told; nothing when libvirt itself failed.
std::optional<Needs> reasonFor(int libvirtCode)
{
    switch (libvirtCode) {
    case VIR_ERR_ARGUMENT_UNSUPPORTED: // "not configured"
        return Needs::QemuAgentChannel;
    case VIR_ERR_AGENT_UNRESPONSIVE: // also "not connected"
    case VIR_ERR_AGENT_UNSYNCED:
    case VIR_ERR_OPERATION_INVALID: // it is paused
        return Needs::QemuAgent;
    case VIR_ERR_NO_SUPPORT: // another hypervisor
        return Needs::GuestAgent;
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_CONNECT:
    case VIR_ERR_INVALID_CONN:
    case VIR_ERR_SYSTEM_ERROR:
    case VIR_ERR_RPC:
    case VIR_ERR_OPERATION_TIMEOUT:
        return std::nullopt;
    default: // the agent's own refusal
        return Needs::QemuAgentFileSystems;
    }
}

bool isRoot(std::string_view mountPoint)
{
    return mountPoint == "/" || mountPoint == "C:\\";
}

void takeRoot(const GuestInfo& info, DomainStatistics& statistics)
{
    statistics.guestRootUsedBytes = statistics.guestRootSizeBytes = Needs::QemuAgentFileSystems;
    const unsigned count = std::min(info.count("fs.count"), kMostFileSystems);
    for (unsigned i = 0; i < count; ++i) {
        const std::string name = "fs." + std::to_string(i) + ".";
        if (!isRoot(info.text(name + "mountpoint")))
            continue;
        const auto used = info.number(name + "used-bytes");
        const auto size = info.number(name + "total-bytes");
        if (used && size && *used <= *size) {
            statistics.guestRootUsedBytes = *used;
            statistics.guestRootSizeBytes = *size;
        }
        return;
    }
}

/// Asked apart, because an agent before 10.0 refuses all of a question that has this in it.
Reading<std::uint64_t> loadOf(virDomainPtr domain)
{
    if (kLoad == 0)
        return Needs::QemuAgentLoad;
    const GuestInfo info(domain, kLoad);
    const auto tasks = info.isTold() ? info.fraction("load.1m") : std::nullopt;
    if (!tasks || !(*tasks >= 0 && *tasks <= static_cast<double>(kMostTasks)))
        return Needs::QemuAgentLoad;
    return static_cast<std::uint64_t>(std::llround(*tasks * 1000));
}

} // namespace

Result<DomainStatistics> askQemuAgent(virDomainPtr domain)
{
    DomainStatistics statistics;
    const GuestInfo info(domain, VIR_DOMAIN_GUEST_INFO_FILESYSTEM);
    if (info.isTold()) {
        takeRoot(info, statistics);
        statistics.guestLoadThousandths = loadOf(domain);
        return statistics;
    }
    const auto reason = reasonFor(virGetLastErrorCode());
    if (!reason)
        return libvirtError("ask qemu-guest-agent");
    statistics.isToStay = *reason == Needs::QemuAgentChannel || *reason == Needs::GuestAgent;
    statistics.guestRootUsedBytes = statistics.guestRootSizeBytes = *reason;
    statistics.guestLoadThousandths = *reason == Needs::QemuAgentFileSystems ? loadOf(domain) : *reason;
    return statistics;
}

} // namespace twinhull
