// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_removal.h"
#include "core/workload/workload_info.h"
#include "core/workload/workload_provider.h"
#include "ui/page/app_context.h"
#include "ui/workloads/change_actions.h"
#include "ui/workloads/checkpoint_actions.h"
#include "ui/workloads/group_action.h"
#include "ui/workloads/machine_actions.h"

#include <QAction>

#include <vector>

class QMenu;

namespace twinhull {

class WorkloadBin;

/// What can be done with the chosen workloads: one set of actions for the top bar, the context menu and the keyboard,
/// enabled by what the workloads say they can do now.
class WorkloadActions : public QObject {
    Q_OBJECT

public:
    /// Confirmations are shown over `window`.
    WorkloadActions(AppContext& context, QWidget* window);

    void setSelection(std::vector<WorkloadInfo> selection);
    const std::vector<WorkloadInfo>& selection() const { return m_selection; }

    QAction& start() { return m_start; }
    QAction& pause() { return m_pause; } ///< reads Resume when all that is chosen is paused
    QAction& stop() { return m_stop; }
    QAction& forceOff() { return m_forceOff; }
    QAction& remove() { return m_remove; }
    QAction& twin() { return m_twin; }
    QAction& copyAddress() { return m_copyAddress; }
    ChangeActions& changes() { return m_changes; }
    GroupAction& group() { return m_group; }

    void fillContextMenu(QMenu& menu);

Q_SIGNALS:
    /// It was deleted and can be brought back.
    void discarded(const twinhull::WorkloadInfo& info);
    /// The person wants a twin of this image (empty: not chosen yet).
    void twinRequested(const QString& imageReference);

private:
    using MakeJob = std::unique_ptr<Job> (WorkloadProvider::*)(const WorkloadId&);

    void setUp(QAction& action, const QString& text, const QString& name);
    void refresh();
    void onChanged(const WorkloadInfo& info);
    void onRemoved(const WorkloadId& id);
    bool any(Capability capability) const;
    std::vector<WorkloadInfo> stillThere(const std::vector<WorkloadInfo>& asked) const;
    /// The group when both halves of exactly one twin are chosen.
    static QString wholeTwin(const std::vector<WorkloadInfo>& chosen);
    /// The project of all that is chosen.
    static QString oneApplication(const std::vector<WorkloadInfo>& chosen);
    /// The project when all its containers and nothing else are chosen.
    QString wholeApplication(const std::vector<WorkloadInfo>& chosen) const;
    /// Of an application; false where none is chosen whole.
    bool runInOrder(Capability capability, const std::vector<WorkloadInfo>& chosen);
    void confirmDown(const QString& project);
    void run(Capability capability, MakeJob make, const std::vector<WorkloadInfo>& chosen);
    void submitStop(StopMode mode, const std::vector<WorkloadInfo>& chosen);
    QString chosenText() const; ///< the name of the one, or how many
    void confirmStart();
    void confirmForceOff();
    void confirmRemove();
    void submitRemove(const std::vector<WorkloadInfo>& chosen, const std::vector<MachineDisk>& disks = {});
    void submitDiscard(const WorkloadInfo& info, WorkloadBin& bin);
    /// Of one that the bin cannot keep.
    void confirmRemoveForGood(const WorkloadInfo& info, const Error& why);
    void copyFirstAddress();

    AppContext& m_context;
    QWidget* m_window;
    std::vector<WorkloadInfo> m_selection;
    QAction m_start;
    QAction m_pause;
    QAction m_stop;
    QAction m_forceOff;
    QAction m_remove;
    QAction m_twin;
    QAction m_copyAddress;
    ChangeActions m_changes;
    MachineActions m_machines;
    CheckpointActions m_checkpoints;
    GroupAction m_group;
};

} // namespace twinhull
