// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_checkpoint.h"
#include "core/workload/workload_info.h"
#include "ui/page/app_context.h"

#include <QObject>

#include <vector>

class QMenu;

namespace twinhull {

/// Saves containers with their memory, and lets them go on from there. One that cannot is passed over.
class CheckpointActions : public QObject {
    Q_OBJECT

public:
    /// Questions are shown over `window`.
    CheckpointActions(AppContext& context, QWidget* window);

    void setSelection(std::vector<WorkloadInfo> selection) { m_selection = std::move(selection); }
    /// Two items in this menu, where a container is chosen. What is disabled says why.
    void fillContextMenu(QMenu& menu);

private:
    WorkloadCheckpoint* makerOf(const WorkloadInfo& info) const;
    std::vector<WorkloadInfo> able(Capability capability) const;
    void askCheckpoint();
    void submitRestore();

    AppContext& m_context;
    QWidget* m_window;
    std::vector<WorkloadInfo> m_selection;
};

} // namespace twinhull
