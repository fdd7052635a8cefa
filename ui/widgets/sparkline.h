// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/time_series.h"

#include <QColor>
#include <QPainter>

#include <chrono>

namespace twinhull {

/// What one sparkline shows: the time up to `nowNanoseconds` at the right edge.
struct SparklineSpan {
    std::int64_t nowNanoseconds = 0; ///< CLOCK_MONOTONIC
    std::chrono::seconds length{ 60 };
    float smallestTop = 0; ///< the upper edge is at least this value, so that noise stays small
};

/// A line with a faint area below it, read straight from the ring; an even base line where nothing was read.
void drawSparkline(
    QPainter& painter, const QRectF& area, const TimeSeries* series, const SparklineSpan& span, const QColor& color);

} // namespace twinhull
