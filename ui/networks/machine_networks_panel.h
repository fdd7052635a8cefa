// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/networks/machine_network_model.h"
#include "ui/widgets/hosted_list_panel.h"

namespace twinhull {

/// The virtual networks of a host's machines and what a person can do with them.
class MachineNetworksPanel : public HostedListPanel {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit MachineNetworksPanel(AppContext& context, QWidget* parent = nullptr);

private:
    Reading readFrom(WorkloadProvider& provider) override;
    void showNone() override { m_model.setNetworks({}); }
    void enableActions() override;
    void run(const QString& connection, const std::function<std::unique_ptr<Job>(MachineNetworks&)>& make);
    void create();
    void change(NetworkChange change);
    void inspect();
    void reserve();
    void editXml();
    void askToRemove();

    MachineNetworkModel m_model;
    QAction* m_start;
    QAction* m_stop;
    QAction* m_inspect;
    QAction* m_reserve;
    QAction* m_xml;
    QAction* m_autostart;
    QAction* m_remove;
};

} // namespace twinhull
