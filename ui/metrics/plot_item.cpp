// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/plot_item.h"

#include <QPainter>

namespace twinhull {

namespace {

constexpr double kLineWidth = 1.4;
constexpr int kWordGap = 4;

} // namespace

void PlotItem::setArea(const QRectF& area)
{
    if (area == m_area)
        return;
    prepareGeometryChange();
    m_area = area;
}

void PlotItem::setContents(PlotContents contents)
{
    m_contents = std::move(contents);
    update();
}

void PlotItem::setCursorX(std::optional<double> x)
{
    if (x == m_cursorX)
        return;
    m_cursorX = x;
    update();
}

void PlotItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*)
{
    painter->save();
    painter->setClipRect(m_area);
    painter->setRenderHint(QPainter::Antialiasing, true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_contents.bandColor);
    for (const QPolygonF& band : m_contents.bands)
        painter->drawPolygon(band);
    painter->setBrush(Qt::NoBrush);
    for (const PlotLine& line : m_contents.lines) {
        painter->setPen(QPen(line.color, kLineWidth, line.style, Qt::FlatCap, Qt::BevelJoin));
        for (const QPolygonF& piece : line.pieces)
            painter->drawPolyline(piece);
    }
    painter->setRenderHint(QPainter::Antialiasing, false);
    paintMarks(*painter);
    painter->restore();
}

void PlotItem::paintMarks(QPainter& painter) const
{
    painter.setPen(QPen(m_contents.markColor, 1, Qt::DotLine));
    painter.setFont(m_contents.markFont);
    const QFontMetricsF metrics(m_contents.markFont);
    double freeFrom = m_area.left();
    for (const PlotMark& mark : m_contents.marks) {
        painter.drawLine(QPointF(mark.x, m_area.top()), QPointF(mark.x, m_area.bottom()));
        const double width = metrics.horizontalAdvance(mark.word);
        const bool isLeftOfLine = mark.x + kWordGap + width > m_area.right();
        const double textX = isLeftOfLine ? mark.x - kWordGap - width : mark.x + kWordGap;
        if (textX < freeFrom)
            continue; // its line stands; two words on one another could not be read
        painter.drawText(QPointF(textX, m_area.top() + metrics.ascent()), mark.word);
        freeFrom = textX + width + kWordGap;
    }
    if (!m_cursorX)
        return;
    painter.setPen(QPen(m_contents.markColor, 1, Qt::SolidLine));
    painter.drawLine(QPointF(*m_cursorX, m_area.top()), QPointF(*m_cursorX, m_area.bottom()));
}

} // namespace twinhull
