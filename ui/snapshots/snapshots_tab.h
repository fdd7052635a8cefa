// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_snapshots.h"
#include "ui/page/app_context.h"

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace twinhull {

/// A machine's snapshots as a tree, with the present state below the one that it came after. A button that waits says
/// why. Read on another thread when the machine becomes another or has other snapshots.
class SnapshotsTab : public QWidget {
    Q_OBJECT

public:
    explicit SnapshotsTab(AppContext& context, QWidget* parent = nullptr);

    void present(const WorkloadInfo& info);

    /// Null for what has no snapshots.
    static MachineSnapshots* snapshotsOf(AppContext& context, const WorkloadInfo& info);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeStrip();
    void makeTree();
    QPushButton* makeButton(const QString& text, const QString& name, void (SnapshotsTab::*act)());
    void read();
    void fill(const std::vector<MachineSnapshot>& snapshots);
    void addBelow(QTreeWidgetItem* parent, const QString& name, const QString& wanted);
    void noteChoice();
    const MachineSnapshot* chosen() const;
    void take();
    void askToRevert();
    void askToDelete();
    void describe();
    void ask(const QString& title, const QString& question, const QString& consequence, const QString& yes,
        const std::function<void()>& act);
    void submit(const std::function<std::unique_ptr<Job>(MachineSnapshots&)>& make);

    AppContext& m_context;
    WorkloadInfo m_info;
    std::vector<MachineSnapshot> m_shown;
    std::unique_ptr<Job> m_reading;
    bool m_isStale = false; ///< what is being read became old meanwhile
    bool m_isRead = false;
    QString m_problem; ///< of the latest job; empty: none
    QLabel* m_status;
    QTreeWidget* m_tree;
    QPushButton* m_take = nullptr;
    QPushButton* m_revert = nullptr;
    QPushButton* m_describe = nullptr;
    QPushButton* m_delete = nullptr;
};

} // namespace twinhull
