// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_canvas.h"

#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"

#include <QChart>
#include <QGraphicsLayout>
#include <QMouseEvent>
#include <QValueAxis>

#include <algorithm>

namespace twinhull {

ChartCanvas::ChartCanvas(QWidget* parent)
    : QChartView(parent), m_plot(nullptr), m_ruler(nullptr), m_values(new QValueAxis)
{
    chart()->legend()->hide();
    chart()->setBackgroundVisible(false);
    chart()->setMargins({ 0, 0, 0, TimeRuler::height() });
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setAnimationOptions(QChart::NoAnimation);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing, false);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus);
    setMinimumSize(120, 96);

    m_values->setTickCount(AxisScale::kSteps + 1);
    m_values->setLabelFormat(QStringLiteral("%g"));
    m_values->setLineVisible(false);
    chart()->addAxis(m_values, Qt::AlignLeft);
    m_plot = new PlotItem(chart());
    m_plot->setZValue(100); // above the grid, whose items have values of their own
    m_ruler = new TimeRuler(chart());
    applyTheme();
    connect(chart(), &QChart::plotAreaChanged, this, &ChartCanvas::onPlotAreaChanged);
    m_values->setRange(m_scale.bottom, m_scale.top);
}

void ChartCanvas::setTimeSpan(std::chrono::seconds span)
{
    m_ruler->setSpan(span);
}

void ChartCanvas::setScale(const AxisScale& scale)
{
    if (scale == m_scale)
        return;
    m_scale = scale;
    m_values->setRange(scale.bottom, scale.top);
}

void ChartCanvas::applyTheme()
{
    const Theme& theme = Theme::current();
    m_values->setLabelsBrush(theme.color(ThemeColor::TextMuted));
    m_values->setLabelsFont(chartFont());
    m_values->setGridLinePen(QPen(theme.color(ThemeColor::Grid), 1));
}

void ChartCanvas::setCursor(std::optional<double> share)
{
    const QRectF& area = m_plot->area();
    m_plot->setCursorX(share ? std::optional(area.left() + *share * area.width()) : std::nullopt);
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF point = chart()->mapFromScene(mapToScene(event->position().toPoint()));
    const QRectF& area = m_plot->area();
    const bool isInside = area.width() > 0 && point.x() >= area.left() && point.x() <= area.right();
    Q_EMIT cursorMoved(isInside ? std::optional((point.x() - area.left()) / area.width()) : std::nullopt);
    QChartView::mouseMoveEvent(event);
}

void ChartCanvas::leaveEvent(QEvent* event)
{
    Q_EMIT cursorMoved(std::nullopt);
    QChartView::leaveEvent(event);
}

void ChartCanvas::onPlotAreaChanged(const QRectF& area)
{
    m_plot->setArea(area);
    m_ruler->setPlotArea(area);
    Q_EMIT plotAreaChanged();
}

} // namespace twinhull
