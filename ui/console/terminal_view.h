// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/terminal_screen.h"

#include <QAbstractScrollArea>
#include <QTimer>

namespace twinhull {

/// A terminal's screen: what was fed is painted, keys and pastes are told. All keys are the program's but
/// Ctrl+Shift+Tab, which leaves it, and Ctrl+Shift with C (copy), V (paste); Shift with Page up and down scrolls. The
/// mouse selects, unless the program asked for it and Shift is not held.
class TerminalView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit TerminalView(QWidget* parent = nullptr);

    void feed(const QByteArray& bytes);
    void restart(); ///< an empty screen
    void setEnded(bool isEnded); ///< no cursor, and keys are told to nobody
    QSize cells() const { return m_screen->size(); } ///< columns and rows
    QString text() const; ///< what is in sight, for who cannot see it and for tests
    QString selectedText() const;
    const TerminalScreen& screen() const { return *m_screen; }

    void copy();
    void paste();

Q_SIGNALS:
    void typed(const QByteArray& bytes);
    void resized(const QSize& cells);
    void left(); ///< the person wants the keyboard elsewhere

protected:
    bool event(QEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    /// A letter's place: lines as TerminalScreen numbers them.
    struct Place {
        qint64 line = 0;
        int column = 0;

        friend auto operator<=>(const Place&, const Place&) = default;
    };

    bool takeOwnKey(const QKeyEvent& event);
    void sendWhatWaits();
    void fitCells();
    void followScreen();
    qint64 topShown() const;
    Place placeAt(const QPointF& point) const;
    std::pair<Place, Place> selection() const; ///< in order
    bool isSelected(qint64 line, int column) const;
    void paintLine(QPainter& painter, qint64 number, int row) const;
    void paintCell(QPainter& painter, const TerminalCell& cell, const QRectF& place, bool isSelected) const;
    void paintCursor(QPainter& painter) const;
    bool tellMouse(const QMouseEvent& event, bool isPressed);
    QRectF cellRect(int column, int row, int width) const;

    std::unique_ptr<TerminalScreen> m_screen;
    QTimer m_paintTimer;
    QSizeF m_cell;
    qreal m_ascent = 0;
    Place m_anchor;
    Place m_head;
    qint64 m_top = 0; ///< the first line that is shown, when it does not follow
    bool m_follows = true;
    bool m_isEnded = false;
    int m_wheelRest = 0;
};

} // namespace twinhull
