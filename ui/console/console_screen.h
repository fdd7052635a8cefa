// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_consoles.h"

#include <QWidget>

#include <memory>

namespace twinhull {

class TerminalView;

/// One console of a machine on a terminal's screen. It opens by itself at each start of the machine, unless the person
/// let it go; what was shown stays above what comes.
class ConsoleScreen : public QWidget {
    Q_OBJECT

public:
    enum class State {
        Off, ///< not open
        Opening,
        Open,
        InUse, ///< another has it
        Failed, ///< not to be had
    };

    /// `consoles` must outlive it.
    ConsoleScreen(MachineConsoles& consoles, WorkloadInfo machine, MachineConsole console, QWidget* parent = nullptr);
    ~ConsoleScreen() override;

    const WorkloadInfo& machine() const { return m_machine; }
    const MachineConsole& console() const { return m_console; }
    TerminalView* view() const { return m_view; }
    State state() const { return m_state; }
    bool hasText() const { return m_hasText; } ///< something was ever shown
    QString notice() const { return m_notice; } ///< of the latest end, or of what was typed in vain; may be empty

    void setMachine(const WorkloadInfo& info); ///< as it is now
    void connectIfWanted();
    void open(ConsoleTakeover takeover);
    void letGo(); ///< by the person, until open()

    static bool canBeOpen(const WorkloadInfo& machine);

Q_SIGNALS:
    void changed(); ///< state or notice

private:
    void onOpened();
    void onReceived(const QByteArray& bytes);
    void onTyped(const QByteArray& bytes);
    void onEnded(const Error& reason);
    void set(State state, const QString& notice);

    MachineConsoles& m_consoles;
    WorkloadInfo m_machine;
    MachineConsole m_console;
    TerminalView* m_view;
    std::unique_ptr<ConsoleSession> m_session;
    State m_state = State::Off;
    QString m_notice;
    bool m_hasText = false;
    bool m_isLetGo = false;
    bool m_wasTried = false; ///< in this run of the machine
};

} // namespace twinhull
