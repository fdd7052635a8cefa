// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_report.h"

#include "core/twin/figure_rows.h"
#include "core/twin/report_charts.h"
#include "core/twin/report_page.h"
#include "core/twin/verdict.h"

#include <QDateTime>

#include <algorithm>

namespace twinhull {

namespace {

QString shownFigure(const Figure& figure, const FigureUnit& unit)
{
    return figure.value ? formatFigure(*figure.value, unit) : QString();
}

/// Empty for fewer than two samples: one has no interval.
QString shownRange(
    std::span<const double> samples, const FigureUnit& unit, QString (*write)(const Interval&, const FigureUnit&))
{
    return samples.size() < 2 ? QString() : write(estimateMedian(samples).interval, unit);
}

QString manifestTable(const Comparison& comparison)
{
    QString rows;
    const auto add = [&rows](const QString& title, const QString& text) {
        rows += QStringLiteral("<tr>") + htmlCell(title.toHtmlEscaped()) + htmlCell(text.toHtmlEscaped(), "text")
            + QStringLiteral("</tr>\n");
    };
    if (!comparison.caches.isEmpty())
        add(QCoreApplication::translate("ComparisonReport", "Caches"), comparison.caches);
    for (const auto& fact : comparison.machine.facts)
        add(fact.title, fact.value.isEmpty() ? fact.needs : fact.value);
    return htmlTable({}, rows, "facts");
}

} // namespace

QString ComparisonReport::heading() const
{
    const SideNames sides = m_comparison.sides();
    return m_comparison.bothAs ? tr("%1 against itself: %2 and %3").arg(m_comparison.image, sides.first, sides.second)
                               : tr("%1 as container and as VM").arg(m_comparison.image);
}

QString ComparisonReport::figureRow(const FigureRow& row) const
{
    const auto& c = m_comparison;
    const Figure container = c.container.median(row.figure);
    const Figure vm = c.vm.median(row.figure);
    const Figure difference = c.overhead(row.figure);
    const bool isStruck = row.isAboutCpu && !c.isCpuComparable();
    const auto rounds = c.rounds(row.figure);
    const auto differences = pairedDifferences(rounds.container, rounds.vm);
    const QString change = difference.value ? formatDifference(*difference.value, row.unit) : QString();
    const QString ratio = formatRatio(container, vm);
    return QStringLiteral("<tr>") + htmlCell(titleOf(row).toHtmlEscaped())
        + htmlCell(htmlFigure(
            shownFigure(container, row.unit), shownRange(c.container.samples(row.figure), row.unit, &formatRange)))
        + htmlCell(htmlFigure(
            shownFigure(vm, row.unit), shownRange(c.vm.samples(row.figure), row.unit, &formatRange), isStruck))
        + htmlCell(
            htmlFigure(change, shownRange(differences, row.unit, &formatDifferenceRange), isStruck), "difference")
        + htmlCell(ratio.isEmpty() ? QString() : htmlFigure(ratio, isStruck ? tr("emulated") : QString(), isStruck))
        + QStringLiteral("</tr>\n");
}

QString ComparisonReport::figureTable() const
{
    QString rows;
    QString reasons;
    for (const auto& row : figureRows(m_comparison.workScale)) {
        rows += figureRow(row);
        const Figure difference = m_comparison.overhead(row.figure);
        if (!difference.value)
            reasons += htmlParagraph(QStringLiteral("%1: %2").arg(titleOf(row), difference.missing), "quiet");
    }
    const SideNames sides = m_comparison.sides();
    const QString head = QStringLiteral("<tr><th></th><th class=\"container\">%1</th><th class=\"vm\">%2</th><th "
                                        "class=\"difference\">%3</th><th>%4</th></tr>")
                             .arg(capitalized(sides.first), capitalized(sides.second), tr("Difference"), tr("Ratio"));
    return htmlCard(tr("Figures"),
        runsLine() + QStringLiteral("; ") + tr("below each its 95 % interval; differences by round"),
        htmlTable(head, rows, "figures") + reasons);
}

QString ComparisonReport::toHtml() const
{
    const auto& c = m_comparison;
    const QString when = QDateTime::fromMSecsSinceEpoch(c.wallMilliseconds, Qt::UTC).toString(Qt::ISODate);
    QString html;
    for (const QString& line : { machineLine() + QStringLiteral(" \u00b7 ") + c.machine.processor,
             tr("Work: %1").arg(c.work), runsLine() + QStringLiteral(" \u00b7 ") + when })
        html += line.toHtmlEscaped() + QStringLiteral("<br>");
    html = QStringLiteral("<p class=\"quiet\">") + html + QStringLiteral("</p>\n");
    html += htmlCard(tr("What this shows"), {}, htmlList(verdictSentences(c)));
    html += htmlCharts(comparisonCharts(c)) + figureTable();
    html += htmlCard(tr("The computer"), tr("at the beginning of the run"), manifestTable(c));
    html += htmlCard(tr("What it does not show"), {}, htmlParagraph(caveat()));
    return htmlPage(heading(), html);
}

} // namespace twinhull
