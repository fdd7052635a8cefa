// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <QWidget>

#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace twinhull {

class SshButton;
class TerminalSession;
struct TerminalCommand;

/// Terminals in the chosen workload, several at once; those of the others run on unseen. Nothing is started by looking.
class TerminalTab : public QWidget {
    Q_OBJECT

public:
    /// `ssh`, where there is one, becomes its child and leads to a terminal as well.
    explicit TerminalTab(QWidget* parent = nullptr, SshButton* ssh = nullptr);

    void present(const WorkloadInfo& info);
    /// Of any workload, as it is told: terminals that are not looked at hear of its end too.
    void noteChange(const WorkloadInfo& info);
    void forget(const WorkloadId& id); ///< it is gone, and its terminals with it
    TerminalSession* current() const;

private:
    QWidget* makeBar();
    void open();
    void attach();
    void openSession(const TerminalCommand& command);
    void close(int index);
    void showSessions();
    void showCurrent();
    void presentState();
    QString whyNot() const; ///< why no terminal can be opened; empty when one can
    QString whyNoMore() const; ///< there are so many
    std::vector<TerminalSession*> ofThis() const;

    WorkloadInfo m_info;
    std::vector<TerminalSession*> m_sessions; ///< children of the stack
    QLineEdit* m_command = nullptr;
    QLineEdit* m_user = nullptr;
    QPushButton* m_open = nullptr;
    QPushButton* m_attach = nullptr;
    SshButton* m_ssh; ///< may be null
    QPushButton* m_close = nullptr;
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    QLabel* m_notice;
};

} // namespace twinhull
