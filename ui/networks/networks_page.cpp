// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/networks_page.h"

#include "ui/networks/machine_networks_panel.h"
#include "ui/networks/networks_panel.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/host_choice.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kNetworksGap = 8;
constexpr int kNetworksPadding = 12;

QWidget* inNetworkCard(const QString& title, QWidget* content)
{
    auto* card = new Card(title);
    card->body()->addWidget(content, 1);
    auto* below = new QWidget; // the tabs
    auto* layout = new QVBoxLayout(below);
    layout->setContentsMargins(0, kNetworksGap, 0, 0);
    layout->addWidget(card);
    return below;
}

} // namespace

NetworksPage::NetworksPage(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_model(context.workloads)
    , m_networks(new NetworksPanel(context))
    , m_machineNetworks(new MachineNetworksPanel(context))
    , m_bar(makeBar())
{
    setObjectName(QStringLiteral("networksPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kNetworksPadding, kNetworksPadding, kNetworksPadding, kNetworksPadding);
    layout->setSpacing(kNetworksPadding);
    auto* kinds = new QTabWidget;
    kinds->setAccessibleName(tr("Whose networks"));
    kinds->setObjectName(QStringLiteral("networkKinds"));
    kinds->addTab(inNetworkCard(tr("Networks"), m_networks), tr("Containers"));
    kinds->addTab(inNetworkCard(tr("Virtual networks"), m_machineNetworks), tr("Machines"));
    m_host = addHostCorner(*kinds, 1, context.workloads);
    connect(m_host, &HostChoice::hostChosen, this, [this] { m_machineNetworks->setHost(m_host->host()); });
    connect(kinds, &QTabWidget::currentChanged, m_actions, &QStackedWidget::setCurrentIndex);
    auto* ports = new Card(tr("Published ports"));
    ports->body()->addWidget(makePorts(), 1);
    layout->addWidget(kinds, 1);
    layout->addWidget(ports, 1);
    connect(&context.workloads, &WorkloadRegistry::added, this, &NetworksPage::refresh);
    connect(&context.workloads, &WorkloadRegistry::removed, this, &NetworksPage::refresh);
    connect(&context.workloads, &WorkloadRegistry::availabilityChanged, this, &NetworksPage::refresh);
}

QWidget* NetworksPage::makePorts()
{
    m_ports = new QStackedWidget;
    auto* empty = new QLabel(tr("No workload publishes a port.\n\nPorts are published when a workload is made, and "
                                "answer on this computer while it runs."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setProperty("muted", true);
    auto* list = new ListView(tr("Published ports"));
    list->setObjectName(QStringLiteral("portsList"));
    list->setModel(&m_model);
    m_ports->addWidget(empty);
    m_ports->addWidget(list);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &NetworksPage::showPortsOrEmpty);
    showPortsOrEmpty();
    return m_ports;
}

QWidget* NetworksPage::makeBar()
{
    auto* bar = new QWidget(this);
    m_actions = new QStackedWidget;
    m_actions->addWidget(makeActions(*m_networks));
    m_actions->addWidget(makeActions(*m_machineNetworks));
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_actions);
    return bar;
}

QWidget* NetworksPage::makeActions(const NamedListPanel& panel) const
{
    auto* actions = new QWidget(m_actions);
    auto* layout = new QHBoxLayout(actions);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kNetworksGap);
    for (QAction* action : panel.panelActions())
        layout->addWidget(makeActionButton(*action, actions));
    layout->addStretch(1);
    return actions;
}

void NetworksPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

/// Nobody sees a page that is not shown.
void NetworksPage::refresh()
{
    if (!isVisible())
        return;
    m_networks->refresh();
    m_machineNetworks->refresh();
}

void NetworksPage::showPortsOrEmpty()
{
    m_ports->setCurrentIndex(m_model.rowCount() == 0 ? 0 : 1);
}

} // namespace twinhull
