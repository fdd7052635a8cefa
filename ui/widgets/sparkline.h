// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/time_series.h"

#include <QColor>
#include <QPainter>

#include <chrono>
#include <optional>

namespace twinhull {

/// What one sparkline shows: the time up to `nowNanoseconds` at the right edge.
struct SparklineSpan {
    std::int64_t nowNanoseconds = 0; ///< ageClockNanoseconds()
    std::chrono::seconds length{ 60 };
    float smallestTop = 0; ///< the upper edge is at least this value, so that noise stays small
};

/// A line with a faint area below it, read straight from the ring; an even base line where nothing was read.
void drawSparkline(
    QPainter& painter, const QRectF& area, const TimeSeries* series, const SparklineSpan& span, const QColor& color);

/// Where it is a level line over all of the span, or no line at all, it looks the same as time goes on: its height
/// above the lower edge in tenths of a pixel, -1 without a line. Nothing where it moves.
std::optional<int> levelOfSparkline(const QRectF& area, const TimeSeries* series, const SparklineSpan& span);

} // namespace twinhull
