// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QGraphicsItem>

#include <chrono>

namespace twinhull {

/// The labels below a plot: "−10 min", "−7.5", "−5", "−2.5", "now". The outer two stay within the plot's width, which
/// the labels of a chart axis do not.
class TimeRuler : public QGraphicsItem {
public:
    using QGraphicsItem::QGraphicsItem;

    static int height(); ///< of the room below the plot area, in pixels

    void setSpan(std::chrono::seconds span);
    void setPlotArea(const QRectF& area);

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    QRectF m_plotArea;
    std::chrono::seconds m_span{ 600 };
};

} // namespace twinhull
