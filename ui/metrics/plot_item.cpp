// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/plot_item.h"

#include "ui/metrics/plot_motion.h"

#include <QCoreApplication>
#include <QPainter>
#include <QStyleOptionGraphicsItem>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

namespace twinhull {

namespace {

constexpr double kLineWidth = 1.4;
constexpr int kWordGap = 4;
constexpr double kPadding = 6;
constexpr double kSample = 16; ///< of a line, in the box at the crosshair

void drawOutline(QPainter& painter, std::span<const QPointF> top, std::span<const QPointF> bottom)
{
    QPolygonF outline(top.begin(), top.end());
    std::reverse_copy(bottom.begin(), bottom.end(), std::back_inserter(outline));
    painter.drawPolygon(outline);
}

/// Qt fills an outline at once, and its time grows much faster than the points of one that goes up and down everywhere;
/// short stretches look the same, without smoothing, which would show where they meet. Both edges have the same
/// moments.
void fillInStretches(QPainter& painter, std::span<const QPointF> top, std::span<const QPointF> bottom)
{
    constexpr std::size_t kStretch = 12; // points
    for (std::size_t first = 0; first + 1 < top.size(); first += kStretch) {
        const std::size_t count = std::min<std::size_t>(kStretch + 1, top.size() - first);
        drawOutline(painter, top.subspan(first, count), bottom.subspan(first, count));
    }
}

std::span<const QPointF> spanOf(const QPolygonF& polygon)
{
    return { polygon.constData(), static_cast<std::size_t>(polygon.size()) };
}

/// Of points from left to right those that are seen there, and one beside them at each end.
std::pair<std::size_t, std::size_t> seenOf(std::span<const QPointF> points, const QRectF& exposed)
{
    constexpr double kAround = 2; // pixels: a line is not all at its points
    const auto isBefore = [](const QPointF& point, double x) { return point.x() < x; };
    auto first = std::lower_bound(points.begin(), points.end(), exposed.left() - kAround, isBefore);
    auto last = std::lower_bound(first, points.end(), exposed.right() + kAround, isBefore);
    first -= first == points.begin() ? 0 : 1;
    last += last == points.end() ? 0 : 1;
    return { static_cast<std::size_t>(first - points.begin()), static_cast<std::size_t>(last - first) };
}

/// Beyond so many pixels of line in all, areas are filled in stretches, and a line is painted once.
constexpr double kDensePixels = 4'000;

double lengthOf(const std::vector<PlotLine>& lines)
{
    double length = 0;
    for (const PlotLine& line : lines) {
        for (const QPolygonF& piece : line.pieces) {
            for (qsizetype i = 1; i < piece.size(); ++i)
                length += std::abs(piece[i].x() - piece[i - 1].x()) + std::abs(piece[i].y() - piece[i - 1].y());
        }
    }
    return length;
}

void drawMarker(QPainter& painter, PlotMarker marker, const QPointF& at)
{
    constexpr double kReach = 3;
    const QPointF across(kReach, 0);
    const QPointF down(0, kReach);
    switch (marker) {
    case PlotMarker::None:
        break;
    case PlotMarker::Disc:
        painter.drawEllipse(at, kReach, kReach);
        break;
    case PlotMarker::Square:
        painter.drawRect(QRectF(at - across - down, at + across + down));
        break;
    case PlotMarker::Triangle:
        painter.drawPolygon(QPolygonF{ at - down, at + down + across, at + down - across });
        break;
    case PlotMarker::Diamond:
        painter.drawPolygon(QPolygonF{ at - down, at + across, at + down, at - across });
        break;
    case PlotMarker::Cross:
        painter.drawLine(at - across - down, at + across + down);
        painter.drawLine(at - across + down, at + across - down);
        break;
    }
}

/// At equal distances, each kind of mark at other ones, so that those of lines on one another can be told apart.
void drawMarkers(QPainter& painter, const PlotLine& line)
{
    constexpr double kApart = 60;
    constexpr double kAside = 11;
    if (line.marker == PlotMarker::None)
        return;
    painter.setPen(QPen(line.color, 1));
    painter.setBrush(line.color);
    const double aside = kAside * static_cast<double>(line.marker);
    for (const QPolygonF& piece : line.pieces) {
        for (qsizetype i = 1; i < piece.size(); ++i) {
            const QPointF& from = piece[i - 1];
            const QPointF& to = piece[i];
            double x = std::ceil((from.x() - aside) / kApart) * kApart + aside;
            for (; x < to.x(); x += kApart)
                drawMarker(
                    painter, line.marker, { x, from.y() + (to.y() - from.y()) * (x - from.x()) / (to.x() - from.x()) });
        }
    }
    painter.setBrush(Qt::NoBrush);
}

void drawSample(QPainter& painter, const ReadoutRow& row, double x, double y)
{
    painter.setPen(QPen(row.color, 2, row.style, Qt::FlatCap));
    painter.drawLine(QPointF(x, y), QPointF(x + kSample, y));
    painter.setPen(QPen(row.color, 1));
    painter.setBrush(row.color);
    drawMarker(painter, row.marker, { x + kSample / 2, y });
    painter.setBrush(Qt::NoBrush);
}

} // namespace

void PlotItem::setArea(const QRectF& area)
{
    if (area == m_area)
        return;
    prepareGeometryChange();
    m_area = area;
}

PlotItem::PlotItem(QGraphicsItem* parent) : QGraphicsItem(parent)
{
    setFlag(ItemUsesExtendedStyleOption); // to be told what of it is exposed
}

void PlotItem::setContents(PlotContents contents, Repaint repaint)
{
    m_contents = std::move(contents);
    m_isDense = lengthOf(m_contents.lines) > kDensePixels;
    if (repaint == Repaint::Whole)
        update();
}

std::optional<double> PlotItem::changesFrom(const PlotContents& contents, int moved) const
{
    if (m_cursorX || m_focusColor.isValid() || m_isDense != (lengthOf(contents.lines) > kDensePixels))
        return std::nullopt;
    return partingOf(m_contents, contents, moved, m_area);
}

QRectF PlotItem::legendArea() const
{
    if (m_contents.legend.empty())
        return {};
    const double height = QFontMetricsF(m_contents.markFont).height();
    return { m_area.left(), m_area.top() + height, m_area.width(), height + 4 };
}

/// Those without room are left out: the crosshair names all.
std::vector<QRectF> PlotItem::legendEntries() const
{
    const QFontMetricsF metrics(m_contents.markFont);
    const QRectF area = legendArea();
    std::vector<QRectF> entries;
    double x = area.left() + kWordGap;
    for (const ReadoutRow& row : m_contents.legend) {
        const double width = kSample + kWordGap + metrics.horizontalAdvance(row.label);
        if (x + width > area.right())
            break;
        entries.emplace_back(x, area.top(), width, area.height());
        x += width + 2 * kWordGap;
    }
    return entries;
}

void PlotItem::setChosenEntry(std::optional<std::size_t> entry)
{
    if (entry == m_chosenEntry)
        return;
    m_chosenEntry = entry;
    update();
}

void PlotItem::setCursorX(std::optional<double> x)
{
    if (x == m_cursorX)
        return;
    m_cursorX = x;
    update();
}

void PlotItem::setReadout(PlotReadout readout)
{
    if (m_readout.rows.empty() && readout.rows.empty())
        return;
    m_readout = std::move(readout);
    update();
}

void PlotItem::setFocusColor(const QColor& color)
{
    m_focusColor = color;
    update();
}

void PlotItem::setGrid(int stretches, const QColor& color)
{
    m_stretches = stretches;
    m_gridColor = color;
    update();
}

void PlotItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*)
{
    painter->save();
    paintGrid(*painter);
    painter->setClipRect(m_area);
    const QRectF exposed = option != nullptr ? option->exposedRect : m_area;
    paintAreas(*painter, exposed);
    painter->setRenderHint(QPainter::Antialiasing, true);
    paintLines(*painter, exposed);
    painter->setRenderHint(QPainter::Antialiasing, false);
    paintMarks(*painter);
    paintLegend(*painter);
    paintCursor(*painter);
    if (m_focusColor.isValid()) {
        painter->setPen(QPen(m_focusColor, 1));
        painter->drawRect(m_area.adjusted(0, 0, -1, -1));
    }
    painter->restore();
}

/// The lowest of them lies on the edge, where the clip would cut it off.
void PlotItem::paintGrid(QPainter& painter) const
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(m_gridColor, 1));
    for (int line = 0; line <= m_stretches && m_stretches > 0; ++line) {
        const double y = m_area.bottom() - m_area.height() * line / m_stretches;
        painter.drawLine(QPointF(m_area.left(), y), QPointF(m_area.right(), y));
    }
}

void PlotItem::paintAreas(QPainter& painter, const QRectF& exposed) const
{
    painter.setRenderHint(QPainter::Antialiasing, !m_isDense);
    painter.setPen(Qt::NoPen);
    for (const PlotArea& area : m_contents.areas) {
        painter.setBrush(area.color);
        for (const PlotBand& band : area.pieces) {
            if (band.top.size() != band.bottom.size()) {
                drawOutline(painter, spanOf(band.top), spanOf(band.bottom));
                continue;
            }
            const auto [first, count] = seenOf(spanOf(band.top), exposed);
            const auto top = spanOf(band.top).subspan(first, count);
            const auto bottom = spanOf(band.bottom).subspan(first, count);
            if (m_isDense)
                fillInStretches(painter, top, bottom);
            else
                drawOutline(painter, top, bottom);
        }
    }
    painter.setBrush(Qt::NoBrush);
}

/// For lines one pixel of the screen wide Qt has a way of its own that takes a twentieth of filling the outline of
/// wider ones. Two of them side by side look like one of kLineWidth; where pixels are smaller it would take more.
void PlotItem::paintLines(QPainter& painter, const QRectF& exposed) const
{
    const auto drawSeen = [&](const QPolygonF& piece) {
        const auto [first, count] = seenOf(spanOf(piece), exposed);
        painter.drawPolyline(piece.constData() + first, static_cast<int>(count));
    };
    const bool isFine = !m_isDense && painter.device()->devicePixelRatioF() > 1;
    for (const PlotLine& line : m_contents.lines) {
        QPen pen(line.color, isFine ? kLineWidth : 1, line.style, Qt::FlatCap, Qt::BevelJoin);
        pen.setCosmetic(!isFine);
        painter.setPen(pen);
        const bool isDouble = !isFine && !m_isDense && line.color.alpha() == 255; // else both would be seen
        const double aside = isDouble ? (kLineWidth - 1) / 2 : 0;
        painter.translate(-aside, -aside);
        const bool isDashed = line.style != Qt::SolidLine; // a dash begins where the line does
        for (const QPolygonF& piece : line.pieces) {
            if (isDashed)
                painter.drawPolyline(piece);
            else
                drawSeen(piece);
        }
        painter.translate(2 * aside, 2 * aside);
        for (const QPolygonF& piece : line.pieces) {
            if (isDouble && isDashed)
                painter.drawPolyline(piece);
            else if (isDouble)
                drawSeen(piece);
        }
        painter.translate(-aside, -aside);
        drawMarkers(painter, line);
    }
}

void PlotItem::paintLegend(QPainter& painter) const
{
    const QFontMetricsF metrics(m_contents.markFont);
    const double baseline = m_area.top() + metrics.height() + metrics.ascent() + 2;
    const auto entries = legendEntries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const ReadoutRow& row = m_contents.legend[i];
        const double middle = baseline - metrics.ascent() / 2 + 1;
        drawSample(painter, row, entries[i].left(), middle);
        painter.setPen(m_contents.legendColor);
        painter.drawText(QPointF(entries[i].left() + kSample + kWordGap, baseline), row.label);
        if (m_chosenEntry == i)
            painter.drawRect(entries[i].adjusted(-2, 0, 1, -1));
    }
}

void PlotItem::paintCursor(QPainter& painter) const
{
    painter.setFont(m_contents.markFont);
    if (!m_contents.notice.isEmpty()) {
        painter.setPen(m_contents.markColor);
        painter.drawText(
            m_area.adjusted(kPadding, 0, -kPadding, 0), Qt::AlignCenter | Qt::TextWordWrap, m_contents.notice);
    }
    if (!m_cursorX)
        return;
    painter.setPen(QPen(m_contents.markColor, 1, Qt::SolidLine));
    painter.drawLine(QPointF(*m_cursorX, m_area.top()), QPointF(*m_cursorX, m_area.bottom()));
    if (!m_readout.rows.empty())
        paintReadout(painter);
}

/// At the side of the crosshair where there is room; what does not fit is counted in the last line.
void PlotItem::paintReadout(QPainter& painter) const
{
    const QFontMetricsF metrics(m_contents.markFont);
    const double lineHeight = metrics.height() + 1;
    const auto fitting = static_cast<std::size_t>(std::max(2.0, (m_area.height() - 2 * kPadding) / lineHeight - 1));
    const auto whole = m_readout.rows.size();
    const std::size_t shown = whole <= fitting ? whole : fitting - 1;
    const QString rest
        = shown < whole ? QCoreApplication::translate("PlotItem", "and %1 more").arg(whole - shown) : QString();
    const std::span rows(m_readout.rows.data(), shown);
    double labels = 0;
    double values = 0;
    for (const ReadoutRow& row : rows) {
        labels = std::max(labels, metrics.horizontalAdvance(row.label));
        values = std::max(values, metrics.horizontalAdvance(row.value));
    }
    const double inner = std::max({ kSample + kWordGap + labels + 2 * kPadding + values,
        metrics.horizontalAdvance(m_readout.title), metrics.horizontalAdvance(rest) });
    const double lines = static_cast<double>(shown) + (rest.isEmpty() ? 1 : 2);
    QRectF box(*m_cursorX + kPadding, m_area.top() + 1, std::min(inner + 2 * kPadding, m_area.width() - 2),
        lines * lineHeight + 2 * kPadding - 2);
    if (box.right() > m_area.right())
        box.moveRight(*m_cursorX - kPadding);
    box.moveLeft(std::max(box.left(), m_area.left() + 1));
    painter.setPen(QPen(m_readout.border, 1));
    painter.setBrush(m_readout.ground);
    painter.drawRect(box);
    painter.setBrush(Qt::NoBrush);
    const QRectF text = box.adjusted(kPadding, kPadding - 1, -kPadding, 0);
    painter.setPen(m_contents.markColor);
    painter.drawText(QPointF(text.left(), text.top() + metrics.ascent()), m_readout.title);
    painter.drawText(QPointF(text.left(), text.top() + metrics.ascent() + (lines - 1) * lineHeight), rest);
    paintRows(painter, rows, text.adjusted(0, lineHeight, 0, 0));
}

void PlotItem::paintRows(QPainter& painter, std::span<const ReadoutRow> rows, const QRectF& area) const
{
    const QFontMetricsF metrics(m_contents.markFont);
    double baseline = area.top() + metrics.ascent();
    for (const ReadoutRow& row : rows) {
        if (row.color.isValid()) {
            const double middle = baseline - metrics.ascent() / 2 + 1;
            drawSample(painter, row, area.left(), middle);
        }
        const double value = metrics.horizontalAdvance(row.value);
        const double room = area.width() - kSample - kWordGap - kPadding - value;
        painter.setPen(m_readout.text);
        painter.drawText(
            QPointF(area.left() + kSample + kWordGap, baseline), metrics.elidedText(row.label, Qt::ElideMiddle, room));
        painter.drawText(QPointF(area.right() - value, baseline), row.value);
        baseline += metrics.height() + 1;
    }
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
}

} // namespace twinhull
