// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/hull/criu_arguments.h"

#include <sched.h>

namespace twinhull::hull {

namespace {

using namespace runtime;

Error unknownValue(const char* option, const std::string& value, const char* hint)
{
    return Error{ ErrorCode::InvalidArgument, "unknown --" + std::string(option) + " " + value, 0, hint };
}

Result<CgroupMode> cgroupModeOf(const Arguments& arguments)
{
    const std::string mode = arguments.value("manage-cgroups-mode");
    if (mode.empty() || mode == "soft")
        return CgroupMode::Soft;
    if (mode == "full")
        return CgroupMode::Full;
    if (mode == "strict")
        return CgroupMode::Strict;
    if (mode == "ignore")
        return CgroupMode::Ignore;
    return unknownValue("manage-cgroups-mode", mode, "Use soft (the default), full, strict or ignore");
}

Result<std::optional<NetworkLock>> networkLockOf(const Arguments& arguments)
{
    const std::string lock = arguments.value("network-lock");
    if (lock.empty())
        return std::optional<NetworkLock>();
    if (lock == "iptables")
        return std::optional(NetworkLock::Iptables);
    if (lock == "nftables")
        return std::optional(NetworkLock::Nftables);
    return unknownValue("network-lock", lock, "Use iptables or nftables; left out, it is the one that is there");
}

Result<std::uint32_t> emptyNamespacesOf(const Arguments& arguments)
{
    std::uint32_t kinds = 0;
    for (const auto& kind : arguments.values("empty-ns")) {
        if (kind != "network")
            return unknownValue("empty-ns", kind, "criu leaves only the network namespace empty: network");
        kinds |= CLONE_NEWNET;
    }
    return kinds;
}

} // namespace

Result<CriuChoice> criuChoiceOf(const Globals& globals, const Arguments& arguments)
{
    auto cgroups = cgroupModeOf(arguments);
    auto lock = networkLockOf(arguments);
    auto empty = emptyNamespacesOf(arguments);
    if (!cgroups || !lock)
        return !cgroups ? std::move(cgroups).error() : std::move(lock).error();
    if (!empty)
        return std::move(empty).error();
    CriuChoice choice;
    choice.program = globals.criu;
    choice.imagePath = arguments.has("image-path") ? arguments.value("image-path") : "checkpoint";
    choice.workPath = arguments.value("work-path");
    auto& options = choice.options;
    options.cgroups = *cgroups;
    options.networkLock = *lock;
    options.emptyNamespaces = *empty;
    options.allowsTcp = arguments.has("tcp-established");
    options.closesTcp = arguments.has("tcp-close");
    options.allowsUnixSockets = arguments.has("ext-unix-sk");
    options.isShellJob = arguments.has("shell-job");
    options.hasFileLocks = arguments.has("file-locks");
    options.dedupesImages = arguments.has("auto-dedup");
    options.isLazy = arguments.has("lazy-pages");
    return choice;
}

} // namespace twinhull::hull
