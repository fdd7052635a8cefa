// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report_page.h"

#include <QCoreApplication>

namespace twinhull {

namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --text: #1d2430; --quiet: #667080; --back: #f4f5f7; --card: #fff; --line: #dde1e7;
  --vm: #2b6cb0; --container: #dd7a00; --vm-text: #2b6cb0; --container-text: #a85a00; --difference: #7a5195; }
@media screen and (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --quiet: #9aa4b2; --back: #14171c;
  --card: #1c2027; --line: #323944; --vm: #3d7fc4; --container: #c26f08; --vm-text: #6aa7ea; --container-text: #f2a33c;
  --difference: #b692d6; } }
body { margin: 0; padding: 24px; background: var(--back); color: var(--text); overflow-wrap: anywhere;
  font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 820px; margin: 0 auto; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 4px; } h2 { font-size: 15px; margin: 0 0 8px; }
h2 .quiet { font-weight: normal; font-size: 13px; }
p, ul { margin: 0 0 8px; } p:last-child, ul:last-child { margin: 0; } ul { padding-left: 20px; }
li + li { margin-top: 4px; } .quiet { color: var(--quiet); } .doubt { font-weight: 600; } .parts { font-size: 12px; margin: 4px 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px;
  margin: 12px 0; }
.wide { overflow-x: auto; } .wide > svg, .wide > table.figures { min-width: 560px; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 6px 8px; border-bottom: 1px solid var(--line); text-align: right; font-weight: normal;
  vertical-align: top; }
tr:last-child > td { border-bottom: none; }
td.text, th.text { text-align: left; } .figures .text { width: 22%; } .figures td { overflow-wrap: normal; }
.figures td .quiet { font-size: 12px; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--quiet); }
table.facts td:first-child { width: 30%; color: var(--quiet); }
th.vm { color: var(--vm-text); } th.container { color: var(--container-text); }
.difference, thead th.difference { color: var(--difference); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); font-size: 12px; }
svg .inside { fill: #fff; font-size: 10px; } .whisker { stroke: var(--text); stroke-width: 1.5; }
rect.vm { fill: var(--vm); } rect.container { fill: var(--container); }
@media (max-width: 600px) { body { padding: 12px; } section { padding: 10px 12px; } }
@media print { body { padding: 0; background: none; font-size: 11px; } main { max-width: none; }
  section { border-radius: 0; } h2 { break-after: avoid; } svg, tr, p, li { break-inside: avoid; } .wide { overflow: visible; }
  svg { max-width: 620px; print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)";

} // namespace

QString htmlPage(const QString& title, const QString& html)
{
    return QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                          "content=\"width=device-width\">\n<title>%1</title>\n<style>")
               .arg(title.toHtmlEscaped())
        + QLatin1String(kStyle) + QStringLiteral("</style></head>\n<body><main>\n<h1>") + title.toHtmlEscaped()
        + QStringLiteral("</h1>\n") + html + QStringLiteral("</main></body></html>\n");
}

QString htmlCard(const QString& title, const QString& remark, const QString& html)
{
    const QString quiet = remark.isEmpty()
        ? QString()
        : QStringLiteral(" <span class=\"quiet\">") + remark.toHtmlEscaped() + QStringLiteral("</span>");
    return QStringLiteral("<section><h2>") + title.toHtmlEscaped() + quiet + QStringLiteral("</h2>\n") + html
        + QStringLiteral("</section>\n");
}

QString htmlCharts(const std::vector<Chart>& charts)
{
    QString cards;
    for (const Chart& chart : charts) {
        const QString label
            = QCoreApplication::translate("ComparisonReport", "%1 of both sides as bars").arg(chart.title);
        QString parts;
        for (const ChartBar& bar : chart.bars) {
            if (const QString text = partsText(bar); !text.isEmpty())
                parts += htmlParagraph(text, "quiet parts");
        }
        cards += htmlCard(chart.title, chart.note,
            QStringLiteral("<div class=\"wide\"><svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"")
                    .arg(kChartWidth)
                    .arg(chartHeight(chart))
                + label.toHtmlEscaped() + QStringLiteral("\">") + chartElements(chart)
                + QStringLiteral("</svg></div>\n") + parts);
    }
    return cards;
}

QString htmlParagraph(const QString& text, const char* kind)
{
    return QStringLiteral("<p class=\"%1\">").arg(QLatin1String(kind)) + text.toHtmlEscaped()
        + QStringLiteral("</p>\n");
}

QString htmlList(const QStringList& texts)
{
    QString items;
    for (const QString& text : texts)
        items += QStringLiteral("<li>") + text.toHtmlEscaped() + QStringLiteral("</li>\n");
    return QStringLiteral("<ul>\n") + items + QStringLiteral("</ul>\n");
}

QString htmlTable(const QString& headHtml, const QString& bodyHtml, const char* kind)
{
    const QString head
        = headHtml.isEmpty() ? QString() : QStringLiteral("<thead>") + headHtml + QStringLiteral("</thead>");
    return QStringLiteral("<div class=\"wide\"><table class=\"%1\">").arg(QLatin1String(kind)) + head
        + QStringLiteral("<tbody>\n") + bodyHtml + QStringLiteral("</tbody></table></div>\n");
}

QString htmlCell(const QString& html, const char* kind)
{
    return QStringLiteral("<td class=\"%1\">").arg(QLatin1String(kind)) + html + QStringLiteral("</td>");
}

QString htmlFigure(const QString& figure, const QString& range, bool isStruck)
{
    const QString text = figure.isEmpty() ? QStringLiteral("\u2013") : figure.toHtmlEscaped();
    const QString shown = isStruck && !figure.isEmpty() ? QStringLiteral("<s>") + text + QStringLiteral("</s>") : text;
    return range.isEmpty()
        ? shown
        : shown + QStringLiteral("<br><span class=\"quiet\">") + range.toHtmlEscaped() + QStringLiteral("</span>");
}

} // namespace twinhull
