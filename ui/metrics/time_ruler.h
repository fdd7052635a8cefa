// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/time_window.h"

#include <QGraphicsItem>

#include <chrono>
#include <vector>

namespace twinhull {

/// A label below a plot.
struct TimeLabel {
    double share = 0; ///< of the width, from the left
    QString text;

    friend bool operator==(const TimeLabel&, const TimeLabel&) = default;
};

/// "−10 min", "−7.5", "−5", "−2.5", "now": of a window that ends now.
std::vector<TimeLabel> agesOf(std::chrono::nanoseconds length);
/// Clock times at whole steps of the local clock, or dates; the first has its date where that is not today. `ahead` is
/// what the wall clock is ahead of the window's.
std::vector<TimeLabel> clockTimesOf(const TimeWindow& window, std::int64_t ahead, int most);

/// The labels below a plot. The outer ones stay within the plot's width, which the labels of a chart axis do not.
class TimeRuler : public QGraphicsItem {
public:
    using QGraphicsItem::QGraphicsItem;

    static int height(); ///< of the room below the plot area, in pixels

    void setLabels(std::vector<TimeLabel> labels);
    void setPlotArea(const QRectF& area);

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    QRectF m_plotArea;
    std::vector<TimeLabel> m_labels;
};

} // namespace twinhull
