// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_bars.h"

#include "core/twin/figure_rows.h"
#include "core/twin/startup_bar.h"
#include "ui/metrics/chart_palette.h"
#include "ui/widgets/figure_text.h"

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
    BarRow row{ label, chartColor(kind, 0), {}, {} };
    for (const StartupSegment& segment : startupSegments(run))
        row.segments.push_back(
            namedSegment(phaseName(segment.name, run), segment.milliseconds, millisecondsText(segment.milliseconds)));
    row.endText = run.startupMilliseconds.value
        ? tr("%1 to the entrypoint").arg(millisecondsText(*run.startupMilliseconds.value))
        : run.startupMilliseconds.missing;
    return row;
}

std::vector<BarSegment> memorySegments(const ComparedWorkload& workload, double total)
{
    const Figure& guestUsed = workload[Metric::GuestMemoryUsedBytes];
    const double used = guestUsed.value.value_or(0);
    const double cache = workload[Metric::GuestMemoryCacheBytes].value.value_or(0);
    const bool isVm = workload.kind() == WorkloadKind::Vm; // a cgroup's charge is another measure than its PSS
    const bool isKnownInside = isVm && guestUsed.value && used + cache < total;
    if (!isKnownInside) {
        const QString name = isVm ? tr("guest and QEMU, not told apart") : tr("its processes and helpers");
        return { namedSegment(name, total, byteCountText(total)) };
    }
    std::vector<BarSegment> segments{ namedSegment(tr("used (guest view)"), used, byteCountText(used)) };
    if (cache > 0)
        segments.push_back(namedSegment(tr("cache (guest view)"), cache, byteCountText(cache)));
    const double rest = total - used - cache;
    segments.push_back(namedSegment(tr("QEMU and kept pages"), rest, byteCountText(rest)));
    return segments;
}

} // namespace

std::vector<BarRow> startupBars(std::span<const ComparedWorkload> workloads)
{
    std::vector<BarRow> rows;
    for (const ComparedWorkload& workload : workloads) {
        RunFigures run;
        run.startupMilliseconds = workload.startupMilliseconds;
        run.marks = workload.info.startupMarks;
        rows.push_back(startupRow(labelOf(workload.info), workload.info.id.kind, run));
    }
    return rows;
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
        BarRow row{ labelOf(workload.info), chartColor(workload.info.id.kind, 0), {}, {} };
        const Figure& cost = workload[Metric::PssBytes];
        row.endText = cost.value ? byteCountText(*cost.value) : cost.missing;
        if (cost.value)
            row.segments = memorySegments(workload, *cost.value);
        if (row.segments.size() == 1)
            row.endText += QStringLiteral(": ") + row.segments.front().name;
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace twinhull
