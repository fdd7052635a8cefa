// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/log_follower.h"
#include "app/twinhullctl/program.h"

#include <QDateTime>

#include <optional>

namespace twinhull {

class InputSession;

/// A run that this program stays with: what the container writes is shown here, or its terminal is ours, and the
/// program ends with its exit status. SIGINT and SIGTERM stop it, the second one by force; one that was joined they
/// leave.
class AttachedRun : public QObject {
    Q_OBJECT

public:
    enum class By {
        Log,
        Streams, ///< the same, and our standard input is its
        Terminal,
    };

    /// A child of the program, which it finishes. Before the container is made.
    AttachedRun(Program& program, By by);

    /// Once it is made, before it is started: what is left of one that is removed at its end stays until it was read.
    void hold(const WorkloadId& id);
    /// Once it is started.
    void follow();
    /// In place of both, of one that runs: from here on.
    void join(const WorkloadId& id);

private:
    bool openTerminal();
    void showLog();
    void passInput();
    void onInputClosed();
    void passInputToNextRun();
    void onTerminalEnded(bool hasShown);
    void onInterrupted();
    void stop(StopMode mode);
    bool isOver() const;
    void look();
    bool isFolderGone() const;
    std::optional<int> exitStatus() const;

    Program& m_program;
    By m_by;
    std::optional<WorkloadId> m_id;
    UniqueFd m_folder;
    std::string m_path; ///< of its folder, also where that gets another name
    LogFollower* m_log = nullptr;
    InputSession* m_input = nullptr; ///< while it lasts
    QDateTime m_inputRun; ///< when the run began that our input goes to
    bool m_isInputAtEnd = false;
    int m_interruptions = 0;
    bool m_hasStarted = false;
    bool m_hasJoined = false;
    bool m_isTerminalOpen = false;
    bool m_isEnded = false;
};

} // namespace twinhull
