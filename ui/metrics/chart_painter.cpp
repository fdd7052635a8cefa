// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_painter.h"

#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flat_line.h"

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

/// Turns the readings of one window into polygons.
class Outliner {
public:
    Outliner(const TimeWindow& window, const ChartScale& scale)
        : m_window(window), m_scale(scale), m_height(scale.area.height() / (scale.values.top - scale.values.bottom))
    {
    }

    const TimeWindow& window() const { return m_window; }
    int columns() const { return static_cast<int>(m_scale.area.width()); }

    QPointF place(std::int64_t moment, double value) const
    {
        return { m_scale.area.left() + m_window.share(moment) * m_scale.area.width(),
            m_scale.area.bottom() - (value / m_scale.divisor - m_scale.values.bottom) * m_height };
    }

    QPolygonF polygon(const UnbrokenRun& run) const
    {
        QPolygonF polygon;
        polygon.reserve(static_cast<qsizetype>(run.size()));
        for (const TimePoint& point : run)
            polygon << place(point.monotonicNanoseconds, double{ point.value });
        return polygon;
    }

    PlotLine line(
        std::span<const TimePoint> readings, const GapRule& gaps, const QColor& color, Qt::PenStyle style) const
    {
        PlotLine line{ color, style, {} };
        for (const UnbrokenRun& run : decimate(readings, m_window, columns(), gaps)) {
            line.pieces.emplace_back();
            for (const TimePoint& point : run)
                appendToLine(line.pieces.back(), place(point.monotonicNanoseconds, double{ point.value }));
        }
        return line;
    }

    /// The means, and where they stand for more than a tick what lies between the least and the greatest: no peak is
    /// lost, and the line stays a line.
    void paint(PlotContents& contents, const SeriesReadings& series, const ChartedWorkload& look) const
    {
        const QColor& color = look.color;
        if (!series.highs.empty()) {
            contents.areas.push_back({ chartRangeColor(color), {} });
            const auto high = decimate(series.highs, m_window, columns(), series.gaps);
            const auto low = decimate(series.lows, m_window, columns(), series.gaps);
            for (std::size_t i = 0; i < high.size() && i < low.size(); ++i)
                contents.areas.back().pieces.push_back({ polygon(high[i]), polygon(low[i]) });
            contents.lines.push_back(line(series.highs, series.gaps, chartUnderColor(color), Qt::SolidLine));
        }
        contents.lines.push_back(line(series.means, series.gaps, color, look.style));
        contents.lines.back().marker = look.marker;
    }

    /// Between the two of a difference.
    PlotArea band(const DerivedLine& derived) const
    {
        const auto first = decimate(derived.common.first, m_window, columns(), derived.gaps);
        const auto second = decimate(derived.common.second, m_window, columns(), derived.gaps);
        PlotArea band{ chartBandColor(), {} };
        for (std::size_t i = 0; i < first.size() && i < second.size(); ++i) // equal times, so equal gaps
            band.pieces.push_back({ polygon(first[i]), polygon(second[i]) });
        return band;
    }

private:
    TimeWindow m_window;
    const ChartScale& m_scale;
    double m_height;
};

using Moments = std::vector<std::int64_t>;

/// Of each run without a gap: where the total or an edge between two areas is at its least or greatest in a column, so
/// that no peak of a part is lost either.
std::vector<Moments> momentsOf(const ChartStack& stack, const TimeWindow& window, int columns)
{
    std::vector<Moments> runs;
    const auto add = [&](std::span<const TimePoint> edge) {
        const auto decimated = decimate(edge, window, columns, stack.gaps);
        runs.resize(decimated.size()); // all edges stand at the same times, so their gaps are the same
        for (std::size_t run = 0; run < runs.size(); ++run) {
            for (const TimePoint& point : decimated[run])
                runs[run].push_back(point.monotonicNanoseconds);
        }
    };
    add(stack.total);
    Readings edge = stack.total;
    for (const std::vector<float>& top : stack.tops) {
        for (std::size_t i = 0; i < edge.size(); ++i)
            edge[i].value = top[i];
        add(edge);
    }
    for (Moments& run : runs) {
        std::sort(run.begin(), run.end());
        run.erase(std::unique(run.begin(), run.end()), run.end());
    }
    return runs;
}

std::vector<QPolygonF> edgesOf(const ChartStack& stack, const Moments& moments, const Outliner& outliner)
{
    std::vector<QPolygonF> edges(stack.tops.size());
    for (const std::int64_t moment : moments) {
        const auto found = std::lower_bound(stack.total.begin(), stack.total.end(), moment,
            [](const TimePoint& each, std::int64_t time) { return each.monotonicNanoseconds < time; });
        const auto index = static_cast<std::size_t>(found - stack.total.begin());
        for (std::size_t line = 0; line < edges.size(); ++line)
            edges[line] << outliner.place(moment, double{ stack.tops[line][index] });
    }
    return edges;
}

/// A part that was not read has no area, and one without height none that could be seen.
void paintBand(const ChartLine& line, const QPolygonF& top, const QPolygonF& below, PlotArea& area, PlotLine& edge)
{
    if (line.readings.isEmpty())
        return;
    constexpr double kUnseen = 0.05; // pixels
    const auto isOn = [](const QPointF& a, const QPointF& b) { return std::abs(a.y() - b.y()) < kUnseen; };
    if (!std::equal(top.begin(), top.end(), below.begin(), below.end(), isOn))
        area.pieces.push_back({ top, below });
    edge.pieces.emplace_back();
    for (const QPointF& point : top)
        appendToLine(edge.pieces.back(), point);
}

void paintStack(const ChartFigures& figures, const Outliner& outliner, PlotContents& contents)
{
    for (const ChartLine& line : figures.lines) {
        contents.areas.push_back({ chartAreaColor(line.workload.color), {} });
        contents.lines.push_back({ line.workload.color, line.workload.style, {}, line.workload.marker });
    }
    for (const Moments& run : momentsOf(figures.stack, outliner.window(), outliner.columns())) {
        const auto edges = edgesOf(figures.stack, run, outliner);
        QPolygonF below;
        for (const std::int64_t moment : run)
            below << outliner.place(moment, 0);
        for (std::size_t line = 0; line < edges.size(); ++line) {
            paintBand(figures.lines[line], edges[line], below, contents.areas[line], contents.lines[line]);
            below = edges[line];
        }
    }
    const ChartStack& under = figures.underStack; // areas under areas could not be told apart
    if (!under.total.empty())
        contents.lines.push_back(outliner.line(under.total, under.gaps, chartUnderTotalColor(), Qt::DashLine));
}

} // namespace

PlotContents paintFigures(const ChartFigures& figures, bool isEqual, const ChartScale& scale)
{
    PlotContents contents;
    contents.markColor = Theme::current().color(ThemeColor::TextFaint);
    contents.markFont = chartFont();
    const Outliner outliner(scale.window.value_or(figures.window), scale);
    if (figures.mode == ChartMode::Stacked) {
        paintStack(figures, outliner, contents);
        return contents;
    }
    const auto addDerived = [&] {
        const bool isOne = figures.derived.size() == 1;
        for (const DerivedLine& each : figures.derived) {
            const ChartedWorkload& what = figures.lines[each.line].workload;
            contents.lines.push_back(outliner.line(each.values, each.gaps, isOne ? chartDifferenceColor() : what.color,
                isOne ? Qt::SolidLine : what.style));
            contents.lines.back().marker = isOne ? PlotMarker::None : what.marker;
        }
    };
    if (figures.isOfDerivedAlone()) {
        addDerived();
        return contents;
    }
    if (figures.mode == ChartMode::Difference)
        contents.areas.push_back(outliner.band(figures.derived.front()));
    for (const ChartLine& line : figures.under)
        contents.lines.push_back(
            outliner.line(line.readings.means, line.readings.gaps, chartUnderColor(line.workload.color), Qt::DotLine));
    if (figures.mode == ChartMode::Difference && !isEqual)
        addDerived();
    for (const ChartLine& line : figures.lines)
        outliner.paint(contents, line.readings, line.workload);
    return contents;
}

} // namespace twinhull
