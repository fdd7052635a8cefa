// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QGraphicsItem>
#include <QPolygonF>
#include <QString>

#include <optional>
#include <vector>

namespace twinhull {

/// One workload's line in item coordinates, in pieces where there are gaps.
struct PlotLine {
    QColor color;
    Qt::PenStyle style = Qt::SolidLine;
    std::vector<QPolygonF> pieces;
};

/// A moment with a word: "started".
struct PlotMark {
    double x = 0;
    QString word;
};

/// All that is painted inside the axes of a chart.
struct PlotContents {
    std::vector<PlotLine> lines;
    std::vector<QPolygonF> bands; ///< closed outlines between two lines
    QColor bandColor;
    std::vector<PlotMark> marks;
    QColor markColor;
    QFont markFont;
};

/// Paints the lines inside a chart's plot area. Lines are ours and not QLineSeries: a tick then costs one repaint of a
/// few hundred points, whatever the length of the window.
class PlotItem : public QGraphicsItem {
public:
    using QGraphicsItem::QGraphicsItem;

    void setArea(const QRectF& area);
    const QRectF& area() const { return m_area; }
    void setContents(PlotContents contents);
    /// The crosshair, in item coordinates; nothing hides it.
    void setCursorX(std::optional<double> x);

    QRectF boundingRect() const override { return m_area; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void paintMarks(QPainter& painter) const;

    QRectF m_area;
    PlotContents m_contents;
    std::optional<double> m_cursorX;
};

} // namespace twinhull
