// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/figure_table.h"

#include "core/metrics/metric_catalogue.h"
#include "core/twin/figure_rows.h"
#include "ui/metrics/units.h"
#include "ui/widgets/figure_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("FigureTable", text);
}

FigureCell absentCell(const QString& reason)
{
    return { {}, reason, FigureCell::Validity::Valid };
}

void strike(FigureCell& cell)
{
    cell.validity = FigureCell::Validity::Emulated;
    cell.reason = tr("The VM is emulated on this computer: its CPU figures say nothing about hardware.");
}

FigureCell liveCell(const Figure& figure, QString (*format)(double))
{
    return figure.value ? FigureCell{ format(*figure.value), {}, FigureCell::Validity::Valid }
                        : absentCell(figure.missing);
}

FigureCell liveCell(const ComparedWorkload& workload, Metric metric)
{
    const Figure& figure = workload[metric];
    if (!figure.value) {
        FigureCell cell = absentCell(figure.missing);
        const Needs needs = workload.needs.at(static_cast<std::size_t>(metric));
        if (!isForeign(needs)) { // else nothing is missing
            cell.brief = shortSentenceFor(needs);
            cell.narrow = narrowSentenceFor(needs);
        }
        return cell;
    }
    FigureCell cell{ metricText(about(metric).unit, *figure.value), {}, FigureCell::Validity::Valid };
    if (isGuestsWord(workload, metric))
        cell.reason = tr("As the guest reports it.");
    if (about(metric).unit == MetricUnit::Cores && workload.isEmulated())
        strike(cell);
    return cell;
}

/// Containers alone have no virtual processors and disks, VMs no monitor: a row of them would say nothing.
bool isOfNone(std::span<const ComparedWorkload> workloads, Metric metric)
{
    return std::all_of(workloads.begin(), workloads.end(), [metric](const ComparedWorkload& workload) {
        const Figure& figure = workload[metric];
        return !figure.value && std::any_of(kForeignNeeds.begin(), kForeignNeeds.end(), [&](Needs needs) {
            return figure.missing == sentenceFor(needs);
        });
    });
}

/// What stands for its group where the others are folded.
bool isHeadOfGroup(Metric metric)
{
    switch (metric) {
    case Metric::CpuCores:
    case Metric::CpuPressure:
    case Metric::PssBytes:
    case Metric::NetworkReceiveRate:
    case Metric::GuestCpuCores:
        return true; // of disks it is what is allocated
    default:
        return false;
    }
}

/// What it is; of a rate the mean is shown.
FigureTable::Row metricRow(const MetricRow& metric)
{
    FigureTable::Row row{ titleOf(metric.about), explanationOf(metric.about), {}, {} };
    row.group = groupOf(metric.metric);
    row.isHead = isHeadOfGroup(metric.metric);
    if (metric.about.kind == MetricKind::Rate) {
        row.title = tr("%1, mean").arg(row.title);
        row.explanation.prepend(tr("The mean over the time of the plots.") + u'\n');
    }
    return row;
}

QString ratioOf(std::span<const FigureCell> cells, const Figure& first, const Figure& second)
{
    const auto isStruck = [](const FigureCell& cell) { return cell.validity == FigureCell::Validity::Emulated; };
    if (std::any_of(cells.begin(), cells.end(), isStruck))
        return tr("emulated");
    return formatRatio(first, second);
}

FigureCell medianCell(const HullFigures& half, const FigureRow& row)
{
    const Figure median = half.median(row.figure);
    if (!median.value)
        return absentCell(median.missing);
    return { formatFigure(*median.value, row.unit), {}, FigureCell::Validity::Valid };
}

FigureCell rangeCell(const HullFigures& half, const FigureRow& row)
{
    const auto samples = half.samples(row.figure);
    if (samples.size() < 2)
        return absentCell(tr("One run has no interval."));
    return { formatRange(estimateMedian(samples).interval, row.unit), {}, FigureCell::Validity::Interval };
}

QString intervalTitle()
{
    return QStringLiteral("\u2003") + tr("95 % interval");
}

QString intervalMeaning()
{
    return tr("Where the median lies with 95 % confidence: bootstrap of the runs, %1 resamples, seed %2.")
        .arg(kBootstrapResamples)
        .arg(kBootstrapSeed);
}

FigureTable::Row rangeRow(const Comparison& comparison, const FigureRow& row)
{
    return { intervalTitle(), intervalMeaning(),
        { rangeCell(comparison.container, row), rangeCell(comparison.vm, row) }, {} };
}

bool areBothKinds(std::span<const ComparedWorkload> workloads)
{
    return workloads.size() == 2 && workloads[0].info.id.kind != workloads[1].info.id.kind;
}

} // namespace

bool FigureTable::Row::isOfNone() const
{
    const auto isAbsent = [](const FigureCell& cell) { return cell.text.isEmpty(); };
    const auto isExplained = [](const FigureCell& cell) { return !cell.brief.isEmpty(); };
    return std::all_of(cells.begin(), cells.end(), isAbsent) && std::any_of(cells.begin(), cells.end(), isExplained);
}

QStringList columnTitles(std::span<const ComparedWorkload> workloads)
{
    QStringList titles;
    for (const ComparedWorkload& workload : workloads) {
        const bool isContainer = workload.info.id.kind == WorkloadKind::Container;
        titles << (!areBothKinds(workloads) ? workload.info.name : isContainer ? tr("Container") : tr("VM"));
    }
    return titles;
}

FigureTable liveFigures(std::span<const ComparedWorkload> workloads)
{
    FigureTable table{ tr("Now"), columnTitles(workloads), {}, workloads.size() == 2 };
    const auto add = [&](FigureTable::Row row, const auto& figureOf, const auto& cellOf) {
        for (const ComparedWorkload& workload : workloads)
            row.cells.push_back(cellOf(workload));
        if (table.hasRatio)
            row.ratio = ratioOf(row.cells, figureOf(workloads[0]), figureOf(workloads[1]));
        table.rows.push_back(std::move(row));
    };
    const auto addOwn
        = [&](const char* title, const char* explanation, Figure ComparedWorkload::*figure, QString (*format)(double)) {
              add(
                  { tr(title), tr(explanation), {}, {} }, [figure](const auto& workload) { return workload.*figure; },
                  [&](const auto& workload) { return liveCell(workload.*figure, format); });
          };
    addOwn(QT_TRANSLATE_NOOP("FigureTable", "Start to entrypoint"),
        QT_TRANSLATE_NOOP("FigureTable", "From the request to the entrypoint's first instruction, latest start."),
        &ComparedWorkload::startupMilliseconds, &millisecondsText);
    for (const MetricRow& row : metricCatalogue()) {
        const Metric metric = row.metric;
        if (isOfNone(workloads, metric))
            continue;
        add(
            metricRow(row), [metric](const auto& workload) { return workload[metric]; },
            [metric](const auto& workload) { return liveCell(workload, metric); });
        if (table.hasRatio && isGuestsWord(workloads[0], metric) != isGuestsWord(workloads[1], metric))
            table.rows.back().ratio.clear(); // the host's word is not to be divided by the guest's
    }
    addOwn(QT_TRANSLATE_NOOP("FigureTable", "Disk, allocated"),
        QT_TRANSLATE_NOOP("FigureTable", "Allocated on disk, with the parts of the image that others share."),
        &ComparedWorkload::diskBytes, &byteCountText);
    table.rows.back().group = MetricGroup::Disk;
    table.rows.back().isHead = true;
    return table;
}

FigureTable comparisonFigures(const Comparison& comparison)
{
    const auto runs = static_cast<int>(comparison.container.runs.size());
    const QString caption = runs == 1 ? tr("Same work, 1 run") : tr("Same work, %1 runs").arg(runs);
    const SideNames sides = comparison.sides();
    FigureTable table{ caption, { capitalized(sides.first), capitalized(sides.second) }, {}, true };
    for (const FigureRow& figure : figureRows(comparison.workScale)) {
        FigureTable::Row row{ titleOf(figure), tr("Median over the runs."),
            { medianCell(comparison.container, figure), medianCell(comparison.vm, figure) }, {} };
        if (figure.isAboutCpu && !comparison.isCpuComparable())
            strike(row.cells[1]);
        row.ratio = ratioOf(row.cells, comparison.container.median(figure.figure), comparison.vm.median(figure.figure));
        table.rows.push_back(std::move(row));
        if (runs > 1)
            table.rows.push_back(rangeRow(comparison, figure));
    }
    return table;
}

FigureTable pairFigures(const ReportPair& pair, ReportPair::Half half)
{
    FigureTable table{ pair.titleOf(half), { tr("Before"), tr("After"), tr("Difference"), tr("Finding") }, {}, false };
    for (const PairRow& row : pair.rows(half)) {
        const auto cells = [&row](QString PairRow::Cell::*text, FigureCell::Validity validity) {
            std::vector<FigureCell> made;
            for (const PairRow::Cell* cell : { &row.first, &row.second, &row.difference }) {
                const QString& shown = cell->*text;
                made.push_back(shown.isEmpty() ? absentCell(row.finding) : FigureCell{ shown, {}, validity });
                if (row.isStruck && validity == FigureCell::Validity::Valid && !shown.isEmpty())
                    strike(made.back());
            }
            return made;
        };
        FigureTable::Row medians{ row.title, tr("Medians over the runs of each report."),
            cells(&PairRow::Cell::figure, FigureCell::Validity::Valid), {} };
        medians.cells.push_back({ row.finding, row.finding, FigureCell::Validity::Valid });
        table.rows.push_back(std::move(medians));
        FigureTable::Row intervals{ intervalTitle(), intervalMeaning(),
            cells(&PairRow::Cell::interval, FigureCell::Validity::Interval), {} };
        if (intervals.cells[0].text.isEmpty() && intervals.cells[1].text.isEmpty())
            continue;
        intervals.cells.push_back({ QStringLiteral(" "), {}, FigureCell::Validity::Interval });
        table.rows.push_back(std::move(intervals));
    }
    return table;
}

} // namespace twinhull
