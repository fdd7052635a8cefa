// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"
#include "app/twinhullctl/raw_terminal.h"

#include <QSocketNotifier>

#include <optional>

namespace twinhull {

/// A container's terminal in ours: keystrokes there, output here, the same size, until it ends or Ctrl-] is typed.
class TerminalSession : public QObject {
    Q_OBJECT

public:
    /// A child of the program, which it finishes.
    TerminalSession(Program& program, std::unique_ptr<TerminalConnection> terminal);

private:
    void onInput();
    void onOutput(const QByteArray& bytes);
    void onResized();
    void leave(const QString& note);

    Program& m_program;
    std::optional<RawTerminal> m_screen;
    std::unique_ptr<TerminalConnection> m_terminal;
    QSocketNotifier m_input;
    bool m_isRefused = false;
};

} // namespace twinhull
