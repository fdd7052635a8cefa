// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"
#include "app/twinhullctl/raw_terminal.h"

#include <QSocketNotifier>

#include <functional>
#include <optional>

namespace twinhull {

/// A container's terminal in ours: keystrokes there, output here, the same size, until it ends or Ctrl-] is typed.
class TerminalSession : public QObject {
    Q_OBJECT

public:
    /// Whether anything was shown.
    using Ended = std::function<void(bool hasShown)>;

    /// A child of the program, which it finishes; where `ended` is given and the terminal ends, that is called instead,
    /// and signals are left to others.
    TerminalSession(Program& program, std::unique_ptr<TerminalConnection> terminal, Ended ended = {});

private:
    void onInput();
    void onOutput(const QByteArray& bytes);
    void onResized();
    void leave(const QString& note);
    void onEnded();

    Program& m_program;
    std::optional<RawTerminal> m_screen;
    std::unique_ptr<TerminalConnection> m_terminal;
    QSocketNotifier m_input;
    Ended m_ended;
    bool m_hasShown = false;
    bool m_isOver = false;
};

} // namespace twinhull
