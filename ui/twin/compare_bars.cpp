// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_bars.h"

#include "core/twin/figure_rows.h"
#include "core/twin/startup_bar.h"
#include "ui/metrics/chart_palette.h"
#include "ui/widgets/figure_text.h"
#include "ui/metrics/workload_label.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("CompareBars", text);
}

BarSegment namedSegment(const QString& name, double value, const QString& figure)
{
    return { name, name + QStringLiteral(": ") + figure, value };
}

BarRow startupRow(const QString& label, WorkloadKind kind, const RunFigures& run)
{
    BarRow row{ label, chartColor(kind, 0), {}, {}, 0 };
    for (const StartupSegment& segment : startupSegments(run)) {
        const QString took = millisecondsText(segment.milliseconds);
        const bool isBefore = segment.startMilliseconds < 0;
        row.segments.push_back(namedSegment(phaseName(segment.name, run), segment.milliseconds,
            isBefore ? tr("%1, once, before the request").arg(took) : took));
        row.lead += isBefore ? segment.milliseconds : 0;
    }
    row.endText = run.startupMilliseconds.value
        ? tr("%1 to the entrypoint").arg(millisecondsText(*run.startupMilliseconds.value))
        : run.startupMilliseconds.missing;
    return row;
}

void addSegment(std::vector<BarSegment>& segments, const QString& name, double bytes)
{
    if (bytes > 0)
        segments.push_back(namedSegment(name, bytes, byteCountText(bytes)));
}

/// What the guest says of it, where that fits into the machine's memory; its kernel may count what was never touched.
void addMachineSegments(std::vector<BarSegment>& segments, const ComparedWorkload& workload, double memory)
{
    const Figure& used = workload[Metric::GuestMemoryUsedBytes];
    const Figure& cache = workload[Metric::GuestMemoryCacheBytes];
    const double rest = memory - used.value.value_or(memory) - (cache.value ? *cache.value : 0);
    if (rest <= 0) {
        addSegment(segments, tr("the machine's memory"), memory);
        return;
    }
    addSegment(segments, tr("used (guest view)"), *used.value);
    if (cache.value)
        addSegment(segments, tr("cache (guest view)"), *cache.value);
    addSegment(
        segments, cache.value ? tr("kept for the guest") : tr("cache and kept for the guest, not told apart"), rest);
}

std::vector<BarSegment> vmSegments(const ComparedWorkload& workload, double total)
{
    std::vector<BarSegment> segments;
    const Figure& ram = workload[Metric::RamPssBytes];
    const Figure& own = workload[Metric::QemuOwnPssBytes];
    if (!ram.value || !own.value) {
        addSegment(segments, tr("guest and QEMU, not told apart"), total);
        return segments;
    }
    addMachineSegments(segments, workload, *ram.value);
    addSegment(segments, tr("QEMU's own"), *own.value);
    if (const Figure& helpers = workload[Metric::HelperPssBytes]; helpers.value)
        addSegment(segments, tr("helpers"), *helpers.value);
    else
        addSegment(segments, tr("helpers and the rest"), total - *ram.value - *own.value);
    return segments;
}

/// Cache and kernel memory are told of a cgroup alone; they are no part of the processes' proportional set size.
std::vector<BarSegment> containerSegments(const ComparedWorkload& workload, double total)
{
    std::vector<BarSegment> segments;
    const Figure& anonymous = workload[Metric::AnonymousPssBytes];
    const Figure& helpers = workload[Metric::HelperPssBytes];
    if (!anonymous.value || !helpers.value) {
        addSegment(segments, tr("its processes and helpers"), total);
        return segments;
    }
    addSegment(segments, tr("anonymous"), *anonymous.value);
    const Figure& cache = workload[Metric::GuestMemoryCacheBytes];
    if (cache.value)
        addSegment(segments, tr("file cache"), *cache.value);
    else
        addSegment(segments, tr("mapped files"), total - *anonymous.value - *helpers.value);
    const Figure& kernel = workload[Metric::KernelChargeBytes];
    const Figure& tables = workload[Metric::PageTableBytes];
    if (kernel.value || tables.value)
        addSegment(segments, kernel.value ? tr("kernel and page tables") : tr("page tables"),
            kernel.value ? *kernel.value : *tables.value);
    addSegment(segments, tr("helpers"), *helpers.value);
    return segments;
}

/// Of a container whose parts are told: the kernel's, which is no part of the sum and has no bar then.
QString missingKernelPart(const ComparedWorkload& workload)
{
    const bool isTold = workload[Metric::KernelChargeBytes].value || workload[Metric::PageTableBytes].value;
    const QString needs = shortSentenceFor(workload.needs.at(static_cast<std::size_t>(Metric::PageTableBytes)));
    if (isTold || needs.isEmpty() || workload.kind() == WorkloadKind::Vm)
        return {};
    return tr("; page tables: %1").arg(needs);
}

} // namespace

std::vector<BarRow> startupBars(std::span<const ComparedWorkload> workloads)
{
    std::vector<BarRow> rows;
    for (const ComparedWorkload& workload : workloads) {
        RunFigures run = startupOf(workload.info);
        run.startupMilliseconds = workload.startupMilliseconds;
        rows.push_back(startupRow(labelOf(workload.info), workload.info.id.kind, run));
    }
    return rows;
}

BarRow startupBar(const QString& label, const WorkloadInfo& info)
{
    RunFigures run = startupOf(info);
    if (!run.startupMilliseconds.value)
        run.startupMilliseconds = Figure::absent(tr("the entrypoint's start was not told"));
    return startupRow(label, info.id.kind, run);
}

std::vector<BarRow> startupBars(const Comparison& comparison)
{
    std::vector<BarRow> rows;
    const SideNames sides = comparison.sides();
    if (const RunFigures* run = medianStartup(comparison.container))
        rows.push_back(startupRow(capitalized(sides.first), comparison.bothAs.value_or(WorkloadKind::Container), *run));
    if (const RunFigures* run = medianStartup(comparison.vm))
        rows.push_back(startupRow(capitalized(sides.second), comparison.bothAs.value_or(WorkloadKind::Vm), *run));
    return rows;
}

std::vector<BarRow> memoryBars(std::span<const ComparedWorkload> workloads)
{
    std::vector<BarRow> rows;
    for (const ComparedWorkload& workload : workloads) {
        BarRow row{ labelOf(workload.info), chartColor(workload.info.id.kind, 0), {}, {}, 0 };
        const Figure& cost = workload[Metric::PssBytes];
        row.endText = cost.value ? byteCountText(*cost.value) : cost.missing;
        if (cost.value)
            row.segments = workload.kind() == WorkloadKind::Vm ? vmSegments(workload, *cost.value)
                                                               : containerSegments(workload, *cost.value);
        if (row.segments.size() == 1)
            row.endText += QStringLiteral(": ") + row.segments.front().name;
        else if (cost.value)
            row.endText += missingKernelPart(workload);
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace twinhull
