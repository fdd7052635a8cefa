// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/workload_cells.h"

#include "core/twin/comparison_leftovers.h"
#include "ui/metrics/readings.h"
#include "ui/metrics/units.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/workload_text.h"
#include "ui/workloads/workload_list_model.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

using Model = WorkloadListModel;

QString tr(const char* text)
{
    return QCoreApplication::translate("WorkloadCells", text);
}

/// Memory is what the host pays for it: PSS, the one figure that two kinds can be compared by.
Quantity quantityOf(int column)
{
    switch (column) {
    case Model::CpuColumn:
        return Metric::CpuCores;
    case Model::MemoryColumn:
        return Metric::PssBytes;
    case Model::NetworkColumn:
        return Quantity::Network;
    default:
        return Quantity::Disk;
    }
}

Reading<double> latest(const MetricRings& rings, const WorkloadId& id, int column)
{
    const MetricPoint* point = rings.latest(id);
    return point ? readingOf(*point, quantityOf(column)) : Reading<double>();
}

const WorkloadInfo* half(const std::vector<WorkloadInfo>& twin, WorkloadKind kind)
{
    for (const WorkloadInfo& info : twin) {
        if (info.id.kind == kind)
            return &info;
    }
    return nullptr;
}

/// Of the four columns that have one.
std::optional<double> figure(const MetricRings& rings, const WorkloadInfo& info, int column)
{
    if (!info.footprint.hasFigures())
        return std::nullopt;
    return latest(rings, info.id, column);
}

QString figureText(double value, int column)
{
    switch (column) {
    case Model::CpuColumn:
        return cpuText(value);
    case Model::MemoryColumn:
        return byteCountText(value);
    default:
        return rateText(value);
    }
}

/// What is special about this reading, then what the column means and where it is from.
QString figureToolTip(const MetricRings& rings, const WorkloadInfo& info, int column)
{
    const MetricPoint* point = rings.latest(info.id);
    QStringList parts;
    if (point && info.footprint.hasFigures() && !figure(rings, info, column))
        parts << sentenceFor(readingOf(*point, quantityOf(column)).needs());
    if (column == Model::CpuColumn && info.engine == u"tcg")
        parts << tr("This VM is emulated: its CPU figures say nothing about real hardware.");
    if (column == Model::NetworkColumn && point && point->isNetworkGuestView)
        parts << tr("In and out, as the guest reports it.");
    parts.removeAll(QString());
    return (parts << columnExplanation(column)).join(QStringLiteral("\n\n"));
}

QString stateToolTip(const WorkloadInfo& info)
{
    QStringList parts{ info.stateReason };
    if (info.health)
        parts << tr("Health check: %1").arg(healthText(*info.health));
    if (info.restartCount > 0)
        parts << tr("Started again by itself: %1").arg(info.restartCount);
    parts.removeAll(QString());
    return parts.join(u'\n');
}

QString upText(const WorkloadInfo& info)
{
    if (info.state == WorkloadState::Failed && !info.stateReason.isEmpty())
        return info.stateReason;
    const QString up = uptimeText(info, QDateTime::currentDateTime());
    return up.isEmpty() ? noFigureText() : up;
}

std::optional<double> difference(std::optional<double> vm, std::optional<double> container)
{
    if (!vm || !container)
        return std::nullopt;
    return *vm - *container;
}

QString costSentence(const MetricRings& rings, const WorkloadInfo& container, const WorkloadInfo& vm)
{
    const auto memory
        = difference(figure(rings, vm, Model::MemoryColumn), figure(rings, container, Model::MemoryColumn));
    if (!memory && container.state == WorkloadState::Running && vm.state == WorkloadState::Running)
        return tr("reading what both cost");
    if (!memory)
        return tr("start both halves to compare them");
    const auto cpu = difference(figure(rings, vm, Model::CpuColumn), figure(rings, container, Model::CpuColumn));
    if (!cpu || vm.engine == u"tcg")
        return tr("the VM costs %1").arg(signedByteCountText(*memory));
    const QString sign = *cpu < 0 ? QString() : QStringLiteral("+");
    return tr("the VM costs %1 and %2 CPU").arg(signedByteCountText(*memory), sign + cpuText(*cpu));
}

} // namespace

QString cellText(const MetricRings& rings, const WorkloadInfo& info, int column)
{
    switch (column) {
    case Model::NameColumn:
        return info.name;
    case Model::KindColumn:
        return kindText(info.id.kind);
    case Model::StateColumn:
        return stateText(info);
    case Model::ImageColumn:
        return info.image;
    case Model::UpColumn:
        return upText(info);
    default:
        break;
    }
    const auto value = figure(rings, info, column);
    return value ? figureText(*value, column) : noFigureText();
}

QString columnExplanation(int column)
{
    switch (column) {
    case Model::CpuColumn:
        return explanationOf(Quantity::Cpu);
    case Model::MemoryColumn:
        return explanationOf(about(Metric::PssBytes));
    case Model::NetworkColumn:
        return explanationOf(Quantity::Network);
    case Model::DiskColumn:
        return explanationOf(Quantity::Disk);
    default:
        return {};
    }
}

QString cellToolTip(const MetricRings& rings, const WorkloadInfo& info, int column)
{
    switch (column) {
    case Model::StateColumn:
        return stateToolTip(info);
    case Model::UpColumn:
        return info.stateReason;
    case Model::CpuColumn:
    case Model::MemoryColumn:
    case Model::NetworkColumn:
    case Model::DiskColumn:
        return figureToolTip(rings, info, column);
    case Model::ImageColumn:
    case Model::NameColumn:
        return cellText(rings, info, column);
    default:
        return {};
    }
}

FigureExplanations cellExplanations(const MetricRings& rings, const WorkloadInfo& info, int column)
{
    struct Cell {
        Model::Column column;
        Quantity quantity;
    };
    constexpr std::array kCells{ Cell{ Model::CpuColumn, Quantity::Cpu }, Cell{ Model::MemoryColumn, Metric::PssBytes },
        Cell{ Model::NetworkColumn, Quantity::Network }, Cell{ Model::DiskColumn, Quantity::Disk } };
    const auto isAsked = [column](const Cell& cell) { return cell.column == column; };
    const bool isOne = std::any_of(kCells.begin(), kCells.end(), isAsked);
    FigureExplanations told;
    for (const Cell& cell : kCells) {
        if (!isOne || isAsked(cell))
            told.push_back({ tr("%1 of %2").arg(titleOf(cell.quantity), info.name), cellText(rings, info, cell.column),
                figureToolTip(rings, info, cell.column) });
    }
    return told;
}

QVariant cellSortValue(const MetricRings& rings, const WorkloadInfo& info, int column)
{
    if (column == Model::UpColumn)
        return info.startedAt.isValid() ? -info.startedAt.toMSecsSinceEpoch() : 1;
    if (column >= Model::CpuColumn)
        return figure(rings, info, column).value_or(-1);
    return cellText(rings, info, column).toCaseFolded();
}

QString overheadNote(const MetricRings& rings, const WorkloadInfo& info, const std::vector<WorkloadInfo>& twin)
{
    const WorkloadInfo* container = half(twin, WorkloadKind::Container);
    if (info.id.kind != WorkloadKind::Vm || info.twinGroup.isEmpty() || !container)
        return {};
    const auto overhead
        = difference(figure(rings, info, Model::MemoryColumn), figure(rings, *container, Model::MemoryColumn));
    return overhead ? signedByteCountText(*overhead) : QString();
}

QString twinSentence(const MetricRings& rings, const QString& twinGroup, const std::vector<WorkloadInfo>& twin)
{
    const bool isComparison = isComparisonGroup(twinGroup); // its halves run by turns
    QStringList parts{ isComparison ? tr("Comparison") : tr("Twin: %1").arg(twinGroup) };
    if (!twin.empty() && !twin.front().image.isEmpty())
        parts << twin.front().image;
    if (isComparison)
        return parts.join(QStringLiteral("  ·  "));
    const WorkloadInfo* container = half(twin, WorkloadKind::Container);
    const WorkloadInfo* vm = half(twin, WorkloadKind::Vm);
    if (container && vm)
        parts << costSentence(rings, *container, *vm);
    else
        parts << (container ? tr("its VM is gone") : tr("its container is gone"));
    return parts.join(QStringLiteral("  ·  "));
}

namespace {

QString countSentence(const QString& name, const std::vector<WorkloadInfo>& all)
{
    const auto count = [&all](auto is) { return std::count_if(all.begin(), all.end(), is); };
    const auto running = count([](const WorkloadInfo& info) { return info.state == WorkloadState::Running; });
    const auto unwell = count([](const WorkloadInfo& info) {
        return info.state == WorkloadState::Running && info.health == Health::Unhealthy;
    });
    const auto failed = count([](const WorkloadInfo& info) { return info.state == WorkloadState::Failed; });
    QStringList parts{ name, tr("%1 of %2 running").arg(running).arg(all.size()) };
    if (unwell > 0)
        parts << tr("%1 unhealthy").arg(unwell);
    if (failed > 0)
        parts << tr("%1 failed").arg(failed);
    return parts.join(QStringLiteral("  ·  "));
}

} // namespace

QString applicationSentence(const QString& project, const std::vector<WorkloadInfo>& containers)
{
    return countSentence(tr("Application: %1").arg(project), containers);
}

QString groupSentence(const QString& group, const std::vector<WorkloadInfo>& members)
{
    return countSentence(tr("Group: %1").arg(group), members);
}

QString serviceSentence(const QString& service, const std::vector<WorkloadInfo>& containers)
{
    return countSentence(service, containers);
}

} // namespace twinhull
