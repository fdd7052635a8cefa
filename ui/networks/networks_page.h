// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/networks/port_list_model.h"
#include "ui/page/app_context.h"
#include "ui/page/page_bar.h"

#include <QWidget>

class QStackedWidget;
class QTabWidget;

namespace twinhull {

class HostChoice;
class MachineNetworksPanel;
class NamedListPanel;
class NetworksPanel;

/// The networks of containers and of machines, and where the workloads can be reached from this computer.
class NetworksPage : public QWidget, public PageBarSource {
    Q_OBJECT

public:
    /// The context must outlive this.
    explicit NetworksPage(AppContext& context, QWidget* parent = nullptr);

    QWidget* pageBar() override { return m_bar; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    QWidget* makeActions(const NamedListPanel& panel) const;
    QWidget* makePorts();
    void showPortsOrEmpty();
    void refresh();

    PortListModel m_model;
    NetworksPanel* m_networks;
    MachineNetworksPanel* m_machineNetworks;
    HostChoice* m_host = nullptr; ///< of the machines
    QStackedWidget* m_actions = nullptr; ///< of the kind that is shown
    QWidget* m_bar;
    QStackedWidget* m_ports = nullptr;
};

} // namespace twinhull
