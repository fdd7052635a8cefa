// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/chart_figures.h"
#include "ui/metrics/plot_item.h"
#include "ui/metrics/units.h"

namespace twinhull {

/// How figures become places in a plot area.
struct ChartScale {
    QRectF area;
    AxisScale values;
    double divisor = 1; ///< of the unit on the value axis
    std::optional<TimeWindow> window = {}; ///< from left to right, where it is not that of the figures
};

/// All but marks and notice.
PlotContents paintFigures(const ChartFigures& figures, bool isEqual, const ChartScale& scale);

} // namespace twinhull
