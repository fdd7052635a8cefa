// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_changes.h"
#include "core/workload/workload_provider.h"
#include "ui/page/app_context.h"

#include <QAction>

#include <vector>

class QMenu;

namespace twinhull {

/// What changes workloads that are there: restart, signals, another name, a second one like it, an
/// image of it; and the way back for what was deleted. Enabled by what the
/// chosen ones can do now; one that cannot is passed over.
class ChangeActions : public QObject {
    Q_OBJECT

Q_SIGNALS:
    /// The sheet for a second one like `name` is wanted.
    void duplicateRequested(const WorkloadPlan& plan, const QString& name);

public:
    /// Questions are shown over `window`.
    ChangeActions(AppContext& context, QWidget* window);

    void setSelection(std::vector<WorkloadInfo> selection);
    QAction& restart() { return m_restart; }
    QAction& rename() { return m_rename; }
    QAction& duplicate() { return m_duplicate; }
    QAction& limits() { return m_limits; }
    QAction& commit() { return m_commit; }
    QAction& bin() { return m_bin; } ///< always enabled

    void fillContextMenu(QMenu& menu);

private:
    WorkloadChanges* changesOf(const WorkloadInfo& info) const;
    void submitRestart();
    void submitSignal(int signalNumber);
    void askLimits();
    void askCommit();
    void openBin();
    void askNewName();
    void requestDuplicate();

    AppContext& m_context;
    QWidget* m_window;
    std::vector<WorkloadInfo> m_selection;
    QAction m_restart;
    QAction m_rename;
    QAction m_duplicate;
    QAction m_limits;
    QAction m_commit;
    QAction m_bin;
};

} // namespace twinhull
