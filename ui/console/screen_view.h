// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/screen_link.h"

#include <QAbstractScrollArea>
#include <QHash>

#include <memory>

namespace twinhull {

class WindowWatch;

/// A machine's screen: what it shows, painted where it changed, and what is typed and pointed at in it. While it has
/// the keyboard every key is the guest's but F11; Ctrl and Alt pressed together, with nothing else, give it back.
class ScreenView : public QAbstractScrollArea {
    Q_OBJECT

public:
    enum class Scaling { Fit, Actual };

    explicit ScreenView(QWidget* parent = nullptr);
    ~ScreenView() override;

    /// Null: nothing is shown. The link must outlive this or be taken away first.
    void setLink(ScreenLink* link);
    void setScaling(Scaling scaling);
    bool isHeld() const { return m_isHeld; } ///< the keyboard is the guest's

    /// Pressed together and let go of in the opposite order, by their X11 symbols.
    void pressTogether(const std::vector<std::uint32_t>& symbols);
    QPoint guestPosition(const QPointF& position) const; ///< on the guest's screen, and within it
    QRectF pictureArea() const; ///< of the viewport; empty: nothing is shown

Q_SIGNALS:
    void heldChanged(bool isHeld);
    void left(); ///< the person gave the keyboard back
    void fullScreenWanted(); ///< or no longer

protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    bool isLive() const { return m_link != nullptr && m_link->isReady() && !m_link->isEnded(); }
    void onPainted();
    void onCursor(const QImage& shape, const QPoint& hot);
    void noteSeen();
    void fitBars();
    double scale() const;
    void sendPointer(const QPointF& position, int buttons);
    void hold(bool isHeld);
    void letKeysGo();

    ScreenLink* m_link = nullptr;
    Scaling m_scaling = Scaling::Fit;
    std::unique_ptr<WindowWatch> m_watch; ///< of the window that this is in
    bool m_isWindowSeen = true;
    bool m_isHeld = false;
    bool m_isGivingBack = false; ///< Ctrl and Alt are down, and nothing else was
    QHash<quint32, ScreenKey> m_down; ///< by the key's place
    int m_buttons = 0;
    QPoint m_wheel; ///< of less than a step
};

} // namespace twinhull
