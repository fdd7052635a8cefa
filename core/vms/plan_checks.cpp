// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_creation.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::uint64_t kSmallestVmBytes = std::uint64_t{ 64 } << 20U;
constexpr int kMostCpus = 255;
constexpr qsizetype kLongestName = 64;

Error invalid(std::string message, std::string_view hint = {})
{
    return Error{ ErrorCode::InvalidArgument, std::move(message), 0, std::string(hint) };
}

/// Names become file names of libvirt's own.
Result<> checkName(const QString& name)
{
    const bool isClean = std::all_of(name.begin(), name.end(), [](QChar c) { return c.isPrint() && c != u'/'; });
    if (name.trimmed().isEmpty() || name.size() > kLongestName || !isClean || name.startsWith(u'.'))
        return invalid("\"" + name.toStdString() + "\" is no name for a VM",
            "Use up to 64 letters, digits, spaces and dashes; no slash and no dot at the start");
    return {};
}

Result<> checkLimits(const WorkloadPlan& plan, std::uint64_t hostMemoryBytes)
{
    const std::uint64_t memory = memoryBytesFor(plan);
    if (memory > hostMemoryBytes)
        return invalid("it asks for " + std::to_string(memory >> 20U) + " MiB of memory and this host has "
                + std::to_string(hostMemoryBytes >> 20U) + " MiB",
            "Choose less memory");
    if (memory < kSmallestVmBytes)
        return invalid("a VM needs at least 64 MiB of memory", "Choose more memory");
    if (plan.limits.cpus && (!(*plan.limits.cpus > 0) || *plan.limits.cpus > kMostCpus))
        return invalid("a VM has 1 to 255 CPUs", "Choose another number");
    return {};
}

Result<> checkMedium(const QString& path, const char* what)
{
    if (::access(path.toUtf8().constData(), R_OK) == 0)
        return {};
    return Error::fromErrno(errno, std::string(what) + " " + path.toStdString()).withHint("Choose another file");
}

Result<> checkSource(const WorkloadPlan& plan)
{
    if (const auto* iso = std::get_if<IsoSource>(&plan.source)) {
        if (iso->diskBytes < (1U << 20U))
            return invalid("the new disk needs a size", "Choose at least 1 MiB");
        return checkMedium(iso->path, "installation medium");
    }
    if (const auto* disk = std::get_if<DiskSource>(&plan.source))
        return checkMedium(disk->path, "disk");
    return {};
}

} // namespace

std::uint64_t memoryBytesFor(const WorkloadPlan& plan)
{
    const bool isImage = std::holds_alternative<ImageSource>(plan.source);
    return plan.limits.memoryBytes.value_or(isImage ? kDefaultImageVmBytes : kDefaultPlainVmBytes);
}

Result<> checkPlan(const WorkloadPlan& plan, std::uint64_t hostMemoryBytes)
{
    if (auto checked = checkName(plan.name); !checked)
        return checked;
    if (auto checked = checkLimits(plan, hostMemoryBytes); !checked)
        return checked;
    if (!plan.mounts.empty())
        return Error{ ErrorCode::Unsupported,
            "a VM cannot have folders of the host: its kernel shares none with it (no 9p)", 0,
            "Leave the folders and volumes out, or make a container" };
    if (plan.hasTerminal)
        return Error{ ErrorCode::Unsupported, "a VM has a serial console, not a terminal", 0,
            "Leave the terminal out, or make a container" };
    if (!plan.ports.empty() && !plan.hasNetwork)
        return invalid("ports cannot be published without a network", "Switch the network on or leave the ports out");
    return checkSource(plan);
}

} // namespace twinhull
