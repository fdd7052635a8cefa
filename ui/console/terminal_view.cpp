// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/terminal_view.h"

#include "ui/console/terminal_accessible.h"
#include "ui/console/terminal_palette.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include <cmath>

namespace twinhull {

namespace {

constexpr std::chrono::milliseconds kPaintDelay{ 15 }; // of what came meanwhile only the latest is seen
constexpr int kMargin = 4;
constexpr QSize kFirstSize{ 80, 24 };
constexpr int kLinesAWheelStep = 3;
constexpr int kWheelStep = 120; // QWheelEvent::angleDelta()

int mouseButton(Qt::MouseButton button)
{
    if (button == Qt::MiddleButton)
        return 2;
    return button == Qt::RightButton ? 3 : 1;
}

bool isOfWord(const QString& text)
{
    return !text.isEmpty() && (text[0].isLetterOrNumber() || QStringLiteral("_-./~:@%+").contains(text[0]));
}

} // namespace

TerminalView::TerminalView(QWidget* parent)
    : QAbstractScrollArea(parent), m_screen(std::make_unique<TerminalScreen>(kFirstSize))
{
    makeTerminalsAccessible();
    setObjectName(QStringLiteral("terminalView"));
    setAccessibleName(tr("Terminal"));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_InputMethodEnabled);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setCursor(Qt::IBeamCursor);
    setFont(Theme::current().monospaceFont());
    const QFontMetricsF metrics(font());
    m_cell = { metrics.horizontalAdvance(u'M'), std::ceil(metrics.height()) };
    m_ascent = metrics.ascent();
    m_paintTimer.setSingleShot(true);
    m_paintTimer.setInterval(kPaintDelay);
    connect(&m_paintTimer, &QTimer::timeout, this, &TerminalView::followScreen);
    connect(&Theme::current(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void TerminalView::feed(const QByteArray& bytes)
{
    m_screen->feed({ bytes.constData(), static_cast<std::size_t>(bytes.size()) });
    sendWhatWaits(); // answers to its questions
    if (!m_paintTimer.isActive())
        m_paintTimer.start();
}

void TerminalView::restart()
{
    m_screen = std::make_unique<TerminalScreen>(m_screen->size());
    m_anchor = m_head = {};
    m_follows = true;
    followScreen();
}

void TerminalView::setEnded(bool isEnded)
{
    m_isEnded = isEnded;
    viewport()->update();
}

QString TerminalView::text() const
{
    QStringList lines;
    for (qint64 line = topShown(); line < topShown() + m_screen->size().height(); ++line)
        lines += textOf(m_screen->line(line), 0, m_screen->size().width());
    while (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines.join(u'\n');
}

QString TerminalView::selectedText() const
{
    const auto [begin, end] = selection();
    QStringList lines;
    for (qint64 line = begin.line; line <= end.line && begin != end; ++line)
        lines += textOf(m_screen->line(line), line == begin.line ? begin.column : 0,
            line == end.line ? end.column : m_screen->size().width());
    return lines.join(u'\n');
}

void TerminalView::copy()
{
    if (const QString text = selectedText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TerminalView::paste()
{
    if (m_isEnded)
        return;
    m_screen->paste(QGuiApplication::clipboard()->text());
    sendWhatWaits();
}

void TerminalView::sendWhatWaits()
{
    if (const QByteArray bytes = m_screen->takeForProgram(); !bytes.isEmpty() && !m_isEnded)
        Q_EMIT typed(bytes);
}

/// The window's shortcuts are the program's keys while it has the keyboard.
bool TerminalView::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && !m_isEnded) {
        event->accept();
        return true;
    }
    return QAbstractScrollArea::event(event);
}

/// Tab is the program's too.
bool TerminalView::focusNextPrevChild(bool next)
{
    return m_isEnded && QAbstractScrollArea::focusNextPrevChild(next);
}

bool TerminalView::takeOwnKey(const QKeyEvent& event)
{
    const auto held = event.modifiers() & ~Qt::KeypadModifier;
    const int key = event.key();
    if (held == (Qt::ControlModifier | Qt::ShiftModifier)) {
        if (key == Qt::Key_Tab || key == Qt::Key_Backtab)
            Q_EMIT left();
        else if (key == Qt::Key_C)
            copy();
        else if (key == Qt::Key_V)
            paste();
        else
            return false;
        return true;
    }
    if (held != Qt::ShiftModifier || (key != Qt::Key_PageUp && key != Qt::Key_PageDown))
        return false;
    verticalScrollBar()->triggerAction(
        key == Qt::Key_PageUp ? QAbstractSlider::SliderPageStepSub : QAbstractSlider::SliderPageStepAdd);
    return true;
}

void TerminalView::keyPressEvent(QKeyEvent* event)
{
    if (takeOwnKey(*event))
        return;
    if (m_isEnded) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    m_screen->pressKey(event->key(), event->modifiers(), event->text());
    m_follows = true;
    followScreen();
    sendWhatWaits();
}

void TerminalView::inputMethodEvent(QInputMethodEvent* event)
{
    m_screen->type(event->commitString().toUtf8());
    sendWhatWaits();
    event->accept();
}

QVariant TerminalView::inputMethodQuery(Qt::InputMethodQuery query) const
{
    if (query == Qt::ImCursorRectangle)
        return cellRect(m_screen->cursor().x(), m_screen->cursor().y(), 1).toRect();
    return QAbstractScrollArea::inputMethodQuery(query);
}

void TerminalView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fitCells();
}

void TerminalView::fitCells()
{
    const QSize room = viewport()->size() - QSize(2 * kMargin, 2 * kMargin);
    const QSize before = m_screen->size();
    m_screen->resize(
        { static_cast<int>(room.width() / m_cell.width()), static_cast<int>(room.height() / m_cell.height()) });
    if (m_screen->size() == before)
        return;
    m_anchor = m_head = {}; // its lines may have moved
    followScreen();
    Q_EMIT resized(m_screen->size());
}

/// Brings the scroll bar and the picture to where the screen is now.
void TerminalView::followScreen()
{
    QScrollBar* bar = verticalScrollBar();
    const auto lines = static_cast<int>(m_screen->topLine() - m_screen->firstLine());
    const int value = m_follows ? lines : static_cast<int>(std::max<qint64>(0, m_top - m_screen->firstLine()));
    const QSignalBlocker blocker(bar);
    bar->setRange(0, lines);
    bar->setPageStep(m_screen->size().height());
    bar->setValue(value);
    m_top = m_screen->firstLine() + bar->value();
    viewport()->update();
}

void TerminalView::scrollContentsBy(int, int)
{
    m_top = m_screen->firstLine() + verticalScrollBar()->value();
    m_follows = m_top >= m_screen->topLine();
    viewport()->update();
}

qint64 TerminalView::topShown() const
{
    return m_follows ? m_screen->topLine() : std::max(m_top, m_screen->firstLine());
}

TerminalView::Place TerminalView::placeAt(const QPointF& point) const
{
    const auto row = static_cast<qint64>(std::floor((point.y() - kMargin) / m_cell.height()));
    const int column = static_cast<int>(std::round((point.x() - kMargin) / m_cell.width()));
    return { topShown() + std::clamp<qint64>(row, 0, m_screen->size().height() - 1),
        std::clamp(column, 0, m_screen->size().width()) };
}

std::pair<TerminalView::Place, TerminalView::Place> TerminalView::selection() const
{
    return std::minmax(m_anchor, m_head);
}

bool TerminalView::isSelected(qint64 line, int column) const
{
    const auto [begin, end] = selection();
    const Place place{ line, column };
    return place >= begin && place < end;
}

QRectF TerminalView::cellRect(int column, int row, int width) const
{
    return { kMargin + column * m_cell.width(), kMargin + row * m_cell.height(), width * m_cell.width(),
        m_cell.height() };
}

void TerminalView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), Theme::current().color(ThemeColor::Surface));
    for (int row = 0; row < m_screen->size().height(); ++row)
        paintLine(painter, topShown() + row, row);
    if (m_screen->isCursorVisible() && !m_isEnded)
        paintCursor(painter);
}

void TerminalView::paintLine(QPainter& painter, qint64 number, int row) const
{
    const TerminalLine line = m_screen->line(number);
    for (int column = 0; column < m_screen->size().width(); ++column) {
        const auto at = static_cast<std::size_t>(column);
        const TerminalCell cell = at < line.size() ? line[at] : TerminalCell();
        if (cell.width > 0)
            paintCell(painter, cell, cellRect(column, row, cell.width), isSelected(number, column));
    }
}

void TerminalView::paintCell(QPainter& painter, const TerminalCell& cell, const QRectF& place, bool isSelected) const
{
    const Theme& theme = Theme::current();
    QColor ink = terminalColor(cell.foreground, theme.shade());
    QColor paper = terminalColor(cell.background, theme.shade());
    if (!ink.isValid())
        ink = theme.color(ThemeColor::Text);
    if (cell.isReversed) {
        const QColor before = paper.isValid() ? paper : theme.color(ThemeColor::Surface);
        paper = std::exchange(ink, before);
    }
    if (isSelected)
        paper = theme.color(ThemeColor::Selection);
    if (isSelected && cell.isReversed)
        ink = theme.color(ThemeColor::Text);
    if (paper.isValid())
        painter.fillRect(place, paper);
    if (cell.characters[0] == U'\0' && !cell.isUnderlined && !cell.isStruck)
        return;
    QFont face = font();
    face.setBold(cell.isBold);
    face.setItalic(cell.isItalic);
    face.setUnderline(cell.isUnderlined);
    face.setStrikeOut(cell.isStruck);
    painter.setFont(face);
    painter.setPen(ink);
    painter.drawText(QPointF(place.left(), place.top() + m_ascent), cell.text());
}

void TerminalView::paintCursor(QPainter& painter) const
{
    constexpr qreal kThin = 2;
    const qint64 line = m_screen->topLine() + m_screen->cursor().y();
    const auto row = static_cast<int>(line - topShown());
    if (row >= m_screen->size().height())
        return;
    const TerminalLine cells = m_screen->line(line);
    const int column = std::clamp(m_screen->cursor().x(), 0, m_screen->size().width() - 1);
    TerminalCell under = cells[static_cast<std::size_t>(column)];
    QRectF place = cellRect(column, row, std::max<int>(1, under.width));
    const QColor color = Theme::current().color(ThemeColor::Text);
    if (!hasFocus()) {
        painter.setPen(color);
        painter.drawRect(place.adjusted(0, 0, -1, -1));
    } else if (m_screen->cursorShape() == TerminalScreen::CursorShape::Underline) {
        painter.fillRect(QRectF(place.left(), place.bottom() - kThin, place.width(), kThin), color);
    } else if (m_screen->cursorShape() == TerminalScreen::CursorShape::Bar) {
        painter.fillRect(QRectF(place.left(), place.top(), kThin, place.height()), color);
    } else {
        under.isReversed = !under.isReversed;
        paintCell(painter, under, place, false);
    }
}

/// Whether it was the program's.
bool TerminalView::tellMouse(const QMouseEvent& event, bool isPressed)
{
    if (!m_screen->wantsMouse() || event.modifiers().testFlag(Qt::ShiftModifier) || m_isEnded)
        return false;
    const Place place = placeAt(event.position() - QPointF(m_cell.width() / 2, 0));
    const QPoint cell(
        std::min(place.column, m_screen->size().width() - 1), static_cast<int>(place.line - m_screen->topLine()));
    m_screen->moveMouse(cell, event.modifiers());
    if (event.type() != QEvent::MouseMove)
        m_screen->pressMouse(mouseButton(event.button()), isPressed, event.modifiers());
    sendWhatWaits();
    return true;
}

void TerminalView::mousePressEvent(QMouseEvent* event)
{
    if (tellMouse(*event, true))
        return;
    if (event->button() == Qt::LeftButton) {
        m_head = placeAt(event->position());
        m_anchor = m_head;
        viewport()->update();
    } else if (event->button() == Qt::MiddleButton) {
        m_screen->paste(QGuiApplication::clipboard()->text(QClipboard::Selection));
        sendWhatWaits();
    }
}

void TerminalView::mouseMoveEvent(QMouseEvent* event)
{
    if (tellMouse(*event, false) || !event->buttons().testFlag(Qt::LeftButton))
        return;
    m_head = placeAt(event->position());
    viewport()->update();
}

void TerminalView::mouseReleaseEvent(QMouseEvent* event)
{
    if (tellMouse(*event, false) || event->button() != Qt::LeftButton)
        return;
    if (const QString text = selectedText(); !text.isEmpty() && QGuiApplication::clipboard()->supportsSelection())
        QGuiApplication::clipboard()->setText(text, QClipboard::Selection);
}

void TerminalView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (tellMouse(*event, true))
        return;
    const Place place = placeAt(event->position() - QPointF(m_cell.width() / 2, 0));
    const TerminalLine line = m_screen->line(place.line);
    const auto isWordAt = [&line](int column) {
        return column >= 0 && column < static_cast<int>(line.size())
            && isOfWord(line[static_cast<std::size_t>(column)].text());
    };
    m_anchor = m_head = place;
    while (isWordAt(m_anchor.column - 1))
        --m_anchor.column;
    while (isWordAt(m_head.column))
        ++m_head.column;
    viewport()->update();
}

void TerminalView::wheelEvent(QWheelEvent* event)
{
    m_wheelRest += event->angleDelta().y();
    const int steps = m_wheelRest / kWheelStep;
    m_wheelRest -= steps * kWheelStep;
    const bool isProgram = !m_isEnded && !event->modifiers().testFlag(Qt::ShiftModifier);
    event->accept();
    for (int i = 0; i < std::abs(steps); ++i) {
        if (isProgram && m_screen->wantsMouse()) {
            m_screen->pressMouse(steps > 0 ? 4 : 5, true, event->modifiers());
        } else if (isProgram && m_screen->isAlternate()) {
            for (int line = 0; line < kLinesAWheelStep; ++line)
                m_screen->pressKey(steps > 0 ? Qt::Key_Up : Qt::Key_Down, {}, {});
        } else {
            QScrollBar* bar = verticalScrollBar();
            bar->setValue(bar->value() - (steps > 0 ? kLinesAWheelStep : -kLinesAWheelStep));
        }
    }
    sendWhatWaits();
}

void TerminalView::contextMenuEvent(QContextMenuEvent* event)
{
    if (m_screen->wantsMouse() && !m_isEnded && event->reason() == QContextMenuEvent::Mouse
        && !event->modifiers().testFlag(Qt::ShiftModifier))
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy") + QStringLiteral("\tCtrl+Shift+C"), this, &TerminalView::copy)
        ->setEnabled(!selectedText().isEmpty());
    menu->addAction(tr("Paste") + QStringLiteral("\tCtrl+Shift+V"), this, &TerminalView::paste)->setEnabled(!m_isEnded);
    menu->popup(event->globalPos());
}

void TerminalView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TerminalView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace twinhull
