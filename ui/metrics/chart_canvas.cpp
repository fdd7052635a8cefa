// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/chart_canvas.h"

#include "ui/metrics/chart_palette.h"
#include "ui/theme/theme.h"

#include <QChart>
#include <QGraphicsLayout>
#include <QMouseEvent>
#include <QValueAxis>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr double kWheelStep = 120; ///< eighths of a degree: one notch of a wheel
constexpr double kWheelZoom = 1.25;
constexpr double kWheelPan = 0.1;
constexpr double kPlainlySideways = 3; ///< times as far as up or down: no finger scrolls quite straight
constexpr double kKeyZoom = 1.5;
constexpr double kKeyPan = 0.25;
constexpr double kKeyCursor = 0.01;

} // namespace

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
    viewport()->setAutoFillBackground(false);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent); // what is behind need not be painted at each tick
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::CrossCursor);
    setMinimumSize(120, 96);

    m_values->setTickCount(AxisScale::kSteps + 1);
    m_values->setLabelFormat(QStringLiteral("%g"));
    m_values->setLineVisible(false);
    m_values->setGridLineVisible(false); // the plot's own
    chart()->addAxis(m_values, Qt::AlignLeft);
    m_plot = new PlotItem(chart());
    m_plot->setZValue(100); // above the grid, whose items have values of their own
    m_ruler = new TimeRuler(chart());
    applyTheme();
    connect(chart(), &QChart::plotAreaChanged, this, &ChartCanvas::onPlotAreaChanged);
    m_values->setRange(m_scale.bottom, m_scale.top);
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
    m_plot->setGrid(AxisScale::kSteps, theme.color(ThemeColor::Grid));
    setBackgroundBrush(theme.color(ThemeColor::Surface)); // the card's
}

void ChartCanvas::setContents(PlotContents contents, std::optional<int> moved)
{
    constexpr double kAround = 4; // of a point; a marker has three pixels
    constexpr double kHardlyAny = 4; // pixels: what is level looks the same wherever it moves
    const auto still = moved ? m_plot->changesFrom(contents, 0) : std::nullopt;
    if (still && *still >= m_plot->area().right() - kHardlyAny)
        moved = 0;
    const auto from = moved ? m_plot->changesFrom(contents, *moved) : std::nullopt;
    const auto chosen = chosenIn(contents.legend);
    m_plot->setContents(std::move(contents), from ? PlotItem::Repaint::Nothing : PlotItem::Repaint::Whole);
    chooseEntry(chosen && *chosen < m_plot->legendEntries().size() ? chosen : std::nullopt);
    if (!from)
        return;
    const auto onViewport
        = [this](const QRectF& area) { return mapFromScene(m_plot->mapToScene(area)).boundingRect(); };
    const QRectF& area = m_plot->area();
    if (*moved > 0) {
        const QRect moving = onViewport(area).adjusted(0, 0, -1, 0); // a polygon's bounds hold its far edge, too
        viewport()->scroll(-*moved, 0, moving);
        if (const QRectF legend = m_plot->legendArea(); !legend.isEmpty())
            viewport()->update(onViewport(legend));
    }
    if (*from < area.right())
        viewport()->update(onViewport(area.adjusted(std::max(*from - kAround, area.left()) - area.left(), 0, 0, 0)));
}

void ChartCanvas::setCursor(std::optional<double> share)
{
    const QRectF& area = m_plot->area();
    m_cursor = share;
    m_plot->setCursorX(share ? std::optional(area.left() + *share * area.width()) : std::nullopt);
}

/// Nothing outside of the plot.
std::optional<double> ChartCanvas::shareAt(const QPointF& position) const
{
    const QPointF point = chart()->mapFromScene(mapToScene(position.toPoint()));
    const QRectF& area = m_plot->area();
    const bool isInside = area.width() > 0 && point.x() >= area.left() && point.x() <= area.right();
    return isInside ? std::optional((point.x() - area.left()) / area.width()) : std::nullopt;
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (m_draggedFrom && m_plot->area().width() > 0) {
        const double moved = event->position().x() - *m_draggedFrom;
        m_draggedFrom = event->position().x();
        if (moved != 0)
            Q_EMIT panned(-moved / m_plot->area().width());
    }
    Q_EMIT cursorMoved(shareAt(event->position()));
    QChartView::mouseMoveEvent(event);
}

void ChartCanvas::mousePressEvent(QMouseEvent* event)
{
    QChartView::mousePressEvent(event);
    chooseEntry(event->button() == Qt::RightButton ? entryAt(event->position()) : std::nullopt);
    if (event->button() != Qt::LeftButton || !shareAt(event->position()))
        return;
    m_draggedFrom = event->position().x();
    viewport()->setCursor(Qt::ClosedHandCursor);
}

void ChartCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    QChartView::mouseReleaseEvent(event);
    m_draggedFrom.reset();
    viewport()->setCursor(Qt::CrossCursor);
}

void ChartCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT wished(ViewWish::Reset);
}

/// With Ctrl it zooms; plainly sideways, or with Shift, it moves. Else the page scrolls.
void ChartCanvas::wheelEvent(QWheelEvent* event)
{
    const auto share = shareAt(event->position());
    const QPointF turned = QPointF(event->angleDelta()) / kWheelStep;
    if (!share || turned.isNull()) {
        event->ignore();
        return;
    }
    const bool isSideways = std::abs(turned.x()) > std::abs(turned.y());
    const bool isPlainlySideways = std::abs(turned.x()) > kPlainlySideways * std::abs(turned.y());
    event->accept();
    if (event->modifiers().testFlag(Qt::ControlModifier))
        Q_EMIT zoomed(std::pow(kWheelZoom, -(isSideways ? turned.x() : turned.y())), share);
    else if (isPlainlySideways || event->modifiers().testFlag(Qt::ShiftModifier))
        Q_EMIT panned(-kWheelPan * (isSideways ? turned.x() : turned.y()));
    else
        event->ignore();
}

void ChartCanvas::keyPressEvent(QKeyEvent* event)
{
    if (obey(event->key(), event->modifiers()))
        event->accept();
    else
        event->ignore(); // the page scrolls
}

bool ChartCanvas::obey(int key, Qt::KeyboardModifiers modifiers)
{
    const bool isCursors = modifiers.testFlag(Qt::ControlModifier);
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const double sign = key == Qt::Key_Left ? -1 : 1;
        if (isCursors)
            moveCursor(sign * kKeyCursor);
        else
            Q_EMIT panned(sign * kKeyPan);
        return true;
    }
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (!isCursors || m_plot->legendEntries().empty())
            return false;
        stepEntry(key == Qt::Key_Up ? -1 : 1);
        return true;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        Q_EMIT panned(key == Qt::Key_PageUp ? -1 : 1);
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        Q_EMIT zoomed(1 / kKeyZoom, {});
        return true;
    case Qt::Key_Minus:
        Q_EMIT zoomed(kKeyZoom, {});
        return true;
    case Qt::Key_Home:
    case Qt::Key_End:
    case Qt::Key_L:
        Q_EMIT wished(ViewWish::Live);
        return true;
    case Qt::Key_Escape:
        chooseEntry({});
        Q_EMIT cursorMoved(std::nullopt);
        Q_EMIT wished(ViewWish::Reset);
        return true;
    default:
        return false;
    }
}

void ChartCanvas::moveCursor(double shares)
{
    Q_EMIT cursorMoved(std::clamp(m_cursor.value_or(shares < 0 ? 1 : 0) + shares, 0.0, 1.0));
}

std::optional<std::size_t> ChartCanvas::entryAt(const QPointF& position) const
{
    const QPointF point = chart()->mapFromScene(mapToScene(position.toPoint()));
    const auto entries = m_plot->legendEntries();
    const auto found
        = std::find_if(entries.begin(), entries.end(), [&point](const QRectF& entry) { return entry.contains(point); });
    return found == entries.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - entries.begin()));
}

/// Where the chosen one stands in another legend: by its label, for a line without readings has no entry.
std::optional<std::size_t> ChartCanvas::chosenIn(std::span<const ReadoutRow> legend) const
{
    if (!m_entry)
        return std::nullopt;
    const QString& label = m_plot->legend()[*m_entry].label;
    if (*m_entry < legend.size() && legend[*m_entry].label == label)
        return m_entry; // of equal ones its own
    const auto found
        = std::find_if(legend.begin(), legend.end(), [&label](const ReadoutRow& row) { return row.label == label; });
    return found == legend.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - legend.begin()));
}

/// From the first to the last; beyond an end none is chosen.
void ChartCanvas::stepEntry(int by)
{
    const auto count = static_cast<int>(m_plot->legendEntries().size());
    const int next = m_entry ? static_cast<int>(*m_entry) + by : (by > 0 ? 0 : count - 1);
    chooseEntry(next >= 0 && next < count ? std::optional(static_cast<std::size_t>(next)) : std::nullopt);
}

void ChartCanvas::chooseEntry(std::optional<std::size_t> entry)
{
    if (entry == m_entry)
        return;
    m_entry = entry;
    m_plot->setChosenEntry(entry);
    Q_EMIT entryChosen();
}

QRect ChartCanvas::chosenArea() const
{
    const auto entries = m_plot->legendEntries();
    return m_entry && *m_entry < entries.size() ? mapFromScene(m_plot->mapToScene(entries[*m_entry])).boundingRect()
                                                : viewport()->rect();
}

void ChartCanvas::focusInEvent(QFocusEvent* event)
{
    if (event->reason() != Qt::MouseFocusReason)
        m_plot->setFocusColor(Theme::current().color(ThemeColor::Accent));
    QChartView::focusInEvent(event);
}

void ChartCanvas::focusOutEvent(QFocusEvent* event)
{
    m_plot->setFocusColor({});
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason)
        chooseEntry({}); // a menu and the sheet tell of it
    // Later: the focus also leaves what is being deleted, whose owner hears no signals any more.
    QMetaObject::invokeMethod(
        this, [this] { Q_EMIT cursorMoved(std::nullopt); }, Qt::QueuedConnection);
    QChartView::focusOutEvent(event);
}

void ChartCanvas::leaveEvent(QEvent* event)
{
    Q_EMIT cursorMoved(std::nullopt);
    QChartView::leaveEvent(event);
}

void ChartCanvas::onPlotAreaChanged(const QRectF& area)
{
    const double left = std::ceil(area.left()); // times stand at whole pixels
    m_plot->setArea({ left, area.top(), std::max(std::floor(area.right()) - left, 0.0), area.height() });
    m_ruler->setPlotArea(m_plot->area());
    Q_EMIT plotAreaChanged();
}

} // namespace twinhull
