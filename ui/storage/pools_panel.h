// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/storage/pool_list_model.h"
#include "ui/widgets/hosted_list_panel.h"

#include <optional>

class QMenu;

namespace twinhull {

/// The storage pools of a host's machines and what a person can do with them.
class PoolsPanel : public HostedListPanel {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit PoolsPanel(AppContext& context, QWidget* parent = nullptr);

    /// The one that is chosen; absent: none.
    std::optional<MachinePool> pool() const;
    void letIn() { change(PoolChange::LetIn); } ///< machines, into the chosen one

Q_SIGNALS:
    void poolChosen(); ///< another one, or read again

private:
    Reading readFrom(WorkloadProvider& provider) override;
    void showNone() override { m_model.setPools({}); }
    void onHostChanged() override;
    void enableActions() override;
    void run(const QString& connection, const std::function<std::unique_ptr<Job>(MachineStorage&)>& make);
    void readKinds(MachineStorage& storage);
    void create(const PoolKind& kind);
    void change(PoolChange change);
    void editXml();
    void askToDelete();

    PoolListModel m_model;
    std::unique_ptr<QMenu> m_kinds;
    std::unique_ptr<Job> m_kindsReading;
    QAction* m_start;
    QAction* m_stop;
    QAction* m_lookAgain;
    QAction* m_xml;
    QAction* m_autostart;
    QAction* m_delete;
};

} // namespace twinhull
