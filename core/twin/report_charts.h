// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "core/twin/startup_bar.h"
#include "core/twin/statistics.h"

namespace twinhull {

/// One side of a chart.
struct ChartBar {
    const char* kind; ///< class of its colour: "container" or "vm"
    QString label;
    QString figure; ///< stands behind the bar; a reason where there is no value
    double value = 0;
    std::optional<Interval> interval; ///< of the median, where there are samples enough; drawn as a whisker
    std::vector<StartupSegment> segments; ///< empty: one piece
};

/// The same figure of both sides on one scale that begins at 0.
struct Chart {
    QString title;
    QString note;
    std::vector<ChartBar> bars;
};

/// Start-up, memory and CPU time, and where it was asked for the work's time and its own figure.
std::vector<Chart> comparisonCharts(const Comparison& comparison);

constexpr double kChartWidth = 720; ///< of the view box
double chartHeight(const Chart& chart);

/// The parts of a bar in words, for those that are too narrow to be named inside; empty where it is one piece.
QString partsText(const ChartBar& bar);

/// The elements of a picture (SVG 1.1) from (0, 0), without their root. Colours are given by the classes "container",
/// "vm", "inside" (a text on a bar) and "whisker", so that a page can have them light and dark.
QString chartElements(const Chart& chart);

} // namespace twinhull
