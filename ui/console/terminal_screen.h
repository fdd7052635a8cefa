// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/terminal_cells.h"

#include <QByteArray>
#include <QPoint>
#include <QSize>

#include <deque>
#include <memory>
#include <string_view>

namespace twinhull {

/// What a program on a terminal has drawn, and what the terminal answers it: libvterm, with the lines that went out of
/// sight. The program is a stranger: titles, clipboard and bell are left alone, memory is bounded. Lines are numbered
/// from the first that was ever shown, so that a number means the same line while it scrolls.
class TerminalScreen {
public:
    static constexpr int kKeptLines = 10'000;
    static constexpr QSize kLargest{ 1000, 500 };

    enum class CursorShape { Block, Underline, Bar };

    explicit TerminalScreen(const QSize& size); ///< columns and rows
    ~TerminalScreen();
    TerminalScreen(const TerminalScreen&) = delete;
    TerminalScreen& operator=(const TerminalScreen&) = delete;

    void feed(std::string_view bytes);
    void resize(const QSize& size);
    QSize size() const { return m_size; }

    qint64 firstLine() const { return m_dropped; }
    qint64 topLine() const { return m_dropped + static_cast<qint64>(m_history.size()); } ///< of the live screen
    qint64 endLine() const { return topLine() + m_size.height(); }
    TerminalLine line(qint64 number) const; ///< empty where there is none

    QPoint cursor() const { return m_cursor; } ///< column and row of the live screen
    bool isCursorVisible() const { return m_isCursorVisible; }
    CursorShape cursorShape() const { return m_cursorShape; }
    bool isAlternate() const { return m_isAlternate; } ///< of a program that uses the whole screen
    bool wantsMouse() const { return m_wantsMouse; }

    void pressKey(int key, Qt::KeyboardModifiers modifiers, const QString& text); ///< as QKeyEvent has them
    void paste(const QString& text); ///< bracketed where the program asked for it; without control characters
    void type(const QByteArray& bytes) { m_toProgram += bytes; }
    void moveMouse(const QPoint& cell, Qt::KeyboardModifiers modifiers);
    void pressMouse(int button, bool isPressed, Qt::KeyboardModifiers modifiers); ///< 1..3; 4 and 5: the wheel
    /// What the program is to be sent, once.
    QByteArray takeForProgram() { return std::exchange(m_toProgram, {}); }

private:
    struct Private;

    std::unique_ptr<Private> m_d;
    QSize m_size;
    std::deque<TerminalLine> m_history;
    qint64 m_dropped = 0;
    QPoint m_cursor;
    bool m_isCursorVisible = true;
    bool m_isAlternate = false;
    bool m_wantsMouse = false;
    CursorShape m_cursorShape = CursorShape::Block;
    QByteArray m_toProgram;
};

} // namespace twinhull
