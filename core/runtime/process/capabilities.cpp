// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::array<std::string_view, 41> kNames{ "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
    "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT",
    "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
    "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
    "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE" };

int numberOf(std::string_view name)
{
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name)
            return static_cast<int>(i);
    }
    return -1;
}

CapabilityMask bitOf(std::size_t number)
{
    return CapabilityMask{ 1 } << number;
}

void warnOnce(std::vector<std::string>& warnings, std::string text)
{
    for (const auto& other : warnings) {
        if (other == text)
            return;
    }
    warnings.push_back(std::move(text));
}

CapabilityMask resolve(const std::vector<std::string>& names, CapabilityMask held, std::vector<std::string>& warnings)
{
    CapabilityMask mask = 0;
    for (const auto& name : names) {
        const int number = numberOf(name);
        if (number < 0)
            warnOnce(warnings, "capability " + name + " is unknown here and left out");
        else if ((held & bitOf(static_cast<std::size_t>(number))) == 0)
            warnOnce(warnings, "capability " + name + " is not held by hull itself and left out");
        else
            mask |= bitOf(static_cast<std::size_t>(number));
    }
    return mask;
}

/// What can be given on: permitted, and not cut off by the bounding set or the kernel's age.
CapabilityMask heldMask(std::optional<CapabilityMask> bounding)
{
    __user_cap_header_struct header{ _LINUX_CAPABILITY_VERSION_3, 0 };
    __user_cap_data_struct parts[2]{};
    if (::syscall(SYS_capget, &header, parts) != 0)
        return 0;
    CapabilityMask held = CapabilityMask{ parts[0].permitted } | (CapabilityMask{ parts[1].permitted } << 32U);
    if (bounding)
        return held & *bounding;
    for (std::size_t number = 0; number < kNames.size(); ++number) {
        if (::prctl(PR_CAPBSET_READ, number, 0, 0, 0) != 1)
            held &= ~bitOf(number);
    }
    return held;
}

std::uint32_t lowHalf(CapabilityMask mask)
{
    return static_cast<std::uint32_t>(mask);
}

std::uint32_t highHalf(CapabilityMask mask)
{
    return static_cast<std::uint32_t>(mask >> 32U);
}

} // namespace

std::vector<std::string> capabilityNames()
{
    return { kNames.begin(), kNames.end() };
}

CapabilityMasks resolveCapabilities(
    const oci::CapabilitySets& sets, std::vector<std::string>& warnings, std::optional<CapabilityMask> current)
{
    const CapabilityMask held = heldMask(current);
    CapabilityMasks masks;
    masks.bounding = resolve(sets.bounding, held, warnings);
    masks.permitted = resolve(sets.permitted, held, warnings);
    masks.effective = resolve(sets.effective, held, warnings) & masks.permitted;
    masks.inheritable = resolve(sets.inheritable, held, warnings);
    masks.ambient = resolve(sets.ambient, held, warnings);
    const CapabilityMask possible = masks.permitted & masks.inheritable; // capabilities(7): what ambient may hold
    if ((masks.ambient & ~possible) != 0)
        warnOnce(warnings, "ambient capabilities that are not both permitted and inheritable are left out");
    masks.ambient &= possible;
    return masks;
}

Result<> limitBoundingSet(CapabilityMask bounding, CapabilityMask current)
{
    for (std::size_t number = 0; number < 64; ++number) {
        const bool keeps = number < kNames.size() && (bounding & bitOf(number)) != 0;
        if (keeps || (current & bitOf(number)) == 0 || ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0)
            continue;
        if (errno == EINVAL)
            return {}; // past the last one the kernel knows
        return Error::fromErrno(errno, "drop a capability from the bounding set");
    }
    return {};
}

Result<> applyCapabilities(const CapabilityMasks& masks)
{
    __user_cap_header_struct header{ _LINUX_CAPABILITY_VERSION_3, 0 };
    __user_cap_data_struct parts[2]{
        { lowHalf(masks.effective), lowHalf(masks.permitted), lowHalf(masks.inheritable) },
        { highHalf(masks.effective), highHalf(masks.permitted), highHalf(masks.inheritable) },
    };
    if (::syscall(SYS_capset, &header, parts) != 0)
        return Error::fromErrno(errno, "set capabilities");
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return Error::fromErrno(errno, "clear ambient capabilities");
    for (std::size_t number = 0; number < kNames.size(); ++number) {
        if ((masks.ambient & bitOf(number)) != 0 && ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0)
            return Error::fromErrno(errno, "raise ambient capability " + std::string(kNames[number]));
    }
    return {};
}

} // namespace twinhull::runtime
