// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compared_workload.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ComparedWorkload", text);
}

Figure startupOf(const WorkloadInfo& info)
{
    if (const auto nanoseconds = startupNanoseconds(info))
        return Figure::of(static_cast<double>(*nanoseconds) / 1e6);
    return Figure::absent(info.id.kind == WorkloadKind::Vm ? tr("The guest has not told that its entrypoint runs.")
                                                           : tr("It was not started since start-up times are kept."));
}

Figure figureOr(std::optional<double> value, const QString& reason)
{
    return value ? Figure::of(*value) : Figure::absent(reason);
}

QString reasonFor(const MetricPoint* point)
{
    if (point == nullptr)
        return tr("It does not run.");
    return point->missing.isEmpty() ? tr("Not read yet.") : point->missing;
}

} // namespace

ComparedWorkload readCompared(const WorkloadInfo& info, const MetricRings& rings, const TimeWindow& window)
{
    ComparedWorkload compared;
    compared.info = info;
    compared.startupMilliseconds = startupOf(info);
    compared.diskBytes = Figure::absent(tr("Being read."));
    const MetricPoint* point = currentPoint(rings, info.id);
    const QString reason = reasonFor(point);
    compared.memoryBytes = compared.pssBytes = compared.meanCpuCores = Figure::absent(reason);
    if (point == nullptr)
        return compared;
    compared.memoryBytes = figureOr((*point)[Metric::MemoryBytes], reason);
    compared.pssBytes = figureOr((*point)[Metric::PssBytes], reason);
    compared.cpu = readingsOf(rings, info.id, Quantity::Cpu, window);
    compared.meanCpuCores = figureOr(meanOf(compared.cpu), reason);
    compared.pss = readingsOf(rings, info.id, Metric::PssBytes, window);
    compared.guest = point->guest;
    return compared;
}

QString labelOf(const WorkloadInfo& info)
{
    const QString kind = info.id.kind == WorkloadKind::Container ? tr("container") : tr("VM");
    return QStringLiteral("%1 \u00b7 %2").arg(info.name, kind);
}

} // namespace twinhull
