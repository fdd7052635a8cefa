// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_view.h"

#include "ui/console/screen_keys.h"
#include "ui/page/window_watch.h"
#include "ui/theme/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr int kWheelStep = 120;

int buttonsOf(Qt::MouseButtons held)
{
    constexpr int kMiddle = 2;
    constexpr int kRight = 4;
    return (held.testFlag(Qt::LeftButton) ? 1 : 0) | (held.testFlag(Qt::MiddleButton) ? kMiddle : 0)
        | (held.testFlag(Qt::RightButton) ? kRight : 0);
}

/// By the key, whatever letter it makes with what is held beside it.
quint32 placeOf(const QKeyEvent& event)
{
    constexpr quint32 kByName = 0x8000'0000U;
    return event.nativeScanCode() != 0 ? event.nativeScanCode() : kByName | static_cast<quint32>(event.key());
}

bool isCtrlOrAlt(int key)
{
    return key == Qt::Key_Control || key == Qt::Key_Alt;
}

/// Those two and nothing else, whichever of each.
bool areCtrlAndAlt(const QHash<quint32, ScreenKey>& down)
{
    constexpr std::uint32_t kLeftControl = 0xffe3;
    constexpr std::uint32_t kLeftAlt = 0xffe9;
    const auto isThere = [&down](std::uint32_t left) {
        return std::any_of(down.begin(), down.end(),
            [left](const ScreenKey& key) { return key.symbol == left || key.symbol == left + 1; });
    };
    return down.size() == 2 && isThere(kLeftControl) && isThere(kLeftAlt);
}

} // namespace

ScreenView::ScreenView(QWidget* parent) : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("screenView"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setAttribute(Qt::WA_InputMethodEnabled, false); // the guest has its own
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    for (auto* bar : { horizontalScrollBar(), verticalScrollBar() })
        bar->setFocusPolicy(Qt::NoFocus);
    connect(&Theme::current(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

ScreenView::~ScreenView() = default;

void ScreenView::setLink(ScreenLink* link)
{
    letKeysGo();
    if (m_link != nullptr)
        m_link->disconnect(this);
    m_link = link;
    m_buttons = 0;
    viewport()->unsetCursor();
    if (link != nullptr) {
        connect(link, &ScreenLink::painted, this, &ScreenView::onPainted);
        connect(link, &ScreenLink::cursorChanged, this, &ScreenView::onCursor);
        connect(link, &ScreenLink::resized, this, [this] {
            fitBars();
            viewport()->update();
            hold(hasFocus());
        });
        connect(link, &ScreenLink::ended, this, [this] { hold(false); });
    } else {
        hold(false);
    }
    fitBars();
    noteSeen();
    viewport()->update();
}

void ScreenView::setScaling(Scaling scaling)
{
    m_scaling = scaling;
    fitBars();
    viewport()->update();
}

// ── what it shows ───────────────────────────────────────────────────────────────────────────────────────────────────

/// Logical pixels for each of the guest's.
double ScreenView::scale() const
{
    const double actual = 1 / devicePixelRatioF();
    const QSizeF guest = m_link != nullptr ? QSizeF(m_link->frame().size()) : QSizeF();
    if (m_scaling == Scaling::Actual || guest.isEmpty())
        return actual;
    return std::min(viewport()->width() / guest.width(), viewport()->height() / guest.height());
}

QRectF ScreenView::pictureArea() const
{
    const QSizeF guest = m_link != nullptr ? QSizeF(m_link->frame().size()) : QSizeF();
    if (guest.isEmpty())
        return {};
    const QSizeF shown = guest * scale();
    const auto begin = [](double room, double needed, const QScrollBar& bar) {
        return needed <= room ? std::floor((room - needed) / 2) : -bar.value();
    };
    return { QPointF(begin(viewport()->width(), shown.width(), *horizontalScrollBar()),
                 begin(viewport()->height(), shown.height(), *verticalScrollBar())),
        shown };
}

void ScreenView::fitBars()
{
    const QSize guest = m_link != nullptr ? m_link->frame().size() : QSize();
    const bool canScroll = m_scaling == Scaling::Actual && !guest.isEmpty();
    const QSize shown = canScroll ? (QSizeF(guest) * scale()).toSize() : QSize();
    setHorizontalScrollBarPolicy(canScroll ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(canScroll ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    horizontalScrollBar()->setRange(0, std::max(0, shown.width() - viewport()->width()));
    verticalScrollBar()->setRange(0, std::max(0, shown.height() - viewport()->height()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    verticalScrollBar()->setPageStep(viewport()->height());
}

void ScreenView::onPainted()
{
    const QRectF area = pictureArea();
    const double factor = scale();
    QRegion changed;
    for (const QRect& part : m_link->takeChanges()) {
        const QRectF wider = QRectF(part).adjusted(-1, -1, 1, 1); // smooth scaling mixes in what is beside it
        changed += QRectF(area.topLeft() + wider.topLeft() * factor, wider.size() * factor).toAlignedRect();
    }
    viewport()->update(changed);
}

void ScreenView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    const QRectF area = pictureArea();
    const QRegion beside = event->region() - QRegion(area.toRect());
    for (const QRect& part : beside)
        painter.fillRect(part, Theme::current().color(ThemeColor::Ground));
    if (area.isEmpty())
        return;
    painter.setClipRegion(event->region());
    painter.setRenderHint(QPainter::SmoothPixmapTransform, std::abs(scale() * devicePixelRatioF() - 1) > 1e-6);
    m_link->frame().paint(painter, area, QRectF(QPointF(), QSizeF(m_link->frame().size())));
}

void ScreenView::onCursor(const QImage& shape, const QPoint& hot)
{
    viewport()->setCursor(QCursor(QPixmap::fromImage(shape), hot.x(), hot.y()));
}

void ScreenView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fitBars();
}

void ScreenView::scrollContentsBy(int dx, int dy)
{
    Q_UNUSED(dx)
    Q_UNUSED(dy)
    viewport()->update();
}

/// Nothing is asked for while nobody can see it.
void ScreenView::noteSeen()
{
    if (m_link != nullptr)
        m_link->setWatched(isVisible() && m_isWindowSeen);
}

void ScreenView::showEvent(QShowEvent* event)
{
    QAbstractScrollArea::showEvent(event);
    m_isWindowSeen = true;
    m_watch = std::make_unique<WindowWatch>(*window());
    connect(m_watch.get(), &WindowWatch::seenChanged, this, [this](bool isSeen) {
        m_isWindowSeen = isSeen;
        noteSeen();
    });
    noteSeen();
}

void ScreenView::hideEvent(QHideEvent* event)
{
    QAbstractScrollArea::hideEvent(event);
    m_watch.reset(); // this may go to another window
    hold(false);
    noteSeen();
}

// ── what is typed and pointed at ────────────────────────────────────────────────────────────────────────────────────

/// The window's shortcuts are the guest's keys while it has the keyboard.
bool ScreenView::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && m_isHeld) {
        event->accept();
        return true;
    }
    return QAbstractScrollArea::event(event);
}

bool ScreenView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ContextMenu && isLive())
        return true; // the right button is the guest's
    return QAbstractScrollArea::viewportEvent(event);
}

bool ScreenView::focusNextPrevChild(bool next)
{
    return !m_isHeld && QAbstractScrollArea::focusNextPrevChild(next);
}

void ScreenView::hold(bool isHeld)
{
    const bool willHold = isHeld && isLive();
    if (!willHold)
        letKeysGo();
    if (willHold == m_isHeld)
        return;
    m_isHeld = willHold;
    if (willHold)
        grabKeyboard(); // the desktop's own keys as well, where the window system lets us
    else
        releaseKeyboard();
    Q_EMIT heldChanged(willHold);
}

/// What stays down here would be repeated there for ever.
void ScreenView::letKeysGo()
{
    m_isGivingBack = false;
    for (ScreenKey key : std::exchange(m_down, {})) {
        key.isDown = false;
        if (m_link != nullptr)
            m_link->send(key);
    }
}

void ScreenView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    hold(true);
}

void ScreenView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    hold(false);
}

void ScreenView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_F11 && event->modifiers() == Qt::NoModifier) {
        Q_EMIT fullScreenWanted();
        return;
    }
    if (!m_isHeld) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const ScreenKey key = screenKeyOf(*event);
    if (key.symbol == 0 && key.place == 0)
        return;
    m_down.insert(placeOf(*event), key);
    m_isGivingBack = areCtrlAndAlt(m_down);
    m_link->send(key);
}

void ScreenView::keyReleaseEvent(QKeyEvent* event)
{
    const auto known = m_down.constFind(placeOf(*event));
    if (event->isAutoRepeat() || known == m_down.constEnd())
        return;
    ScreenKey key = *known; // the symbol that it was pressed with
    m_down.erase(known);
    key.isDown = false;
    if (m_link != nullptr)
        m_link->send(key);
    if (!m_isGivingBack || !isCtrlOrAlt(event->key()))
        return;
    hold(false);
    Q_EMIT left();
}

void ScreenView::pressTogether(const std::vector<std::uint32_t>& symbols)
{
    if (!isLive())
        return;
    for (const auto symbol : symbols)
        m_link->send(ScreenKey{ symbol, 0, true });
    for (auto symbol = symbols.rbegin(); symbol != symbols.rend(); ++symbol)
        m_link->send(ScreenKey{ *symbol, 0, false });
}

QPoint ScreenView::guestPosition(const QPointF& position) const
{
    const QSize guest = m_link != nullptr ? m_link->frame().size() : QSize();
    const QPointF inside = (position - pictureArea().topLeft()) / scale();
    return { std::clamp(static_cast<int>(inside.x()), 0, std::max(0, guest.width() - 1)),
        std::clamp(static_cast<int>(inside.y()), 0, std::max(0, guest.height() - 1)) };
}

void ScreenView::sendPointer(const QPointF& position, int buttons)
{
    if (!isLive())
        return;
    m_buttons = buttons;
    const QPoint there = guestPosition(position);
    m_link->send(ScreenPointer{ there.x(), there.y(), buttons });
}

void ScreenView::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    hold(true); // it may have had the focus, and given the keyboard back
    sendPointer(event->position(), buttonsOf(event->buttons()));
}

void ScreenView::mouseDoubleClickEvent(QMouseEvent* event)
{
    sendPointer(event->position(), buttonsOf(event->buttons()));
}

void ScreenView::mouseReleaseEvent(QMouseEvent* event)
{
    sendPointer(event->position(), buttonsOf(event->buttons()));
}

void ScreenView::mouseMoveEvent(QMouseEvent* event)
{
    sendPointer(event->position(), buttonsOf(event->buttons()));
}

void ScreenView::wheelEvent(QWheelEvent* event)
{
    constexpr int kUp = 8;
    constexpr int kDown = 16;
    constexpr int kLeft = 32;
    constexpr int kRight = 64;
    m_wheel += event->angleDelta();
    const auto turn = [this, event](int& rest, int forth, int back) {
        for (; std::abs(rest) >= kWheelStep; rest -= rest > 0 ? kWheelStep : -kWheelStep) {
            const int held = m_buttons;
            sendPointer(event->position(), held | (rest > 0 ? forth : back));
            sendPointer(event->position(), held);
        }
    };
    turn(m_wheel.ry(), kUp, kDown);
    turn(m_wheel.rx(), kLeft, kRight);
    event->accept();
}

} // namespace twinhull
