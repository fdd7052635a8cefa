// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/start_cost.h"

#include "ui/widgets/figure_text.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("StartCost", text);
}

const WorkloadInfo* runningOf(WorkloadKind kind, const QString& digest, const std::vector<WorkloadInfo>& workloads)
{
    for (const WorkloadInfo& info : workloads) {
        if (info.id.kind == kind && info.imageDigest == digest && !info.footprint.isEmpty())
            return &info;
    }
    return nullptr;
}

std::optional<double> memoryOf(const WorkloadInfo* info, const MetricRings& rings)
{
    const MetricPoint* point = info ? rings.latest(info->id) : nullptr;
    return point ? std::optional<double>((*point)[Metric::PssBytes]) : std::nullopt;
}

QString sentence(const WorkloadInfo& info, double memoryBytes)
{
    if (const auto startup = startupNanoseconds(info))
        return tr("here: %1, %2 for this image")
            .arg(millisecondsText(static_cast<double>(*startup) / 1e6), byteCountText(memoryBytes));
    return tr("here: %1 for this image").arg(byteCountText(memoryBytes));
}

} // namespace

StartCost startCostOf(const QString& imageDigest, const std::vector<WorkloadInfo>& workloads, const MetricRings& rings)
{
    StartCost cost;
    double together = 0;
    int measured = 0;
    for (const auto kind : { WorkloadKind::Container, WorkloadKind::Vm }) {
        const WorkloadInfo* info = runningOf(kind, imageDigest, workloads);
        const auto memory = memoryOf(info, rings);
        if (!memory)
            continue;
        (kind == WorkloadKind::Container ? cost.container : cost.vm) = sentence(*info, *memory);
        together += *memory;
        ++measured;
    }
    if (measured == 2)
        cost.both = tr("here: about %1 together").arg(byteCountText(together));
    return cost;
}

} // namespace twinhull
