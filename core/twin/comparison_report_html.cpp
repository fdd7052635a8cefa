// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_report.h"

#include "core/twin/figure_rows.h"
#include "core/twin/report_charts.h"
#include "core/twin/verdict.h"

#include <QDateTime>

#include <algorithm>

namespace twinhull {

namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --text: #1d2430; --quiet: #667080; --back: #f4f5f7; --card: #fff; --line: #dde1e7;
  --vm: #2b6cb0; --container: #dd7a00; --difference: #7a5195; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --quiet: #9aa4b2; --back: #14171c; --card: #1c2027;
  --line: #323944; --vm: #6aa7ea; --container: #f2a33c; --difference: #b692d6; } }
body { margin: 0; padding: 24px; background: var(--back); color: var(--text);
  font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 760px; margin: 0 auto; }
h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 14px; margin: 0 0 8px; }
p { margin: 0 0 8px; } .quiet { color: var(--quiet); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px;
  margin: 12px 0; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 6px 8px; border-bottom: 1px solid var(--line); text-align: right; font-weight: normal; }
td.text { text-align: left; overflow-wrap: anywhere; }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--quiet); }
.vm { color: var(--vm); } .container { color: var(--container); } .difference { color: var(--difference); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); font-size: 12px; }
svg .inside { fill: #fff; font-size: 10px; } .whisker { stroke: var(--text); stroke-width: 1.5; } rect.vm { fill: var(--vm); } rect.container { fill: var(--container); }
)";

QString cell(const QString& text, const char* kind = "")
{
    return QStringLiteral("<td class=\"%1\">%2</td>").arg(QLatin1String(kind), text);
}

QString textOf(const Figure& figure, const FigureUnit& unit)
{
    return figure.value ? formatFigure(*figure.value, unit).toHtmlEscaped() : QStringLiteral("–");
}

/// The figure, and below it the 95 % interval of its median where there are samples enough for one.
QString withRange(const QString& figure, std::span<const double> samples, const FigureUnit& unit,
    QString (*write)(const Interval&, const FigureUnit&))
{
    if (samples.size() < 2)
        return figure;
    return figure
        + QStringLiteral("<br><span class=\"quiet\">%1</span>")
              .arg(write(estimateMedian(samples).interval, unit).toHtmlEscaped());
}

QString struck(const QString& text)
{
    return QStringLiteral("<s>%1</s>").arg(text);
}

QString card(const QString& title, const QString& note, const QString& body)
{
    return QStringLiteral("<section><h2>%1 <span class=\"quiet\">%2</span></h2>%3</section>\n").arg(title, note, body);
}

QString chartCards(const Comparison& comparison)
{
    QString cards;
    for (const Chart& chart : comparisonCharts(comparison))
        cards += card(chart.title.toHtmlEscaped(), chart.note.toHtmlEscaped(),
            QStringLiteral("<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">%4</svg>")
                .arg(kChartWidth)
                .arg(chartHeight(chart))
                .arg(QCoreApplication::translate("ComparisonReport", "%1 of both sides as bars")
                         .arg(chart.title)
                         .toHtmlEscaped(),
                    chartElements(chart)));
    return cards;
}

QString manifestTable(const Comparison& comparison)
{
    QString rows;
    const auto add = [&rows](const QString& title, const QString& text) {
        rows += QStringLiteral("<tr><td>%1</td><td class=\"text\">%2</td></tr>\n")
                    .arg(title.toHtmlEscaped(), text.toHtmlEscaped());
    };
    if (!comparison.caches.isEmpty())
        add(QCoreApplication::translate("ComparisonReport", "Caches"), comparison.caches);
    for (const auto& fact : comparison.machine.facts)
        add(fact.title, fact.value.isEmpty() ? fact.needs : fact.value);
    return QStringLiteral("<table><tbody>\n") + rows + QStringLiteral("</tbody></table>");
}

} // namespace

QString ComparisonReport::heading() const
{
    const SideNames sides = m_comparison.sides();
    return m_comparison.bothAs ? tr("%1 against itself: %2 and %3").arg(m_comparison.image, sides.first, sides.second)
                               : tr("%1 as container and as VM").arg(m_comparison.image);
}

QString ComparisonReport::figureTable() const
{
    QString rows;
    QString reasons;
    for (const auto& row : figureRows(m_comparison.workScale)) {
        const Figure container = m_comparison.container.median(row.figure);
        const Figure vm = m_comparison.vm.median(row.figure);
        const Figure difference = m_comparison.overhead(row.figure);
        const bool isStruck = row.isAboutCpu && !m_comparison.isCpuComparable();
        const auto shown = [&](const QString& text) { return isStruck && vm.value ? struck(text) : text; };
        const QString change
            = difference.value ? formatDifference(*difference.value, row.unit).toHtmlEscaped() : QStringLiteral("–");
        const QString ratio = formatRatio(container, vm);
        const auto rounds = m_comparison.rounds(row.figure);
        const auto differences = pairedDifferences(rounds.container, rounds.vm);
        const auto containerSamples = m_comparison.container.samples(row.figure);
        const auto vmSamples = m_comparison.vm.samples(row.figure);
        rows += QStringLiteral("<tr>") + cell(titleOf(row))
            + cell(withRange(textOf(container, row.unit), containerSamples, row.unit, &formatRange))
            + cell(withRange(shown(textOf(vm, row.unit)), vmSamples, row.unit, &formatRange))
            + cell(withRange(shown(change), differences, row.unit, &formatDifferenceRange), "difference")
            + cell(isStruck && !ratio.isEmpty() ? struck(ratio) + QLatin1Char(' ') + tr("emulated") : ratio)
            + QStringLiteral("</tr>\n");
        if (!difference.value)
            reasons += QStringLiteral("<p class=\"quiet\">%1: %2</p>")
                           .arg(titleOf(row), difference.missing.toHtmlEscaped());
    }
    const SideNames sides = m_comparison.sides();
    const QString head = QStringLiteral("<table><thead><tr><th></th><th class=\"container\">%1</th><th "
                                        "class=\"vm\">%2</th><th class=\"difference\">%3</th><th>%4</th></tr></thead>")
                             .arg(capitalized(sides.first), capitalized(sides.second), tr("Difference"), tr("Ratio"));
    return card(tr("Figures"),
        runsLine() + QStringLiteral("; ") + tr("below each its 95 % interval; differences by round"),
        head + QStringLiteral("<tbody>\n") + rows + QStringLiteral("</tbody></table>") + reasons);
}

QString ComparisonReport::toHtml() const
{
    const QString title = heading().toHtmlEscaped();
    const QString when = QDateTime::fromMSecsSinceEpoch(m_comparison.wallMilliseconds, Qt::UTC).toString(Qt::ISODate);
    QString html = QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
                                  "name=\"viewport\" content=\"width=device-width\">\n");
    html += QStringLiteral("<title>%1</title>\n<style>%2</style></head>\n<body><main>\n")
                .arg(title, QLatin1String(kStyle));
    html += QStringLiteral("<h1>%1</h1>\n<p class=\"quiet\">%2<br>%3<br>%4</p>\n")
                .arg(title,
                    QStringList{ machineLine(), m_comparison.machine.processor }
                        .join(QStringLiteral(" · "))
                        .toHtmlEscaped(),
                    tr("Work: %1").arg(m_comparison.work).toHtmlEscaped(), when);
    html += chartCards(m_comparison) + figureTable();
    html += card(tr("The computer"), tr("at the beginning of the run"), manifestTable(m_comparison));
    html += card(tr("What this shows, and what it does not"), {},
        QStringLiteral("<p>%1 %2</p>").arg(verdictText(m_comparison).toHtmlEscaped(), caveat().toHtmlEscaped()));
    return html + QStringLiteral("</main></body></html>\n");
}

} // namespace twinhull
