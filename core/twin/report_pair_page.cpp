// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/figure_rows.h"
#include "core/twin/picture_writer.h"
#include "core/twin/report_page.h"
#include "core/twin/report_pair.h"

#include <QCoreApplication>

#include <algorithm>

namespace twinhull {

namespace {

constexpr ReportPair::Half kHalves[] = { &Comparison::container, &Comparison::vm };
constexpr qsizetype kColumnGap = 2;

QString trPair(const char* text)
{
    return QCoreApplication::translate("ReportPair", text);
}

const char* classOf(ReportPair::Half half)
{
    return half == &Comparison::vm ? "vm" : "container";
}

QString orDash(const QString& text)
{
    return text.isEmpty() ? QStringLiteral("-") : text;
}

/// The first column stands on the left, figures on the right, the last column on the left again.
QString columnsText(const std::vector<QStringList>& lines)
{
    std::vector<qsizetype> widths(static_cast<std::size_t>(lines.front().size()), 0);
    for (const QStringList& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], line[static_cast<qsizetype>(i)].size());
    }
    QString text;
    for (const QStringList& line : lines) {
        QString shown = line.front().leftJustified(widths.front());
        for (std::size_t i = 1; i + 1 < widths.size(); ++i)
            shown += line[static_cast<qsizetype>(i)].rightJustified(widths[i] + kColumnGap);
        text += shown + QString(kColumnGap, u' ') + line.back() + QLatin1Char('\n');
    }
    return text;
}

QString tableText(const ReportPair& pair, ReportPair::Half half)
{
    std::vector<QStringList> lines{ { pair.titleOf(half), trPair("before"), trPair("after"), trPair("difference"),
        trPair("95 % interval"), QString() } };
    for (const PairRow& row : pair.rows(half))
        lines.push_back({ row.title, orDash(row.first.figure), orDash(row.second.figure), orDash(row.difference.figure),
            orDash(row.difference.interval), row.finding });
    return columnsText(lines);
}

QString tableHtml(const ReportPair& pair, ReportPair::Half half)
{
    const auto cell = [](const PairRow::Cell& shown, bool isStruck, const char* kind = "") {
        return htmlCell(htmlFigure(shown.figure, shown.interval, isStruck), kind);
    };
    QString rows;
    for (const PairRow& row : pair.rows(half))
        rows += QStringLiteral("<tr>") + htmlCell(row.title.toHtmlEscaped()) + cell(row.first, row.isStruck)
            + cell(row.second, row.isStruck) + cell(row.difference, row.isStruck, "difference")
            + htmlCell(row.finding.toHtmlEscaped(), "text") + QStringLiteral("</tr>\n");
    const QString head = QStringLiteral("<tr><th></th><th>%1</th><th>%2</th><th class=\"difference\">%3</th><th "
                                        "class=\"text\">%4</th></tr>")
                             .arg(trPair("Before"), trPair("After"), trPair("Difference"), trPair("Finding"));
    return htmlTable(head, rows, "figures");
}

} // namespace

QString ReportPair::toText() const
{
    const QStringList conditions = otherConditions();
    QString text = heading() + QStringLiteral("\n\n");
    text += conditions.isEmpty() ? noOtherConditions() + QLatin1Char('\n')
                                 : trPair("What else was different:") + QStringLiteral("\n  ")
            + conditions.join(QStringLiteral("\n  ")) + QLatin1Char('\n');
    for (const QString& doubt : doubts())
        text += QLatin1Char('\n') + doubt + QLatin1Char('\n');
    for (const Half half : kHalves)
        text += QLatin1Char('\n') + tableText(*this, half) + QLatin1Char('\n') + verdict(half).join(u' ')
            + QLatin1Char('\n');
    return text;
}

QString ReportPair::toHtml() const
{
    const QStringList conditions = otherConditions();
    QString html = htmlParagraph(trPair("Before: %1").arg(m_firstName), "quiet")
        + htmlParagraph(trPair("After: %1").arg(m_secondName), "quiet");
    html += htmlCard(trPair("What else was different"), trPair("it may explain what follows"),
        conditions.isEmpty() ? htmlParagraph(noOtherConditions()) : htmlList(conditions));
    for (const QString& doubt : doubts())
        html += htmlParagraph(doubt, "doubt");
    for (const Half half : kHalves)
        html += htmlCard(titleOf(half), trPair("medians; below each its 95 % interval"),
            htmlList(verdict(half)) + tableHtml(*this, half));
    html += htmlCharts(charts());
    return htmlPage(heading(), html);
}

QString ReportPair::toSvg() const
{
    PictureWriter picture;
    picture.paragraph(heading(), "title");
    const QStringList conditions = otherConditions();
    for (const QString& line : conditions.isEmpty() ? QStringList{ noOtherConditions() } : conditions)
        picture.paragraph(line, "quiet");
    for (const QString& doubt : doubts())
        picture.paragraph(doubt, "head");
    for (const Chart& chart : charts())
        picture.chart(chart);
    for (const Half half : kHalves) {
        picture.gap();
        picture.paragraph(titleOf(half) + QStringLiteral(". ") + verdict(half).join(u' '), "");
    }
    return picture.finish();
}

/// Of each figure that both reports have of a side, but disks, which do not change.
std::vector<Chart> ReportPair::charts() const
{
    std::vector<Chart> charts;
    for (const Half half : kHalves) {
        for (const FigureRow& row : figureRows(sharedScale())) {
            const auto first = (m_first.*half).samples(row.figure);
            const auto second = (m_second.*half).samples(row.figure);
            if (first.empty() || second.empty() || row.figure == &RunFigures::diskBytes)
                continue;
            Chart chart{ trPair("%1, %2").arg(titleOf(half), twinhull::titleOf(row)), {}, {} };
            const auto add = [&](const QString& label, const std::vector<double>& samples) {
                const Estimate estimate = estimateMedian(samples);
                chart.bars.push_back({ classOf(half), label, formatFigure(estimate.value, row.unit), estimate.value,
                    samples.size() < 2 ? std::nullopt : std::optional(estimate.interval), {} });
            };
            add(trPair("Before"), first);
            add(trPair("After"), second);
            charts.push_back(std::move(chart));
        }
    }
    return charts;
}

} // namespace twinhull
