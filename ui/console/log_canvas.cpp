// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_canvas.h"

#include "ui/console/log_accessible.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <array>
#include <cmath>

namespace twinhull {

namespace {

constexpr int kCanvasMargin = 6;
constexpr int kLaidLines = 512; // kept: what is in sight, and what was a moment ago
constexpr int kWidthStep = 64; // the horizontal bar grows by such steps, not by each line

/// By LineLevel.
constexpr std::array kLineColors{ ThemeColor::Text, ThemeColor::TextMuted, ThemeColor::Warning, ThemeColor::Error };

QTextLayout::FormatRange colored(qsizetype start, qsizetype length, ThemeColor role)
{
    QTextLayout::FormatRange range;
    range.start = static_cast<int>(start);
    range.length = static_cast<int>(length);
    range.format.setForeground(Theme::current().color(role));
    return range;
}

QTextLayout::FormatRange grounded(qsizetype start, qsizetype length, ThemeColor role)
{
    QTextLayout::FormatRange range;
    range.start = static_cast<int>(start);
    range.length = static_cast<int>(length);
    range.format.setBackground(Theme::current().color(role));
    return range;
}

} // namespace

LogCanvas::LogCanvas(QWidget* parent) : QAbstractScrollArea(parent), m_shown(kLaidLines)
{
    makeLogsAccessible();
    setFocusPolicy(Qt::StrongFocus);
    setFont(Theme::current().monospaceFont());
    m_lineHeight = static_cast<int>(std::ceil(QFontMetricsF(font()).height()));
    viewport()->setCursor(Qt::IBeamCursor);
    verticalScrollBar()->setSingleStep(1);
    horizontalScrollBar()->setSingleStep(m_lineHeight);
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this,
        [this] { QMetaObject::invokeMethod(this, &LogCanvas::onScrolledByPerson, Qt::QueuedConnection); });
    connect(&Theme::current(), &Theme::changed, this, &LogCanvas::forgetShown);
}

LogCanvas::~LogCanvas() = default;

void LogCanvas::setIndex(std::shared_ptr<const LogIndex> index)
{
    m_index = std::move(index);
    m_rows.reset();
    if (m_index) {
        m_rows.emplace(m_index);
        m_rows->setFilter(m_filter, m_range);
    }
    m_anchor.reset();
    m_widest = 0;
    m_lastEnd = 0;
    forgetShown();
    sync();
}

void LogCanvas::setFilter(LogFilter filter, const LogLineRange& range)
{
    m_filter = filter;
    m_range = range;
    if (!m_rows)
        return;
    const std::uint64_t line = currentLine();
    m_rows->setFilter(filter, range);
    m_rows->sync();
    fitBars();
    if (!m_isFollowing)
        verticalScrollBar()->setValue(static_cast<int>(m_rows->rowFrom(line)));
    viewport()->update();
}

void LogCanvas::setNeedle(const QString& text)
{
    m_needle = text;
    viewport()->update();
}

void LogCanvas::setFollowing(bool isFollowing)
{
    m_isFollowing = isFollowing;
    if (isFollowing)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void LogCanvas::sync()
{
    if (m_rows) {
        if (m_lastEnd > 0)
            m_shown.remove(m_lastEnd - 1); // a further piece may have come to it
        const auto gone = m_rows->sync();
        m_lastEnd = m_index->span().end;
        if (gone > 0 && !m_isFollowing) // the same lines stay in sight
            verticalScrollBar()->setValue(verticalScrollBar()->value() - static_cast<int>(gone));
    }
    fitBars();
    viewport()->update();
}

void LogCanvas::forgetShown()
{
    m_shown.clear();
    viewport()->update();
}

std::size_t LogCanvas::rowsInSight() const
{
    return static_cast<std::size_t>(std::max(1, (viewport()->height() - kCanvasMargin) / m_lineHeight));
}

std::size_t LogCanvas::topRow() const
{
    return static_cast<std::size_t>(verticalScrollBar()->value());
}

void LogCanvas::fitBars()
{
    const std::size_t rows = rowCount();
    const std::size_t page = rowsInSight();
    verticalScrollBar()->setPageStep(static_cast<int>(page));
    verticalScrollBar()->setRange(0, static_cast<int>(rows > page ? rows - page : 0));
    if (m_isFollowing)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    const int room = viewport()->width() - 2 * kCanvasMargin;
    const int widest = static_cast<int>(std::ceil(m_widest / kWidthStep)) * kWidthStep;
    horizontalScrollBar()->setPageStep(room);
    horizontalScrollBar()->setRange(0, m_widest > room ? widest - room : 0);
}

void LogCanvas::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fitBars();
}

void LogCanvas::scrollContentsBy(int dx, int dy)
{
    Q_UNUSED(dx)
    Q_UNUSED(dy)
    viewport()->update();
}

LogCanvas::LaidLine* LogCanvas::layOut(std::uint64_t line, const LogMark& mark, const std::string& bytes) const
{
    auto shown = std::make_unique<LaidLine>();
    shown->text = logTextOf(bytes);
    auto& layout = shown->layout.emplace(shown->text.text, font());
    const auto time = shown->text.timeLength;
    layout.setFormats({ colored(0, time, ThemeColor::TextFaint),
        colored(time, shown->text.text.size() - time, kLineColors.at(static_cast<std::size_t>(mark.level))) });
    QTextOption option;
    option.setWrapMode(QTextOption::NoWrap);
    layout.setTextOption(option);
    layout.setCacheEnabled(true);
    layout.beginLayout();
    QTextLine only = layout.createLine();
    only.setLineWidth(1e6);
    layout.endLayout();
    shown->width = only.naturalTextWidth();
    auto* kept = shown.release();
    m_shown.insert(line, kept); // it is smaller than the whole cache, so it is kept
    return kept;
}

/// All that are not laid out yet, those that stand together at once.
void LogCanvas::readInSight(std::size_t first, std::size_t last) const
{
    for (std::size_t row = first; row < last;) {
        const std::uint64_t from = m_rows->lineAt(row);
        std::size_t count = 0;
        while (row < last && m_rows->lineAt(row) == from + count && !m_shown.contains(from + count)) {
            ++count;
            ++row;
        }
        if (count == 0) {
            ++row;
            continue;
        }
        const auto lines = m_index->read(from, count);
        for (std::size_t i = 0; i < lines.marks.size(); ++i)
            layOut(lines.first + i, lines.marks[i], lines.bytes[i]);
    }
}

LogCanvas::LaidLine* LogCanvas::laid(std::uint64_t line) const
{
    if (auto* shown = m_shown.object(line))
        return shown;
    const auto lines = m_index->read(line, 1);
    return lines.marks.empty() || lines.first != line ? nullptr : layOut(line, lines.marks[0], lines.bytes[0]);
}

void LogCanvas::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event)
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), Theme::current().color(ThemeColor::Surface));
    if (!m_rows)
        return;
    const std::size_t first = topRow();
    const std::size_t last = std::min(rowCount(), first + rowsInSight() + 1);
    readInSight(first, last);
    const double widest = m_widest;
    for (std::size_t row = first; row < last; ++row)
        paintRow(painter, row, kCanvasMargin / 2.0 + static_cast<double>(row - first) * m_lineHeight);
    if (m_widest > widest)
        QMetaObject::invokeMethod(this, &LogCanvas::fitBars, Qt::QueuedConnection);
}

void LogCanvas::paintRow(QPainter& painter, std::size_t row, double top)
{
    const std::uint64_t line = m_rows->lineAt(row);
    auto* shown = laid(line);
    if (shown == nullptr)
        return;
    m_widest = std::max(m_widest, shown->width);
    if (m_anchor && m_head.line == line) {
        const QRectF whole(0, top, viewport()->width(), m_lineHeight);
        painter.fillRect(whole, Theme::current().color(ThemeColor::Hover));
        if (hasFocus())
            painter.fillRect(QRectF(0, top, 2, m_lineHeight), Theme::current().color(ThemeColor::Accent));
    }
    const double left = kCanvasMargin - horizontalScrollBar()->value();
    shown->layout->draw(&painter, { left, top }, marksOf(line, *shown));
}

QList<QTextLayout::FormatRange> LogCanvas::marksOf(std::uint64_t line, const LaidLine& shown) const
{
    QList<QTextLayout::FormatRange> marks;
    const auto [begin, end] = chosen();
    if (begin != end && line >= begin.line && line <= end.line) {
        const qsizetype from = line == begin.line ? begin.column : 0;
        const qsizetype to = line == end.line ? end.column : shown.text.text.size();
        marks.append(grounded(from, std::max<qsizetype>(0, to - from), ThemeColor::Selection));
    }
    for (qsizetype at = shown.text.timeLength; !m_needle.isEmpty();) {
        at = shown.text.text.indexOf(m_needle, at, Qt::CaseInsensitive);
        if (at < 0)
            break;
        auto found = grounded(at, m_needle.size(), ThemeColor::Accent);
        found.format.setForeground(Theme::current().color(ThemeColor::AccentText));
        marks.append(found);
        at += m_needle.size();
    }
    return marks;
}

} // namespace twinhull
