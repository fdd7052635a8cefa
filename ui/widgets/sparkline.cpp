// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sparkline.h"

#include "ui/theme/theme.h"
#include "ui/widgets/flat_line.h"

#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <vector>

namespace twinhull {

namespace {

constexpr qreal kHeadroom = 1.15;
constexpr int kAreaAlpha = 38;
constexpr double kLevel = 0.1; // pixels

void drawBaseLine(QPainter& painter, const QRectF& area)
{
    painter.setPen(QPen(Theme::current().color(ThemeColor::Border), 1));
    painter.drawLine(QPointF(area.left(), area.bottom() - 0.5), QPointF(area.right(), area.bottom() - 0.5));
}

/// Points from left to right, y growing downwards.
QPolygonF pointsOf(const QRectF& area, const TimeSeries& series, const SparklineSpan& span)
{
    const std::int64_t length = std::chrono::nanoseconds(span.length).count();
    std::vector<TimePoint> readings;
    float top = span.smallestTop;
    series.visit(span.nowNanoseconds - length, TimeSeries::Before::None, [&](const TimePoint& point) {
        readings.push_back(point);
        top = std::max(top, point.value);
    });
    if (top <= 0)
        top = 1;
    QPolygonF points;
    points.reserve(static_cast<qsizetype>(readings.size()) + 2);
    for (const TimePoint& point : readings) {
        const auto age = static_cast<qreal>(span.nowNanoseconds - point.monotonicNanoseconds);
        const qreal height = area.height() * point.value / (static_cast<qreal>(top) * kHeadroom);
        const qreal x = area.right() - area.width() * std::max(age, 0.0) / static_cast<qreal>(length);
        appendToLine(points, QPointF(x, area.bottom() - height));
    }
    return points;
}

} // namespace

void drawSparkline(
    QPainter& painter, const QRectF& area, const TimeSeries* series, const SparklineSpan& span, const QColor& color)
{
    const QPolygonF line = series ? pointsOf(area, *series, span) : QPolygonF();
    if (line.size() < 2) {
        drawBaseLine(painter, area);
        return;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPolygonF below = line;
    below << QPointF(line.back().x(), area.bottom()) << QPointF(line.front().x(), area.bottom());
    QColor faint = color;
    faint.setAlpha(kAreaAlpha);
    painter.setPen(Qt::NoPen);
    painter.setBrush(faint);
    painter.drawPolygon(below);
    // Up to a pixel of the screen Qt has a way of its own that takes a twentieth of filling an outline.
    painter.setPen(QPen(color, painter.device()->devicePixelRatioF() > 1 ? 1.2 : 1));
    painter.drawPolyline(line);
    painter.restore();
}

std::optional<int> levelOfSparkline(const QRectF& area, const TimeSeries* series, const SparklineSpan& span)
{
    const QPolygonF line = series ? pointsOf(area, *series, span) : QPolygonF();
    if (line.isEmpty())
        return -1;
    const double tick = area.width() / static_cast<double>(span.length.count());
    const bool isWhole = line.front().x() - area.left() < 2 * tick && area.right() - line.back().x() < 2 * tick;
    if (line.size() != 2 || !isWhole || std::abs(line.front().y() - line.back().y()) >= kLevel)
        return std::nullopt;
    return qRound((area.bottom() - line.front().y()) / kLevel);
}

} // namespace twinhull
