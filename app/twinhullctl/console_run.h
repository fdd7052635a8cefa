// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"
#include "app/twinhullctl/raw_terminal.h"
#include "core/workload/machine_consoles.h"

#include <QSocketNotifier>

#include <optional>

namespace twinhull {

/// A machine's console in our terminal: keystrokes there, output here, until it ends or Ctrl-] is typed. Where standard
/// input is no terminal it is sent as it is, and at its end the output goes on.
class ConsoleRun : public QObject {
    Q_OBJECT

public:
    /// A child of the program, which it finishes.
    ConsoleRun(Program& program, std::unique_ptr<ConsoleSession> session);

private:
    void onOpened();
    void onInput();
    void onOutput(const QByteArray& bytes);
    void onEnded(const Error& reason);
    void leave(const QString& note);

    Program& m_program;
    std::optional<RawTerminal> m_screen;
    std::unique_ptr<ConsoleSession> m_session;
    QSocketNotifier m_input;
    bool m_isOpen = false;
    bool m_hasLeft = false;
};

} // namespace twinhull
