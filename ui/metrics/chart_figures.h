// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/series_source.h"

#include <QColor>

namespace twinhull {

/// How the workloads of a chart stand to one another. What needs two of one side falls back to Each.
enum class ChartMode {
    Each, ///< a line each
    Stacked, ///< an area each, on one another
    Difference, ///< a line each, and the second minus the first
    Ratio, ///< the second divided by the first
};

/// A workload on a chart.
struct ChartedWorkload {
    WorkloadId id;
    QString label; ///< "web · VM"; short
    QColor color;
    Qt::PenStyle style = Qt::SolidLine;

    friend bool operator==(const ChartedWorkload&, const ChartedWorkload&) = default;
};

/// One line or area of a chart: a workload's quantity, or one of the figures that a quantity consists of.
struct ChartLine {
    ChartedWorkload workload; ///< with the label, colour and style of this line
    Quantity quantity = Quantity::Cpu;
    SeriesReadings readings;
};

/// Areas on one another.
struct ChartStack {
    Readings total;
    std::vector<std::vector<float>> tops; ///< of each line's area, where `total` stands
    GapRule gaps;
};

/// All that a chart shows of its window, read at once.
struct ChartFigures {
    TimeWindow window;
    ChartMode mode = ChartMode::Each; ///< what could be done of what was asked
    bool isRefused = false; ///< the guest told one of the two, this computer the other: no difference, no ratio
    std::vector<ChartLine> lines;
    std::vector<ChartLine> under; ///< of the other range of time
    CommonTicks common; ///< of the two of a difference or ratio
    Readings derived; ///< the difference or the ratio itself
    GapRule derivedGaps;
    ChartStack stack;
    ChartStack underStack; ///< of the other range: only its total can be told apart

    bool isEmpty() const; ///< nothing was read in this window
    double largest() const; ///< within the window, of what is drawn; at least 0
    double lowest() const; ///< at most 0
};

ChartFigures readChart(
    const SeriesSource& source, Quantity quantity, std::span<const ChartedWorkload> workloads, ChartMode wish);

/// Where there is no reading yet nobody has spoken.
bool isGuestsReading(const MetricRings& rings, const WorkloadId& id, Quantity quantity);

} // namespace twinhull
