// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/metrics/plot_item.h"
#include "ui/metrics/time_ruler.h"
#include "ui/metrics/units.h"

#include <QChartView>

class QValueAxis;

namespace twinhull {

/// Axes, grid and plot area of one chart: value axis, time axis that ends now.
class ChartCanvas : public QChartView {
    Q_OBJECT

public:
    explicit ChartCanvas(QWidget* parent = nullptr);

    void setTimeSpan(std::chrono::seconds span);
    void setScale(const AxisScale& scale);
    void applyTheme();

    const AxisScale& scale() const { return m_scale; }
    const QRectF& plotArea() const { return m_plot->area(); }
    /// Coordinates are those of plotArea().
    void setContents(PlotContents contents) { m_plot->setContents(std::move(contents)); }
    /// Share of the width, 0 at the left; nothing hides the crosshair.
    void setCursor(std::optional<double> share);

Q_SIGNALS:
    void cursorMoved(std::optional<double> share); ///< nothing when the pointer left
    void plotAreaChanged();

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void onPlotAreaChanged(const QRectF& area);

    PlotItem* m_plot;
    TimeRuler* m_ruler;
    QValueAxis* m_values;
    AxisScale m_scale;
};

} // namespace twinhull
