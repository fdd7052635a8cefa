// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/start_room.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <QCoreApplication>

#include <cstdlib>

namespace twinhull {

std::optional<std::uint64_t> availableMemoryBytes()
{
    const auto text = readFile("/proc/meminfo", 1U << 16U);
    constexpr std::string_view kName = "MemAvailable:";
    const auto at = text ? text->find(kName) : std::string::npos;
    if (at == std::string::npos)
        return std::nullopt;
    return std::strtoull(text->c_str() + at + kName.size(), nullptr, 10) << 10U; // kB
}

QString startWarning(const std::vector<WorkloadInfo>& workloads, std::optional<std::uint64_t> availableBytes)
{
    std::uint64_t wanted = 0;
    QStringList names;
    for (const WorkloadInfo& info : workloads) {
        const bool isOurs = info.id.kind == WorkloadKind::Vm && info.footprint.reach == HostFootprint::Reach::Here;
        if (!isOurs || !info.capabilities.testFlag(Capability::Start) || !info.limits.memoryBytes)
            continue;
        wanted += *info.limits.memoryBytes;
        names << info.name;
    }
    if (!availableBytes || wanted <= *availableBytes)
        return {};
    const auto size = [](std::uint64_t bytes) { return QString::fromStdString(formatBytes(bytes)); };
    return names.size() == 1
        ? QCoreApplication::translate("StartRoom", "%1 may take %2 of memory, and this computer has %3 available now.")
              .arg(names.front(), size(wanted), size(*availableBytes))
        : QCoreApplication::translate(
            "StartRoom", "%1 VMs may take %2 of memory together, and this computer has %3 available now.")
              .arg(QString::number(names.size()), size(wanted), size(*availableBytes));
}

} // namespace twinhull
