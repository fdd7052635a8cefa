// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/compare_bars.h"

#include "core/twin/figure_rows.h"
#include "core/twin/startup_bar.h"
#include "ui/metrics/chart_palette.h"
#include "ui/widgets/figure_text.h"
#include "ui/widgets/workload_text.h"
#include "ui/metrics/workload_label.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("CompareBars", text);
}

BarSegment namedSegment(const QString& name, double value, const QString& figure, const QString& meaning)
{
    return { name, name + QStringLiteral(": ") + figure, value, meaning, true };
}

/// Who says when a phase has ended; README.md of core has the table.
QString phaseSource(const QString& mark, WorkloadKind kind)
{
    if (mark == u"unpack")
        return tr("this program, when the layers are in place");
    if (mark == u"called")
        return tr("this program, at its call of libvirt");
    if (mark == u"monitor" || mark == u"created" || (mark == u"network" && kind == WorkloadKind::Container))
        return kind == WorkloadKind::Container ? tr("hull-monitor") : tr("this program, when libvirt says so");
    if (kind == WorkloadKind::Container)
        return tr("hull (--marks-fd)");
    if (mark == u"qemu")
        return tr("the id file of the process that libvirt forked, else its start in /proc/PID/stat");
    return mark == u"resumed" ? tr("QEMU's event RESUME, through libvirt") : tr("guest-init, which tells ages");
}

QString phaseMeaning(const QString& mark, WorkloadKind kind)
{
    if (mark == u"define")
        return tr("How long libvirt took to define the machine, once, when it was made.\nUnit: milliseconds of "
                  "CLOCK_MONOTONIC of this computer.\nSource: this program, around its call of libvirt.");
    return tr("It ends with: %1.\nUnit: milliseconds of CLOCK_MONOTONIC of this computer.\nComputed: from the mark "
              "before to this one.\nSource: %2.")
        .arg(startupMarkText(mark), phaseSource(mark, kind));
}

BarRow startupRow(const QString& label, WorkloadKind kind, const RunFigures& run)
{
    BarRow row{ label, chartColor(kind, 0), {}, {}, 0 };
    for (const StartupSegment& segment : startupSegments(run)) {
        const QString took = millisecondsText(segment.milliseconds);
        const bool isBefore = segment.startMilliseconds < 0;
        row.segments.push_back(namedSegment(phaseName(segment.name, run), segment.milliseconds,
            isBefore ? tr("%1, once, before the request").arg(took) : took, phaseMeaning(segment.name, kind)));
        row.segments.back().isPartOfWhole = !isBefore && run.startupMilliseconds.value;
        row.lead += isBefore ? segment.milliseconds : 0;
    }
    row.endText = run.startupMilliseconds.value
        ? tr("%1 to the entrypoint").arg(millisecondsText(*run.startupMilliseconds.value))
        : run.startupMilliseconds.missing;
    return row;
}

void addSegment(std::vector<BarSegment>& segments, const QString& name, double bytes, const QString& meaning)
{
    if (bytes > 0)
        segments.push_back(namedSegment(name, bytes, byteCountText(bytes), meaning));
}

void addSegment(std::vector<BarSegment>& segments, const QString& name, double bytes, Metric metric)
{
    addSegment(segments, name, bytes, explanationOf(about(metric)));
}

/// What the proportional set size, which is the whole, does not count.
void addOnTop(std::vector<BarSegment>& segments, const QString& name, double bytes, Metric metric)
{
    if (bytes <= 0)
        return;
    addSegment(segments, name, bytes, metric);
    segments.back().isPartOfWhole = false;
}

/// A part that is what others leave.
QString restOf(Metric whole, const QString& parts)
{
    return tr("What is left of \"%1\" without %2.").arg(titleOf(about(whole)), parts) + QStringLiteral("\n\n")
        + explanationOf(about(whole));
}

/// What the guest says of it, where that fits into the machine's memory; its kernel may count what was never touched.
void addMachineSegments(std::vector<BarSegment>& segments, const ComparedWorkload& workload, double memory)
{
    const Figure& used = workload[Metric::GuestMemoryUsedBytes];
    const Figure& cache = workload[Metric::GuestMemoryCacheBytes];
    const double rest = memory - used.value.value_or(memory) - (cache.value ? *cache.value : 0);
    if (rest <= 0) {
        addSegment(segments, tr("the machine's memory"), memory, Metric::RamPssBytes);
        return;
    }
    addSegment(segments, tr("used (guest view)"), *used.value, Metric::GuestMemoryUsedBytes);
    if (cache.value)
        addSegment(segments, tr("cache (guest view)"), *cache.value, Metric::GuestMemoryCacheBytes);
    addSegment(segments, cache.value ? tr("kept for the guest") : tr("cache and kept for the guest, not told apart"),
        rest,
        restOf(Metric::RamPssBytes,
            cache.value ? tr("what the guest says that it uses and caches") : tr("what the guest says that it uses")));
}

std::vector<BarSegment> vmSegments(const ComparedWorkload& workload, double total)
{
    std::vector<BarSegment> segments;
    const Figure& ram = workload[Metric::RamPssBytes];
    const Figure& own = workload[Metric::QemuOwnPssBytes];
    if (!ram.value || !own.value) {
        addSegment(segments, tr("guest and QEMU, not told apart"), total, Metric::PssBytes);
        return segments;
    }
    addMachineSegments(segments, workload, *ram.value);
    addSegment(segments, tr("QEMU's own"), *own.value, Metric::QemuOwnPssBytes);
    if (const Figure& helpers = workload[Metric::HelperPssBytes]; helpers.value)
        addSegment(segments, tr("helpers"), *helpers.value, Metric::HelperPssBytes);
    else
        addSegment(segments, tr("helpers and the rest"), total - *ram.value - *own.value,
            restOf(Metric::PssBytes, tr("the machine's memory and QEMU's own")));
    return segments;
}

/// Cache and kernel memory are told of a cgroup alone; they are no part of the processes' proportional set size.
std::vector<BarSegment> containerSegments(const ComparedWorkload& workload, double total)
{
    std::vector<BarSegment> segments;
    const Figure& anonymous = workload[Metric::AnonymousPssBytes];
    const Figure& helpers = workload[Metric::HelperPssBytes];
    if (!anonymous.value || !helpers.value) {
        addSegment(segments, tr("its processes and helpers"), total, Metric::PssBytes);
        return segments;
    }
    addSegment(segments, tr("anonymous"), *anonymous.value, Metric::AnonymousPssBytes);
    const Figure& cache = workload[Metric::GuestMemoryCacheBytes];
    if (cache.value)
        addOnTop(segments, tr("file cache"), *cache.value, Metric::GuestMemoryCacheBytes);
    else
        addSegment(segments, tr("mapped files"), total - *anonymous.value - *helpers.value,
            restOf(Metric::PssBytes, tr("anonymous memory and helpers")));
    const Figure& kernel = workload[Metric::KernelChargeBytes];
    const Figure& tables = workload[Metric::PageTableBytes];
    if (kernel.value)
        addOnTop(segments, tr("kernel and page tables"), *kernel.value, Metric::KernelChargeBytes);
    else if (tables.value)
        addOnTop(segments, tr("page tables"), *tables.value, Metric::PageTableBytes);
    addSegment(segments, tr("helpers"), *helpers.value, Metric::HelperPssBytes);
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
        run.startupMilliseconds = Figure::absent(info.id.kind == WorkloadKind::Vm && info.imageDigest.isEmpty()
                ? tr("needs a machine made from an image")
                : tr("the entrypoint's start was not told"));
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
