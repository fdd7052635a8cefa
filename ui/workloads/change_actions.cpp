// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/change_actions.h"

#include "core/jobs/refused_job.h"
#include "core/workload/machine_copies.h"
#include "core/workload/restart_job.h"
#include "core/workload/workload_connection.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"
#include "ui/workloads/bin_dialog.h"
#include "ui/workloads/commit_dialog.h"
#include "ui/workloads/limits_dialog.h"

#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>

#include <algorithm>
#include <array>
#include <csignal>
#include <functional>

namespace twinhull {

namespace {

constexpr Capabilities kEnds = Capability::Stop | Capability::ForceOff;
constexpr int kLongestName = 63;

struct OfferedSignal {
    int number;
    const char* name;
};
constexpr std::array kSignals{ OfferedSignal{ SIGHUP, "SIGHUP" }, OfferedSignal{ SIGINT, "SIGINT" },
    OfferedSignal{ SIGTERM, "SIGTERM" }, OfferedSignal{ SIGUSR1, "SIGUSR1" }, OfferedSignal{ SIGUSR2, "SIGUSR2" },
    OfferedSignal{ SIGQUIT, "SIGQUIT" }, OfferedSignal{ SIGKILL, "SIGKILL" } };

using Renaming = std::function<std::unique_ptr<Job>(const QString& name)>;

/// Empty: it cannot get another name as it is now.
Renaming renamingOf(const AppContext& context, const WorkloadInfo& info)
{
    auto* provider = providerOf(context.workloads, info.id);
    if (auto* changes = dynamic_cast<WorkloadChanges*>(provider))
        return [changes, id = info.id](const QString& name) { return changes->rename(id, name); };
    auto* machines = dynamic_cast<HasMachineCopies*>(provider);
    const bool isOff = info.state == WorkloadState::Stopped || info.state == WorkloadState::Failed;
    if (machines == nullptr || !isOff)
        return {};
    return [machines, info](const QString& name) { return machines->copies().rename(info, name); };
}

WorkloadCommit* commitOf(const AppContext& context, const WorkloadInfo& info)
{
    return dynamic_cast<WorkloadCommit*>(providerOf(context.workloads, info.id));
}

} // namespace

ChangeActions::ChangeActions(AppContext& context, QWidget* window)
    : QObject(window), m_context(context), m_window(window)
{
    m_restart.setText(tr("Restart"));
    m_restart.setObjectName(QStringLiteral("restart"));
    m_restart.setShortcut(Qt::CTRL | Qt::Key_F6);
    m_rename.setText(tr("Rename…"));
    m_rename.setObjectName(QStringLiteral("rename"));
    m_rename.setShortcut(Qt::Key_F2);
    m_duplicate.setText(tr("Duplicate and edit…"));
    m_duplicate.setObjectName(QStringLiteral("duplicate"));
    m_limits.setText(tr("Limits…"));
    m_limits.setObjectName(QStringLiteral("limits"));
    m_commit.setText(tr("Make an image of it…"));
    m_commit.setObjectName(QStringLiteral("commit"));
    connect(&m_commit, &QAction::triggered, this, &ChangeActions::askCommit);
    m_bin.setText(tr("Bin…"));
    m_bin.setObjectName(QStringLiteral("bin"));
    m_bin.setToolTip(tr("What was deleted, and the way back for it"));
    m_bin.setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_Delete);
    connect(&m_bin, &QAction::triggered, this, &ChangeActions::openBin);
    connect(&m_limits, &QAction::triggered, this, &ChangeActions::askLimits);
    connect(&m_restart, &QAction::triggered, this, &ChangeActions::submitRestart);
    connect(&m_rename, &QAction::triggered, this, &ChangeActions::askNewName);
    connect(&m_duplicate, &QAction::triggered, this, &ChangeActions::requestDuplicate);
    setSelection({});
}

void ChangeActions::setSelection(std::vector<WorkloadInfo> selection)
{
    m_selection = std::move(selection);
    m_restart.setEnabled(std::any_of(m_selection.begin(), m_selection.end(),
        [](const WorkloadInfo& info) { return info.capabilities.testFlag(Capability::Stop); }));
    const bool isOne = m_selection.size() == 1 && changesOf(m_selection.front()) != nullptr;
    m_rename.setEnabled(m_selection.size() == 1 && renamingOf(m_context, m_selection.front()));
    m_duplicate.setEnabled(isOne);
    m_limits.setEnabled(isOne);
    m_commit.setEnabled(isOne && commitOf(m_context, m_selection.front()) != nullptr);
}

WorkloadChanges* ChangeActions::changesOf(const WorkloadInfo& info) const
{
    return dynamic_cast<WorkloadChanges*>(providerOf(m_context.workloads, info.id));
}

void ChangeActions::submitRestart()
{
    for (const WorkloadInfo& info : m_selection) {
        auto* provider = providerOf(m_context.workloads, info.id);
        if (provider != nullptr && info.capabilities.testFlag(Capability::Stop))
            submitWithRetry(
                m_context.jobs, [provider, info] { return restartJob(*provider, info, StopMode::Graceful); });
    }
}

void ChangeActions::submitSignal(int signalNumber)
{
    for (const WorkloadInfo& info : m_selection) {
        auto* changes = changesOf(info);
        if (changes != nullptr && (info.capabilities & kEnds))
            submitWithRetry(
                m_context.jobs, [changes, signalNumber, id = info.id] { return changes->kill(id, signalNumber); });
    }
}

void ChangeActions::requestDuplicate()
{
    const WorkloadInfo info = m_selection.front();
    if (const auto plan = changesOf(info)->planOf(info.id))
        Q_EMIT duplicateRequested(*plan, info.name);
    else // told as other failures are
        m_context.jobs.submit(std::make_unique<RefusedJob>(tr("Duplicate %1").arg(info.name), plan.error()));
}

void ChangeActions::askNewName()
{
    const auto renaming = renamingOf(m_context, m_selection.front());
    if (!renaming)
        return; // started meanwhile
    const QString title = tr("New name");
    const QString present = m_selection.front().name;
    auto* dialog = new QInputDialog(m_window);
    dialog->setObjectName(QStringLiteral("askName"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(present);
    dialog->setLabelText(title);
    dialog->setTextValue(present);
    if (auto* field = dialog->findChild<QLineEdit*>()) {
        field->setAccessibleName(title);
        field->setMaxLength(std::max(kLongestName, static_cast<int>(present.size()))); // a machine's may be longer
        field->selectAll();
    }
    connect(dialog, &QInputDialog::textValueSelected, this, [this, renaming, present](const QString& text) {
        const QString name = text.trimmed();
        if (!name.isEmpty() && name != present)
            submitWithRetry(m_context.jobs, [renaming, name] { return renaming(name); });
    });
    dialog->open();
}

void ChangeActions::askLimits()
{
    auto* changes = changesOf(m_selection.front());
    const auto plan = changes->planOf(m_selection.front().id);
    auto* dialog
        = new LimitsDialog(m_selection.front(), plan ? *plan : WorkloadPlan{}, m_context.controllers, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &LimitsDialog::chosen, this,
        [this, changes, id = m_selection.front().id](const WorkloadChange& change) {
            submitWithRetry(m_context.jobs, [changes, id, change] { return changes->update(id, change); });
        });
    dialog->open();
}

void ChangeActions::askCommit()
{
    auto* commit = commitOf(m_context, m_selection.front());
    auto* dialog = makeCommitDialog(m_selection.front(), m_window);
    connect(dialog, &FieldsDialog::chosen, this,
        [this, commit, id = m_selection.front().id](const QMap<QString, QString>& values) {
            const CommitRequest request = commitRequestFrom(values);
            submitWithRetry(m_context.jobs,
                [commit, id, request] { return commit->commit(id, request, std::make_shared<QString>()); });
        });
    dialog->open();
}

void ChangeActions::openBin()
{
    (new BinDialog(m_context, m_window))->open();
}

void ChangeActions::fillContextMenu(QMenu& menu)
{
    menu.addAction(&m_restart);
    auto* signalMenu = menu.addMenu(tr("Send a signal"));
    signalMenu->setObjectName(QStringLiteral("signals"));
    signalMenu->setEnabled(std::any_of(m_selection.begin(), m_selection.end(),
        [this](const WorkloadInfo& info) { return changesOf(info) != nullptr && (info.capabilities & kEnds); }));
    for (const auto& each : kSignals)
        signalMenu->addAction(QLatin1String(each.name), this, [this, number = each.number] { submitSignal(number); });
    menu.addAction(&m_rename);
    menu.addAction(&m_duplicate);
    menu.addAction(&m_limits);
    menu.addAction(&m_commit);
}

} // namespace twinhull
