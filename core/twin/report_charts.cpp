// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/report_charts.h"

#include "core/twin/figure_rows.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

constexpr double kBarWidth = 440; ///< of the longest bar or whisker, in units of the view box
constexpr double kBarLeft = 120;
constexpr double kBarHeight = 18;
constexpr double kRowHeight = 28;
constexpr double kTextDown = 13; ///< from a bar's top to its text's line
constexpr double kWhiskerHeight = 8;
constexpr int kMostReasonCharacters = 85;

QString tr(const char* text)
{
    return QCoreApplication::translate("ReportCharts", text);
}

/// What has room behind a bar that is not there.
QString shortened(const QString& reason)
{
    return reason.size() <= kMostReasonCharacters ? reason : reason.left(kMostReasonCharacters - 1) + QChar(0x2026);
}

QString rectangle(const ChartBar& bar, double x, double y, double width, int index)
{
    const double opacity = index % 2 == 0 ? 1.0 : 0.72;
    const bool isVm = QLatin1String(bar.kind) == QLatin1String("vm");
    // the attribute is for readers that know no classes of shapes (Qt's); a page's style comes before it
    return QStringLiteral("<rect class=\"%1\" fill=\"%7\" x=\"%2\" y=\"%3\" width=\"%4\" height=\"%5\" "
                          "fill-opacity=\"%6\">")
        .arg(QLatin1String(bar.kind))
        .arg(x, 0, 'f', 1)
        .arg(y, 0, 'f', 1)
        .arg(std::max(width, 1.0), 0, 'f', 1)
        .arg(kBarHeight)
        .arg(opacity)
        .arg(QLatin1String(isVm ? "#2b6cb0" : "#dd7a00"));
}

/// What came before the request stands left of it, and all bars have the request at the same place.
double leadOf(const Chart& chart)
{
    double lead = 0;
    for (const ChartBar& bar : chart.bars) {
        if (!bar.segments.empty())
            lead = std::max(lead, -bar.segments.front().startMilliseconds);
    }
    return lead;
}

/// `left` is where the request stands.
QString segments(const ChartBar& bar, double scale, double left, double y)
{
    constexpr double kCharacterWidth = 6;
    QString svg;
    int index = 0;
    for (const auto& segment : bar.segments) {
        const double x = left + segment.startMilliseconds * scale;
        const double width = segment.milliseconds * scale;
        svg += rectangle(bar, x, y, width, index++)
            + QStringLiteral("<title>%1: %2</title></rect>")
                  .arg(segment.name.toHtmlEscaped(), formatFigure(segment.milliseconds, FigureUnit::Milliseconds));
        if (width > kCharacterWidth * static_cast<double>(segment.name.size() + 1))
            svg += QStringLiteral("<text class=\"inside\" x=\"%1\" y=\"%2\" text-anchor=\"middle\">%3</text>")
                       .arg(x + width / 2, 0, 'f', 1)
                       .arg(y + kTextDown, 0, 'f', 1)
                       .arg(segment.name.toHtmlEscaped());
    }
    return svg;
}

/// From one end of the interval to the other, with a stroke across at each.
QString whisker(const Interval& interval, double scale, double left, double y)
{
    const double low = left + std::max(interval.low, 0.0) * scale;
    const double high = left + std::max(interval.high, 0.0) * scale;
    const double middle = y + kBarHeight / 2;
    const double top = middle - kWhiskerHeight / 2;
    return QStringLiteral("<path class=\"whisker\" fill=\"none\" d=\"M%1 %2H%3M%1 %4v%5M%3 %4v%5\"/>")
        .arg(low, 0, 'f', 1)
        .arg(middle, 0, 'f', 1)
        .arg(high, 0, 'f', 1)
        .arg(top, 0, 'f', 1)
        .arg(kWhiskerHeight);
}

double endOf(const ChartBar& bar)
{
    return std::max({ bar.value, bar.interval ? bar.interval->high : 0.0, 0.0 });
}

using Side = std::tuple<const char*, QString, const HullFigures*>; ///< class, label, figures
std::array<Side, 2> bothSides(const Comparison& comparison)
{
    const SideNames names = comparison.sides();
    return { Side("container", capitalized(names.first), &comparison.container),
        Side("vm", capitalized(names.second), &comparison.vm) };
}

std::optional<Interval> intervalOf(const HullFigures& half, const FigureRow& row)
{
    const auto samples = half.samples(row.figure);
    return samples.size() < 2 ? std::nullopt : std::optional(estimateMedian(samples).interval);
}

Chart chartOf(const Comparison& comparison, const FigureRow& row)
{
    Chart chart{ titleOf(row), {}, {} };
    for (const auto& [kind, label, half] : bothSides(comparison)) {
        const Figure median = half->median(row.figure);
        const bool isEmulated = row.isAboutCpu && half == &comparison.vm && !comparison.isCpuComparable();
        const QString figure = median.value ? formatFigure(*median.value, row.unit) : shortened(median.missing);
        chart.bars.push_back({ kind, label, isEmulated && median.value ? tr("%1, emulated").arg(figure) : figure,
            median.value.value_or(0), intervalOf(*half, row), {} });
    }
    return chart;
}

void cutIntoMarks(Chart& chart, const Comparison& comparison)
{
    std::size_t index = 0;
    for (const auto* half : { &comparison.container, &comparison.vm }) {
        if (const RunFigures* run = medianStartup(*half)) {
            chart.bars[index].segments = startupSegments(*run);
            for (StartupSegment& segment : chart.bars[index].segments)
                segment.name = phaseName(segment.name, *run);
        }
        ++index;
    }
    chart.title = tr("From request to the first instruction");
    chart.note = leadOf(chart) > 0
        ? tr("one clock, one scale; the run nearest to the median; a VM is defined once, before the request")
        : tr("one clock, one scale; the run nearest to the median");
}

bool hasValue(const Chart& chart)
{
    return std::any_of(chart.bars.begin(), chart.bars.end(), [](const ChartBar& bar) { return bar.value > 0; });
}

QString noteFor(const FigureRow& row)
{
    if (row.figure == &RunFigures::memoryHostBytes)
        return tr("at rest after the work, helpers included");
    if (row.figure == &RunFigures::cpuSeconds)
        return tr("from the request to the end of the work, helpers included");
    if (row.figure == &RunFigures::workFigure)
        return row.better == Better::Higher ? tr("as the work tells it; higher is better")
            : row.better == Better::Lower   ? tr("as the work tells it; lower is better")
                                            : tr("as the work tells it");
    return {};
}

} // namespace

std::vector<Chart> comparisonCharts(const Comparison& comparison)
{
    std::vector<Chart> charts;
    for (const FigureRow& row : figureRows(comparison.workScale)) {
        Chart chart = chartOf(comparison, row);
        chart.note = noteFor(row);
        if (row.figure == &RunFigures::startupMilliseconds)
            cutIntoMarks(chart, comparison);
        const bool isOfEveryRun
            = row.figure == &RunFigures::startupMilliseconds || row.figure == &RunFigures::memoryHostBytes;
        if (row.figure != &RunFigures::diskBytes && (isOfEveryRun || hasValue(chart)))
            charts.push_back(std::move(chart));
    }
    return charts;
}

double chartHeight(const Chart& chart)
{
    return kRowHeight * static_cast<double>(chart.bars.size());
}

QString partsText(const ChartBar& bar)
{
    QStringList parts;
    for (const StartupSegment& segment : bar.segments)
        parts << QStringLiteral("%1 %2").arg(
            segment.name, formatFigure(segment.milliseconds, FigureUnit::Milliseconds));
    return parts.isEmpty() ? QString() : QStringLiteral("%1: %2").arg(bar.label, parts.join(QStringLiteral(", ")));
}

QString chartElements(const Chart& chart)
{
    double longest = 0;
    for (const ChartBar& bar : chart.bars)
        longest = std::max(longest, endOf(bar));
    const double lead = leadOf(chart);
    const double scale = longest + lead > 0 ? kBarWidth / (longest + lead) : 0;
    const double left = kBarLeft + lead * scale;
    QString svg;
    double y = 4;
    for (const ChartBar& bar : chart.bars) {
        svg += QStringLiteral("<text x=\"0\" y=\"%1\">%2</text>").arg(y + kTextDown).arg(bar.label.toHtmlEscaped());
        svg += bar.segments.empty() ? rectangle(bar, left, y, bar.value * scale, 0) + QStringLiteral("</rect>")
                                    : segments(bar, scale, left, y);
        if (bar.interval)
            svg += whisker(*bar.interval, scale, left, y);
        svg += QStringLiteral("<text x=\"%1\" y=\"%2\">%3</text>")
                   .arg(left + endOf(bar) * scale + 8, 0, 'f', 1)
                   .arg(y + kTextDown)
                   .arg(bar.figure.toHtmlEscaped());
        y += kRowHeight;
    }
    return svg;
}

} // namespace twinhull
