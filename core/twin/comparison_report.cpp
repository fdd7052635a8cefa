// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_report.h"

#include "core/base/text.h"
#include "core/twin/figure_rows.h"
#include "core/twin/verdict.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr qsizetype kTitleWidth = 22;
constexpr qsizetype kFigureWidth = 13; ///< of a column at least
constexpr qsizetype kRangeWidth = 20;
constexpr int kFactWidth = 26;

QString textOf(const Figure& figure, const FigureUnit& unit)
{
    return figure.value ? formatFigure(*figure.value, unit) : QStringLiteral("-");
}

/// Lines of a title and as many cells each, which stand below each other on the right; wide ones make their column
/// wider.
QString tableText(const std::vector<QStringList>& lines, qsizetype width)
{
    std::vector<qsizetype> widths(static_cast<std::size_t>(lines.front().size()), width);
    widths.front() = kTitleWidth;
    for (const QStringList& line : lines) {
        for (std::size_t column = 1; column < widths.size(); ++column)
            widths[column] = std::max(widths[column], line[static_cast<qsizetype>(column)].size() + 2);
    }
    QString text;
    for (const QStringList& line : lines) {
        text += line.front().leftJustified(widths.front());
        for (std::size_t column = 1; column < widths.size(); ++column)
            text += line[static_cast<qsizetype>(column)].rightJustified(widths[column]);
        text += QLatin1Char('\n');
    }
    return text;
}

/// "-" for fewer than two samples: one has no interval.
QString rangeOf(
    std::span<const double> samples, const FigureUnit& unit, QString (*write)(const Interval&, const FigureUnit&))
{
    return samples.size() < 2 ? QStringLiteral("-") : write(estimateMedian(samples).interval, unit);
}

void appendCsv(QByteArray& csv, const FigureRow& row, const char* side, const std::vector<RunFigures>& runs)
{
    int round = 0;
    for (const auto& run : runs) {
        ++round;
        if (const auto& value = (run.*row.figure).value)
            csv += QByteArray(row.key) + ',' + side + ',' + QByteArray::number(round) + ','
                + QByteArray::number(*value, 'g', 12) + ',' + csvText(row.unit.name()) + '\n';
    }
}

QString manifest(const MachineFacts& machine)
{
    QString text;
    for (const auto& fact : machine.facts)
        text += fact.title.leftJustified(kFactWidth) + (fact.value.isEmpty() ? fact.needs : fact.value)
            + QLatin1Char('\n');
    return text;
}

} // namespace

ComparisonReport::ComparisonReport(Comparison comparison) : m_comparison(std::move(comparison)) { }

QString ComparisonReport::runsLine() const
{
    const auto runs = static_cast<int>(std::max(m_comparison.container.runs.size(), m_comparison.vm.runs.size()));
    const QString counted = runs == 1 ? tr("one run each") : tr("%1 runs each, by turns; medians").arg(runs);
    const int warmUps = m_comparison.warmUpRounds;
    return warmUps == 0 ? counted
        : warmUps == 1  ? tr("%1; after one warm-up round that is not counted").arg(counted)
                        : tr("%1; after %2 warm-up rounds that are not counted").arg(counted).arg(warmUps);
}

QString ComparisonReport::machineLine() const
{
    const auto& machine = m_comparison.machine;
    const QString acceleration = m_comparison.isEmulated() ? tr("VM emulated (TCG)")
        : machine.acceleration == u"kvm"                   ? tr("VM on KVM")
                                                           : tr("VM not started");
    return tr("Linux %1, %2 CPUs, %3 memory, %4")
        .arg(machine.kernel)
        .arg(machine.cpus)
        .arg(QString::fromStdString(formatBytes(machine.memoryBytes)), acceleration);
}

QString ComparisonReport::intervalLines() const
{
    const auto& c = m_comparison;
    const SideNames sides = c.sides();
    std::vector<QStringList> lines{ { tr("95 % intervals"), sides.first, sides.second, tr("difference by round") } };
    for (const auto& row : figureRows(c.workScale)) {
        const auto container = c.container.samples(row.figure);
        const auto vm = c.vm.samples(row.figure);
        const auto rounds = c.rounds(row.figure);
        const auto differences = pairedDifferences(rounds.container, rounds.vm);
        lines.push_back({ titleOf(row), rangeOf(container, row.unit, &formatRange), rangeOf(vm, row.unit, &formatRange),
            rangeOf(differences, row.unit, &formatDifferenceRange) });
    }
    return tableText(lines, kRangeWidth);
}

QString ComparisonReport::caveat() const
{
    const QString common = tr("Both sides ran the same image, command and work and were read with the same ruler on "
                              "the host, helper processes included; memory is the proportional set size at rest after "
                              "the work, so pages shared with other programs are counted in part. Figures of one "
                              "computer and one image say nothing about others, nor about how strongly each side is "
                              "isolated.");
    if (m_comparison.bothAs)
        return common + QLatin1Char(' ')
            + tr("Both sides were of the same kind: a difference that is shown here is chance or the ruler's mistake. "
                 "By "
                 "chance one of 20 figures is.");
    if (m_comparison.isCpuComparable())
        return common;
    return common + QLatin1Char(' ')
        + tr("The VM was emulated because hardware virtualization was not usable: its CPU and work times say nothing "
             "about a VM on KVM and are struck, and its start-up is slower than it would be there.");
}

QString ComparisonReport::toText() const
{
    const auto& c = m_comparison;
    QString text = tr("%1: %2\n%3\nWork: %4\n").arg(c.image, runsLine(), machineLine(), c.work);
    if (!c.caches.isEmpty())
        text += tr("Caches: %1\n").arg(c.caches);
    const SideNames sides = c.sides();
    std::vector<QStringList> lines{ { QString(), sides.first, sides.second, tr("difference"), tr("ratio") } };
    QString reasons;
    for (const auto& row : figureRows(c.workScale)) {
        const Figure container = c.container.median(row.figure);
        const Figure vm = c.vm.median(row.figure);
        const Figure difference = c.overhead(row.figure);
        const bool isStruck = row.isAboutCpu && !c.isCpuComparable();
        lines.push_back({ titleOf(row), textOf(container, row.unit), textOf(vm, row.unit),
            difference.value ? formatDifference(*difference.value, row.unit) : QStringLiteral("-"),
            isStruck ? tr("emulated") : formatRatio(container, vm) });
        if (!difference.value)
            reasons += QStringLiteral("%1: %2\n").arg(titleOf(row), difference.missing);
    }
    text += QLatin1Char('\n') + tableText(lines, kFigureWidth) + QLatin1Char('\n') + intervalLines();
    if (!reasons.isEmpty())
        text += QLatin1Char('\n') + reasons;
    text += QLatin1Char('\n') + verdictText(c) + QLatin1Char('\n');
    return c.machine.facts.empty() ? text : text + QLatin1Char('\n') + manifest(c.machine);
}

QByteArray ComparisonReport::toCsv() const
{
    QByteArray csv("figure,side,round,value,unit\n");
    for (const auto& row : figureRows(m_comparison.workScale)) {
        appendCsv(csv, row, "container", m_comparison.container.runs);
        appendCsv(csv, row, "vm", m_comparison.vm.runs);
    }
    return csv;
}

} // namespace twinhull
