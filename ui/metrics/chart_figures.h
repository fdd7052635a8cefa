// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/plot_marker.h"
#include "ui/metrics/series_source.h"

#include <QColor>

namespace twinhull {

/// How the workloads of a chart stand to one another. What needs two of one side falls back to Each. Over another range
/// of time one workload is compared with itself, or with whose range that is; over a chosen one each of them is.
enum class ChartMode {
    Each, ///< a line each
    Stacked, ///< an area each, on one another
    Difference, ///< each other minus the baseline; of two a line each as well
    Ratio, ///< each other divided by the baseline
};

/// A workload on a chart.
struct ChartedWorkload {
    WorkloadId id;
    QString label; ///< "web · VM"; short
    QColor color;
    Qt::PenStyle style = Qt::SolidLine;
    PlotMarker marker = PlotMarker::None;

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

/// What compares: a workload with the baseline, or a range of time with the one that lies under it.
struct DerivedLine {
    std::size_t line = 0; ///< of the chart's lines: what is compared
    std::size_t base = 0; ///< of the lines, or of those under them: what it is compared with
    QString against; ///< the label of that
    CommonTicks common; ///< the first is what it is compared with
    Readings values; ///< the difference or the ratio itself
    GapRule gaps;
};

/// At the ticks of either (ticksOfEither()), of a quantity that is not read at each tick at those of both; where one
/// has steps of the history the means of such steps.
CommonTicks commonReadings(const SeriesReadings& first, const SeriesReadings& second);

/// All that a chart shows of its window, read at once.
struct ChartFigures {
    TimeWindow window;
    ChartMode mode = ChartMode::Each; ///< what could be done of what was asked
    bool isRefused = false; ///< the guest told one of the two, this computer the other: no difference, no ratio
    std::vector<ChartLine> lines;
    std::vector<ChartLine> under; ///< of the other range of time
    std::vector<DerivedLine> derived;
    bool isAgainstTime = false; ///< so it is with the other range of time
    ChartStack stack;
    ChartStack underStack; ///< of the other range: only its total can be told apart

    bool isEmpty() const; ///< nothing was read in this window
    bool isOfDerivedAlone() const; ///< the lines themselves are not drawn
    double largest() const; ///< within the window, of what is drawn; at least 0
    double lowest() const; ///< at most 0
};

/// `baseline` is one of the workloads; else the first is.
ChartFigures readChart(const SeriesSource& source, Quantity quantity, std::span<const ChartedWorkload> workloads,
    ChartMode wish, const std::optional<WorkloadId>& baseline = {});

/// Where there is no reading yet nobody has spoken.
bool isGuestsReading(const MetricRings& rings, const WorkloadId& id, Quantity quantity);

} // namespace twinhull
