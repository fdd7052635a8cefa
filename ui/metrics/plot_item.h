// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/plot_marker.h"

#include <QColor>
#include <QFont>
#include <QGraphicsItem>
#include <QPolygonF>
#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace twinhull {

/// One workload's line in item coordinates, in pieces where there are gaps.
struct PlotLine {
    QColor color;
    Qt::PenStyle style = Qt::SolidLine;
    std::vector<QPolygonF> pieces;
    PlotMarker marker = PlotMarker::None;
};

/// What lies between two edges, both from left to right.
struct PlotBand {
    QPolygonF top;
    QPolygonF bottom;
};

/// Bands of one colour.
struct PlotArea {
    QColor color;
    std::vector<PlotBand> pieces;
};

/// A moment with a word: "started".
struct PlotMark {
    double x = 0;
    QString word;
};

/// One line of what stands at the crosshair.
struct ReadoutRow {
    QColor color; ///< none: no line of the plot
    Qt::PenStyle style = Qt::SolidLine;
    QString label;
    QString value;
    PlotMarker marker = PlotMarker::None;

    friend bool operator==(const ReadoutRow&, const ReadoutRow&) = default;
};

/// All that is painted inside the axes of a chart.
struct PlotContents {
    std::vector<PlotArea> areas; ///< below the lines
    std::vector<PlotLine> lines;
    std::vector<PlotMark> marks;
    std::vector<ReadoutRow> legend; ///< in a row below the words of the marks; values are left out
    QColor legendColor; ///< of its words
    QString notice; ///< in the middle: why there is nothing, or not yet
    QColor markColor;
    QFont markFont;
};

/// The box beside the crosshair.
struct PlotReadout {
    QString title; ///< the moment
    std::vector<ReadoutRow> rows;
    QColor ground;
    QColor border;
    QColor text;
};

/// Paints the lines inside a chart's plot area. Lines are ours and not QLineSeries: a tick then costs one repaint of
/// the points that are new, whatever the length of the window.
class PlotItem : public QGraphicsItem {
public:
    explicit PlotItem(QGraphicsItem* parent = nullptr);

    void setArea(const QRectF& area);
    const QRectF& area() const { return m_area; }
    enum class Repaint { Whole, Nothing };
    void setContents(PlotContents contents, Repaint repaint = Repaint::Whole);
    /// The x from which on these look other than what is here would, moved to the left by so many pixels; the right end
    /// of the area where they do not. Nothing where that cannot be told, or something here does not move along.
    std::optional<double> changesFrom(const PlotContents& contents, int moved) const;
    const std::vector<ReadoutRow>& legend() const { return m_contents.legend; }
    /// What stands in its place while lines move.
    QRectF legendArea() const;
    /// Where the entries of the legend stand that have room, in item coordinates.
    std::vector<QRectF> legendEntries() const;
    /// Of them the one that has a frame; nothing where none has.
    void setChosenEntry(std::optional<std::size_t> entry);
    /// The crosshair, in item coordinates; nothing hides it.
    void setCursorX(std::optional<double> x);
    /// What stands beside the crosshair; without rows there is no box.
    void setReadout(PlotReadout readout);
    /// A frame of that colour around the area, for the keyboard's focus; an invalid one hides it.
    void setFocusColor(const QColor& color);
    /// Level lines that part the area into so many stretches, below all else. They are no items of their own: those
    /// cost more at each tick than what is new.
    void setGrid(int stretches, const QColor& color);

    QRectF boundingRect() const override { return m_area.adjusted(0, -1, 0, 1); } // the grid has lines on the edges
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void paintGrid(QPainter& painter) const;
    void paintAreas(QPainter& painter, const QRectF& exposed) const;
    void paintLines(QPainter& painter, const QRectF& exposed) const;
    void paintMarks(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;
    void paintCursor(QPainter& painter) const;
    void paintReadout(QPainter& painter) const;
    void paintRows(QPainter& painter, std::span<const ReadoutRow> rows, const QRectF& area) const;

    QRectF m_area;
    PlotContents m_contents;
    bool m_isDense = false; ///< so much to draw that nobody sees how smooth it is
    std::optional<double> m_cursorX;
    PlotReadout m_readout;
    QColor m_focusColor;
    std::optional<std::size_t> m_chosenEntry;
    int m_stretches = 0;
    QColor m_gridColor;
};

} // namespace twinhull
