// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/stacked_bars.h"

#include "ui/theme/theme.h"
#include "ui/widgets/figure_explanation.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <numeric>

namespace twinhull {

namespace {

constexpr int kRowHeight = 26;
constexpr int kBarHeight = 18;
constexpr int kLeastLabel = 96;
constexpr int kTextGap = 8;
constexpr int kLeastEndText = 80;
constexpr double kThinnest = 2;

QString spoken(const BarRow& row)
{
    QStringList parts{ row.endText };
    for (const BarSegment& segment : row.segments)
        parts << segment.explanation;
    return row.label + QStringLiteral(": ") + parts.join(QStringLiteral(", "));
}

bool isExplainKey(const QKeyEvent& event)
{
    return event.key() == Qt::Key_F1 && event.modifiers() == Qt::ShiftModifier;
}

} // namespace

/// Neighbours differ; none is so faint that it is lost on the card.
QColor StackedBars::shade(const QColor& color, std::size_t segment)
{
    constexpr std::array kAlphas = { 255, 170, 215, 140, 190 };
    QColor shade = color;
    shade.setAlpha(kAlphas.at(segment % kAlphas.size()));
    return shade;
}

double BarRow::total() const
{
    return std::accumulate(segments.begin(), segments.end(), 0.0,
        [](double sum, const BarSegment& segment) { return sum + segment.value; });
}

StackedBars::StackedBars(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    addExplainAction(*this, std::function<void()>([this] {
        if (const auto part = current())
            explain(*part);
    }));
}

void StackedBars::setRows(std::vector<BarRow> rows)
{
    if (rows == m_rows)
        return;
    const bool isResized = rows.size() != m_rows.size();
    m_rows = std::move(rows);
    QStringList texts;
    for (const BarRow& row : m_rows)
        texts << spoken(row);
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    if (isResized)
        updateGeometry();
    update();
}

QSize StackedBars::sizeHint() const
{
    return { 400, kRowHeight * static_cast<int>(m_rows.size()) };
}

QSize StackedBars::minimumSizeHint() const
{
    return { kLeastLabel + kLeastEndText, sizeHint().height() };
}

int StackedBars::labelWidth() const
{
    const QFontMetrics metrics(Theme::current().smallFont());
    int widest = kLeastLabel;
    for (const BarRow& row : m_rows)
        widest = std::max(widest, metrics.horizontalAdvance(row.label) + kTextGap);
    return std::max(kLeastLabel, std::min(widest, width() / 3));
}

double StackedBars::greatestLead() const
{
    double lead = 0;
    for (const BarRow& row : m_rows)
        lead = std::max(lead, row.lead);
    return lead;
}

double StackedBars::pixelsPerUnit() const
{
    const double lead = greatestLead();
    double longest = 0;
    int endWidth = kLeastEndText;
    for (const BarRow& row : m_rows) {
        const double end = lead - row.lead + row.total();
        if (end < longest)
            continue;
        longest = end;
        endWidth = fontMetrics().horizontalAdvance(row.endText) + kTextGap;
    }
    const int room = width() - labelWidth() - endWidth;
    return longest > 0 && room > 0 ? room / longest : 0;
}

QRectF StackedBars::segmentRect(std::size_t row, std::size_t segment) const
{
    const double scale = pixelsPerUnit();
    double x = labelWidth() + (greatestLead() - m_rows[row].lead) * scale;
    for (std::size_t i = 0; i < segment; ++i)
        x += m_rows[row].segments[i].value * scale;
    const double width = std::max(kThinnest, m_rows[row].segments[segment].value * scale);
    const double y = static_cast<double>(row) * kRowHeight + (kRowHeight - kBarHeight) / 2.0;
    return { x, y, width, kBarHeight };
}

void StackedBars::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(Theme::current().smallFont());
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        paintRow(painter, row);
    if (hasFocus())
        paintFocus(painter);
}

void StackedBars::paintFocus(QPainter& painter) const
{
    const auto part = current();
    if (!part)
        return;
    painter.setPen(Theme::current().color(ThemeColor::Text));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(segmentRect(part->row, part->segment).adjusted(0, -2, -1, 1));
}

void StackedBars::paintRow(QPainter& painter, std::size_t row) const
{
    const BarRow& bar = m_rows[row];
    const QRectF line(0, static_cast<double>(row) * kRowHeight, width(), kRowHeight);
    const QRectF label(line.topLeft(), QSizeF(labelWidth() - kTextGap, line.height()));
    const QColor muted = Theme::current().color(ThemeColor::TextMuted);
    painter.setPen(muted);
    painter.drawText(label, Qt::AlignVCenter,
        painter.fontMetrics().elidedText(bar.label, Qt::ElideMiddle, static_cast<int>(label.width())));
    double end = labelWidth();
    for (std::size_t i = 0; i < bar.segments.size(); ++i) {
        paintSegment(painter, row, i);
        end = segmentRect(row, i).right() + kTextGap;
    }
    painter.setPen(muted);
    painter.drawText(line.adjusted(end, 0, 0, 0), Qt::AlignVCenter, bar.endText);
}

void StackedBars::paintSegment(QPainter& painter, std::size_t row, std::size_t segment) const
{
    const QString& name = m_rows[row].segments[segment].name;
    const QRectF rect = segmentRect(row, segment);
    const bool leavesGap = rect.width() > 2 * kThinnest;
    painter.fillRect(rect.adjusted(0, 0, leavesGap ? -1 : 0, 0), shade(m_rows[row].color, segment));
    if (painter.fontMetrics().horizontalAdvance(name) + kTextGap > rect.width())
        return;
    painter.setPen(Theme::current().color(ThemeColor::AccentText));
    painter.drawText(rect, Qt::AlignCenter, name);
}

std::optional<StackedBars::Part> StackedBars::partAt(const QPointF& point) const
{
    const auto row = static_cast<std::size_t>(std::max(0.0, point.y()) / kRowHeight);
    if (row >= m_rows.size())
        return std::nullopt;
    for (std::size_t i = 0; i < m_rows[row].segments.size(); ++i) {
        if (segmentRect(row, i).adjusted(-1, 0, 1, 0).contains(point))
            return Part{ row, i };
    }
    return std::nullopt;
}

std::optional<StackedBars::Part> StackedBars::current() const
{
    if (m_current.row < m_rows.size() && m_current.segment < m_rows[m_current.row].segments.size())
        return m_current;
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        if (!m_rows[row].segments.empty())
            return Part{ row, 0 };
    }
    return std::nullopt;
}

/// Rows without parts are passed over.
void StackedBars::moveTo(int rows, int segments)
{
    const auto part = current();
    if (!part)
        return;
    auto row = static_cast<int>(part->row) + rows;
    const auto count = static_cast<int>(m_rows.size());
    while (rows != 0 && row >= 0 && row < count && m_rows[static_cast<std::size_t>(row)].segments.empty())
        row += rows;
    if (row < 0 || row >= count)
        return;
    const auto last = static_cast<int>(m_rows[static_cast<std::size_t>(row)].segments.size()) - 1;
    const int segment = std::clamp(static_cast<int>(part->segment) + segments, 0, last);
    m_current = { static_cast<std::size_t>(row), static_cast<std::size_t>(segment) };
    update();
}

void StackedBars::explain(const Part& part)
{
    m_current = part;
    update();
    const BarRow& row = m_rows[part.row];
    const BarSegment& segment = row.segments[part.segment];
    const QString whole = segment.isPartOfWhole ? QStringLiteral(", ") + tr("of %1").arg(row.endText) : QString();
    FigurePopover::open({ { row.label, segment.explanation + whole, segment.meaning } }, *this,
        segmentRect(part.row, part.segment).toAlignedRect());
}

void StackedBars::mouseReleaseEvent(QMouseEvent* event)
{
    const auto part = event->button() == Qt::LeftButton ? partAt(event->position()) : std::nullopt;
    if (part)
        explain(*part);
    else
        QWidget::mouseReleaseEvent(event);
}

void StackedBars::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return moveTo(0, -1);
    case Qt::Key_Right:
        return moveTo(0, 1);
    case Qt::Key_Up:
        return moveTo(-1, 0);
    case Qt::Key_Down:
        return moveTo(1, 0);
    case Qt::Key_F1:
        if (!isExplainKey(*event))
            return QWidget::keyPressEvent(event);
        [[fallthrough]];
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (const auto part = current())
            explain(*part);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void StackedBars::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

/// A card around it may explain itself by the same key: the part comes first.
bool StackedBars::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && isExplainKey(*static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto part = partAt(help->pos());
    if (!part)
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), m_rows[part->row].segments[part->segment].explanation, this);
    return true;
}

} // namespace twinhull
