// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/networks/machine_network_model.h"
#include "ui/shell/app_context.h"
#include "ui/widgets/named_list_panel.h"

namespace twinhull {

/// The virtual networks of machines and what a person can do with them.
class MachineNetworksPanel : public NamedListPanel {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit MachineNetworksPanel(AppContext& context, QWidget* parent = nullptr);

private:
    Reading read() override;
    void enableActions() override;
    MachineNetworks* networks() const; ///< null where there is no libvirt
    void create();
    void change(NetworkChange change);
    void inspect();
    void reserve();
    void askToRemove();

    AppContext& m_context;
    MachineNetworkModel m_model;
    QAction* m_start;
    QAction* m_stop;
    QAction* m_inspect;
    QAction* m_reserve;
    QAction* m_autostart;
    QAction* m_remove;
};

} // namespace twinhull
