// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workloads/checkpoint_actions.h"

#include "core/workload/workload_connection.h"
#include "core/workload/workload_registry.h"
#include "ui/jobs/retry.h"
#include "ui/widgets/fields_dialog.h"

#include <QMenu>

#include <algorithm>
#include <iterator>

namespace twinhull {

namespace {

const QString kRunsOnKey = QStringLiteral("RunsOn");
const QString kCloseKey = QStringLiteral("Close");
const QString kLocksKey = QStringLiteral("Locks");

bool isTicked(const FieldsDialog::Values& values, const QString& key)
{
    return values.value(key) == QStringLiteral("true");
}

FieldsDialog::Verdict judgeCheckpoint(const FieldsDialog::Values& values)
{
    const bool runsOn = isTicked(values, kRunsOnKey);
    return { runsOn ? CheckpointActions::tr("It stands still while it is saved, and runs on. A restore goes back to "
                                            "this moment; files that it has changed by then may prevent it.")
                    : CheckpointActions::tr("It ends once it is saved. A restore lets it go on where it was, with "
                                            "all its memory."),
        true };
}

/// For a line of a menu.
QString shortReason(const Error& error)
{
    return error.code == ErrorCode::PermissionDenied ? CheckpointActions::tr("needs root")
                                                     : CheckpointActions::tr("criu is not installed");
}

} // namespace

CheckpointActions::CheckpointActions(AppContext& context, QWidget* window)
    : QObject(window), m_context(context), m_window(window)
{
}

WorkloadCheckpoint* CheckpointActions::makerOf(const WorkloadInfo& info) const
{
    return dynamic_cast<WorkloadCheckpoint*>(providerOf(m_context.workloads, info.id));
}

std::vector<WorkloadInfo> CheckpointActions::able(Capability capability) const
{
    std::vector<WorkloadInfo> all;
    std::copy_if(
        m_selection.begin(), m_selection.end(), std::back_inserter(all), [this, capability](const WorkloadInfo& info) {
            return info.capabilities.testFlag(capability) && makerOf(info) != nullptr;
        });
    return all;
}

void CheckpointActions::askCheckpoint()
{
    const auto chosen = able(Capability::Checkpoint);
    const QString what
        = chosen.size() == 1 ? chosen.front().name : tr("%n container(s)", nullptr, static_cast<int>(chosen.size()));
    auto* dialog = new FieldsDialog(
        { tr("Make a checkpoint of %1").arg(what), tr("Make checkpoint"), QStringLiteral("checkpointDialog") },
        { { kRunsOnKey, tr("Let it run on"), Field::Kind::Check },
            { kCloseKey, tr("Save it with open TCP connections, and close them"), Field::Kind::Check },
            { kLocksKey, tr("Save it with locks of files"), Field::Kind::Check } },
        &judgeCheckpoint, m_window);
    connect(dialog, &FieldsDialog::chosen, this, [this, chosen](const FieldsDialog::Values& values) {
        const CheckpointChoice choice{ isTicked(values, kRunsOnKey), false, isTicked(values, kCloseKey),
            isTicked(values, kLocksKey) };
        for (const WorkloadInfo& info : chosen) {
            if (auto* maker = makerOf(info))
                submitWithRetry(
                    m_context.jobs, [maker, choice, id = info.id] { return maker->checkpoint(id, choice); });
        }
    });
    dialog->open();
}

void CheckpointActions::submitRestore()
{
    for (const WorkloadInfo& info : able(Capability::RestoreCheckpoint)) {
        auto* maker = makerOf(info);
        submitWithRetry(
            m_context.jobs, [maker, id = info.id] { return maker->restoreCheckpoint(id, AfterRestore::Remove); });
    }
}

void CheckpointActions::fillContextMenu(QMenu& menu)
{
    const auto first = std::find_if(
        m_selection.begin(), m_selection.end(), [this](const WorkloadInfo& info) { return makerOf(info) != nullptr; });
    if (first == m_selection.end())
        return;
    const auto can = makerOf(*first)->canCheckpoint();
    const QString reason = can ? QString() : tr(" (%1)").arg(shortReason(can.error()));
    auto* save = menu.addAction(tr("Checkpoint…") + reason, this, &CheckpointActions::askCheckpoint);
    save->setObjectName(QStringLiteral("checkpoint"));
    save->setEnabled(can && !able(Capability::Checkpoint).empty());
    auto* restore = menu.addAction(tr("Restore from checkpoint") + reason, this, &CheckpointActions::submitRestore);
    restore->setObjectName(QStringLiteral("restoreCheckpoint"));
    restore->setEnabled(can && !able(Capability::RestoreCheckpoint).empty());
    for (auto* action : { save, restore })
        action->setToolTip(can ? action->text() : QString::fromStdString(can.error().toLine()));
}

} // namespace twinhull
