// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/app_context.h"
#include "ui/storage/pool_list_model.h"
#include "ui/widgets/named_list_panel.h"

#include <optional>

class QMenu;

namespace twinhull {

/// The pools of the machines here; null where there is no libvirt.
MachineStorage* machineStorageOf(const AppContext& context);

/// The storage pools of machines and what a person can do with them.
class PoolsPanel : public NamedListPanel {
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
    Reading read() override;
    void enableActions() override;
    void readKinds();
    void create(const PoolKind& kind);
    void change(PoolChange change);
    void askToDelete();

    AppContext& m_context;
    PoolListModel m_model;
    std::unique_ptr<QMenu> m_kinds;
    std::unique_ptr<Job> m_kindsReading;
    QAction* m_start;
    QAction* m_stop;
    QAction* m_lookAgain;
    QAction* m_autostart;
    QAction* m_delete;
};

} // namespace twinhull
