// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_guest.h"
#include "ui/page/app_context.h"
#include "ui/widgets/card.h"

#include <QPointer>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace twinhull {

/// Copies files into a machine made by others and out of it, and runs commands there: by its qemu-guest-agent, which
/// lists no folders and gives no terminal, so a path is typed and what a command says comes at its end.
class GuestWork : public Card {
    Q_OBJECT

public:
    explicit GuestWork(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);
    void downloadTo(const QString& target);
    void uploadFrom(const QString& source);

private:
    void addFileRow();
    void addCommandRow();
    void askForTarget();
    void askForSource();
    void runOrStop();
    void showOutcome(const Job& job, const GuestProgramOutcome& outcome);
    /// Of what concerns the machine that is shown.
    void tellEnd(Job* job, std::function<void(const Job&)> tell);
    void tell(const QString& sentence, const QString& details, bool isProblem);
    void tellFailure(const Job& job);
    void showButtons();

    AppContext& m_context;
    WorkloadInfo m_info;
    QPointer<Job> m_running; ///< the command
    QLineEdit* m_path = nullptr;
    QPushButton* m_download = nullptr;
    QPushButton* m_upload = nullptr;
    QLineEdit* m_command = nullptr;
    QPushButton* m_run = nullptr;
    QLabel* m_note = nullptr;
    QPlainTextEdit* m_output = nullptr;
};

} // namespace twinhull
