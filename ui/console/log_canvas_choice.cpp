// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_canvas.h"

#include <QAccessible>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>
#include <limits>

namespace twinhull {

namespace {

constexpr int kLeftMargin = 6;
constexpr int kDragStepMilliseconds = 40;
constexpr std::size_t kCopiedAtOnce = 1024;

bool isOfLogWord(QChar letter)
{
    return letter.isLetterOrNumber() || QStringLiteral("_-./:@%+=").contains(letter);
}

} // namespace

std::pair<LogCanvas::Position, LogCanvas::Position> LogCanvas::chosen() const
{
    const Position anchor = m_anchor.value_or(m_head);
    return { std::min(anchor, m_head), std::max(anchor, m_head) };
}

std::uint64_t LogCanvas::currentLine() const
{
    if (m_anchor)
        return m_head.line;
    return rowCount() == 0 ? 0 : m_rows->lineAt(std::min(topRow(), rowCount() - 1));
}

void LogCanvas::showLine(std::uint64_t line)
{
    if (rowCount() == 0)
        return;
    moveTo(std::min(m_rows->rowFrom(line), rowCount() - 1), Extend::No);
}

void LogCanvas::ensureVisible(std::size_t row)
{
    const std::size_t top = topRow();
    const std::size_t page = rowsInSight();
    if (row < top)
        verticalScrollBar()->setValue(static_cast<int>(row));
    else if (row >= top + page)
        verticalScrollBar()->setValue(static_cast<int>(row - page + 1));
}

/// Whole lines are chosen by keys.
void LogCanvas::moveTo(std::size_t row, Extend extend)
{
    const std::uint64_t line = m_rows->lineAt(row);
    const auto lengthOf = [this](std::uint64_t number) -> qsizetype {
        const auto* shown = laid(number);
        return shown == nullptr ? 0 : shown->text.text.size();
    };
    if (extend == Extend::No || !m_anchor) {
        m_anchor = m_head = { line, 0 };
    } else {
        const bool isDown = line >= m_anchor->line;
        m_anchor->column = isDown ? 0 : lengthOf(m_anchor->line);
        m_head = { line, isDown ? lengthOf(line) : 0 };
    }
    ensureVisible(row);
    onScrolledByPerson();
    viewport()->update();
    if (QAccessible::isActive()) {
        QAccessibleValueChangeEvent told(this, currentText());
        QAccessible::updateAccessibility(&told);
    }
}

/// Who looks at older lines wants to keep them; who goes to the end follows again.
void LogCanvas::onScrolledByPerson()
{
    const bool isAtEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum();
    if (isAtEnd == m_isFollowing)
        return;
    m_isFollowing = isAtEnd;
    Q_EMIT followingChanged(isAtEnd);
}

void LogCanvas::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        return copy();
    if (event->matches(QKeySequence::SelectAll))
        return selectAll();
    if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
        const int step = horizontalScrollBar()->singleStep() * (event->key() == Qt::Key_Left ? -2 : 2);
        return horizontalScrollBar()->setValue(horizontalScrollBar()->value() + step);
    }
    if (event->key() == Qt::Key_Escape && m_anchor) {
        m_anchor.reset();
        return viewport()->update();
    }
    const auto row = rowForKey(event->key());
    if (!row)
        return event->ignore();
    const bool extends = event->modifiers().testFlag(Qt::ShiftModifier);
    moveTo(*row, extends ? Extend::Yes : Extend::No);
}

/// Where a key leads from the marked line, else from what is in sight.
std::optional<std::size_t> LogCanvas::rowForKey(int key) const
{
    const auto rows = static_cast<qsizetype>(rowCount());
    if (rows == 0)
        return std::nullopt;
    const auto page = static_cast<qsizetype>(rowsInSight());
    const auto top = static_cast<qsizetype>(topRow());
    const auto bottom = std::min(top + page, rows) - 1;
    const auto marked = m_anchor ? std::optional(static_cast<qsizetype>(m_rows->rowFrom(m_head.line))) : std::nullopt;
    qsizetype row = 0;
    switch (key) {
    case Qt::Key_Up:
        row = marked ? *marked - 1 : bottom;
        break;
    case Qt::Key_Down:
        row = marked ? *marked + 1 : top;
        break;
    case Qt::Key_PageUp:
        row = marked.value_or(top) - page;
        break;
    case Qt::Key_PageDown:
        row = marked.value_or(top) + page;
        break;
    case Qt::Key_Home:
        break;
    case Qt::Key_End:
        row = rows - 1;
        break;
    default:
        return std::nullopt;
    }
    return static_cast<std::size_t>(std::clamp<qsizetype>(row, 0, rows - 1));
}

void LogCanvas::wheelEvent(QWheelEvent* event)
{
    QAbstractScrollArea::wheelEvent(event);
    onScrolledByPerson();
}

LogCanvas::Position LogCanvas::positionAt(const QPoint& point) const
{
    const qsizetype offset = point.y() < 0 ? -1 : point.y() / m_lineHeight;
    const auto row
        = std::clamp<qsizetype>(static_cast<qsizetype>(topRow()) + offset, 0, static_cast<qsizetype>(rowCount()) - 1);
    const std::uint64_t line = m_rows->lineAt(static_cast<std::size_t>(row));
    const auto* shown = laid(line);
    if (shown == nullptr)
        return { line, 0 };
    const double x = point.x() - kLeftMargin + horizontalScrollBar()->value();
    return { line, shown->layout->lineAt(0).xToCursor(x) };
}

void LogCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || rowCount() == 0)
        return;
    m_head = positionAt(event->pos());
    if (!m_anchor || !event->modifiers().testFlag(Qt::ShiftModifier))
        m_anchor = m_head;
    if (m_isFollowing) { // what is being chosen must not run away
        m_isFollowing = false;
        Q_EMIT followingChanged(false);
    }
    m_dragTimer.start(kDragStepMilliseconds, this);
    viewport()->update();
}

void LogCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_dragTimer.isActive() || rowCount() == 0)
        return;
    m_head = positionAt(event->pos());
    viewport()->update();
}

void LogCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    Q_UNUSED(event)
    m_dragTimer.stop();
    const auto [begin, end] = chosen();
    if (begin != end && QGuiApplication::clipboard()->supportsSelection() && end.line - begin.line < kCopiedAtOnce)
        QGuiApplication::clipboard()->setText(textToCopy(), QClipboard::Selection);
}

/// Held outside: it scrolls on.
void LogCanvas::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_dragTimer.timerId())
        return QAbstractScrollArea::timerEvent(event);
    const QPoint point = viewport()->mapFromGlobal(QCursor::pos());
    if (rowCount() == 0 || (point.y() >= 0 && point.y() < viewport()->height()))
        return;
    verticalScrollBar()->setValue(verticalScrollBar()->value() + (point.y() < 0 ? -1 : 1));
    m_head = positionAt(point);
    viewport()->update();
}

void LogCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rowCount() > 0)
        chooseWordAt(positionAt(event->pos()));
}

void LogCanvas::chooseWordAt(const Position& at)
{
    const auto* shown = laid(at.line);
    if (shown == nullptr)
        return;
    const QString& text = shown->text.text;
    qsizetype begin = std::min(at.column, text.size());
    qsizetype end = begin;
    while (begin > 0 && isOfLogWord(text[begin - 1]))
        --begin;
    while (end < text.size() && isOfLogWord(text[end]))
        ++end;
    m_anchor = { at.line, begin };
    m_head = { at.line, end };
    viewport()->update();
}

void LogCanvas::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), this, &LogCanvas::copy);
    menu->addAction(tr("Select all"), this, &LogCanvas::selectAll);
    menu->popup(event->globalPos());
}

void LogCanvas::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void LogCanvas::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void LogCanvas::selectAll()
{
    if (rowCount() == 0)
        return;
    const std::uint64_t last = m_rows->lineAt(rowCount() - 1);
    const auto* shown = laid(last);
    m_anchor = { m_rows->lineAt(0), 0 };
    m_head = { last, shown == nullptr ? 0 : shown->text.text.size() };
    viewport()->update();
}

void LogCanvas::copy()
{
    QGuiApplication::clipboard()->setText(textToCopy());
}

QString LogCanvas::textToCopy() const
{
    if (rowCount() == 0)
        return {};
    auto [begin, end] = chosen();
    if (begin == end) {
        begin = { 0, 0 };
        end = { m_rows->lineAt(rowCount() - 1), std::numeric_limits<qsizetype>::max() };
    }
    const std::size_t last = std::min(m_rows->rowFrom(end.line), rowCount() - 1);
    const std::size_t first = std::max(m_rows->rowFrom(begin.line), last - std::min(last, kMostCopiedLines - 1));
    QStringList lines;
    for (std::size_t row = first; row <= last;) {
        const std::uint64_t from = m_rows->lineAt(row);
        std::size_t count = 0;
        for (; row <= last && count < kCopiedAtOnce && m_rows->lineAt(row) == from + count; ++row)
            ++count;
        const auto read = m_index->read(from, count);
        for (std::size_t i = 0; i < read.bytes.size(); ++i) {
            const QString text = logTextOf(read.bytes[i]).text;
            const std::uint64_t line = read.first + i;
            const qsizetype to = line == end.line ? std::min(end.column, text.size()) : text.size();
            const qsizetype at = line == begin.line ? std::min(begin.column, to) : 0;
            lines.append(text.sliced(at, to - at));
        }
    }
    return lines.join(u'\n');
}

QString LogCanvas::textInSight() const
{
    QStringList lines;
    const std::size_t first = topRow();
    for (std::size_t row = first; row < std::min(rowCount(), first + rowsInSight()); ++row) {
        if (const auto* shown = laid(m_rows->lineAt(row)))
            lines.append(shown->text.text);
    }
    return lines.join(u'\n');
}

QString LogCanvas::currentText() const
{
    const auto* shown = m_anchor && m_index ? laid(m_head.line) : nullptr;
    return shown == nullptr ? QString() : shown->text.text;
}

} // namespace twinhull
