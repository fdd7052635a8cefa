// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPolygonF>

#include <cmath>

namespace twinhull {

/// Adds the next point of a line from left to right. Of points at one height, to a tenth of a pixel, the first and the
/// last stay: it looks the same, and what rests costs two points to paint instead of hundreds.
inline void appendToLine(QPolygonF& line, const QPointF& point)
{
    constexpr double kSameHeight = 0.1;
    const qsizetype size = line.size();
    const auto isLevel = [&](const QPointF& other) { return std::abs(line[size - 2].y() - other.y()) < kSameHeight; };
    if (size >= 2 && isLevel(line.back()) && isLevel(point))
        line.back() = point;
    else
        line << point;
}

} // namespace twinhull
