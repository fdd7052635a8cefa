// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/plot_item.h"
#include "ui/metrics/time_ruler.h"
#include "ui/metrics/units.h"

#include <QChartView>

class QValueAxis;

namespace twinhull {

/// What a person asks of the range of time: by wheel, by dragging, or by keys.
enum class ViewWish { Live, Reset };

/// Axes, grid and plot area of one chart: value axis, labels of time. Tells what pointer and keys ask for and decides
/// nothing. Keys: Left and Right move, with Control the crosshair; Page Up and Down move by a whole width; + and −
/// zoom; End, Home and L follow the ticks; Escape starts over. Control with Up and Down goes through the legend, and
/// the right button chooses there, too.
class ChartCanvas : public QChartView {
    Q_OBJECT

public:
    explicit ChartCanvas(QWidget* parent = nullptr);

    void setTimeLabels(std::vector<TimeLabel> labels) { m_ruler->setLabels(std::move(labels)); }
    void setScale(const AxisScale& scale);
    void applyTheme();

    const AxisScale& scale() const { return m_scale; }
    const QRectF& plotArea() const { return m_plot->area(); }
    /// Coordinates are those of plotArea(). `moved`: what stays of what was there stands so many pixels further left;
    /// then only what is new is painted.
    void setContents(PlotContents contents, std::optional<int> moved = {});
    /// Share of the width, 0 at the left; nothing hides the crosshair.
    void setCursor(std::optional<double> share);
    void setReadout(PlotReadout readout) { m_plot->setReadout(std::move(readout)); }
    /// The entry of the legend that keys or the pointer have chosen; nothing where none is.
    std::optional<std::size_t> chosenEntry() const { return m_entry; }
    /// Where that stands on the viewport.
    QRect chosenArea() const;
    /// The pointer or the keyboard is here, not on another chart of the page.
    bool isLookedAt() const { return m_plot != nullptr && (underMouse() || hasFocus()); }

Q_SIGNALS:
    void cursorMoved(std::optional<double> share); ///< nothing when the pointer left
    void plotAreaChanged();
    void zoomed(double factor, std::optional<double> share); ///< about the pointer, if it was the pointer's wish
    void panned(double shares); ///< above 0 to later
    void wished(twinhull::ViewWish wish);
    void entryChosen(); ///< or none any more

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void onPlotAreaChanged(const QRectF& area);
    std::optional<double> shareAt(const QPointF& position) const;
    bool obey(int key, Qt::KeyboardModifiers modifiers);
    void moveCursor(double shares);
    std::optional<std::size_t> entryAt(const QPointF& position) const;
    std::optional<std::size_t> chosenIn(std::span<const ReadoutRow> legend) const;
    void stepEntry(int by);
    void chooseEntry(std::optional<std::size_t> entry);

    PlotItem* m_plot;
    TimeRuler* m_ruler;
    QValueAxis* m_values;
    AxisScale m_scale;
    std::optional<double> m_cursor;
    std::optional<std::size_t> m_entry;
    std::optional<double> m_draggedFrom; ///< x of the last move while the button is held
};

} // namespace twinhull
