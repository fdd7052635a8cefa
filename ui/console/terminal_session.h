// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workload/workload_info.h"

#include <QDateTime>
#include <QWidget>

#include <memory>

class QLabel;
class QPushButton;

namespace twinhull {

class TerminalProgram;
class TerminalView;

/// What runs in a terminal of a workload.
struct TerminalCommand {
    WorkloadInfo info;
    QString user; ///< empty: the workload's own
    QStringList words; ///< empty: none is run, and the terminal of the main process is shown
    enum class Where { Inside, Here } where = Where::Inside; ///< Here: a program that leads inside by itself, ssh
};

/// One command in a terminal, or the main process's. At its end the screen stays, a line says how it ended, and it can
/// be started again.
class TerminalSession : public QWidget {
    Q_OBJECT

public:
    explicit TerminalSession(TerminalCommand command, QWidget* parent = nullptr);
    ~TerminalSession() override;

    const TerminalCommand& command() const { return m_command; }
    static QString keysHint(); ///< which keys are not the program's
    QString title() const; ///< "sh", "root: sh"
    bool isAttached() const { return m_command.words.isEmpty(); }
    bool isBySsh() const { return m_command.where == TerminalCommand::Where::Here; }
    TerminalView* view() const { return m_view; }
    bool isRunning() const { return m_program != nullptr; }
    void setWorkload(const WorkloadInfo& info); ///< as it is now

Q_SIGNALS:
    void left(); ///< as TerminalView::left()

private:
    void start();
    void onEnd(int exitStatus);
    Result<QStringList> wordsToRun() const;
    QString endText(int exitStatus) const;
    bool canRunAgain() const;
    void showEnd(const QString& text);
    void presentAgain();

    TerminalCommand m_command;
    QDateTime m_begunIn; ///< when the workload had started in which it runs
    TerminalView* m_view;
    QWidget* m_end;
    QLabel* m_endText;
    QPushButton* m_again;
    std::unique_ptr<TerminalProgram> m_program;
};

} // namespace twinhull
