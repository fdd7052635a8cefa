// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/networks_page.h"

#include "ui/networks/networks_panel.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/list_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace twinhull {

namespace {

constexpr int kNetworksGap = 8;
constexpr int kNetworksPadding = 12;

} // namespace

NetworksPage::NetworksPage(AppContext& context, QWidget* parent)
    : QWidget(parent), m_model(context.workloads), m_networks(new NetworksPanel(context)), m_bar(makeBar())
{
    setObjectName(QStringLiteral("networksPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kNetworksPadding, kNetworksPadding, kNetworksPadding, kNetworksPadding);
    layout->setSpacing(kNetworksPadding);
    auto* networks = new Card(tr("Networks"));
    networks->body()->addWidget(m_networks, 1);
    auto* ports = new Card(tr("Published ports"));
    ports->body()->addWidget(makePorts(), 1);
    layout->addWidget(networks, 1);
    layout->addWidget(ports, 1);
    connect(&context.workloads, &WorkloadRegistry::added, this, &NetworksPage::refresh);
    connect(&context.workloads, &WorkloadRegistry::removed, this, &NetworksPage::refresh);
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
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kNetworksGap);
    for (QAction* action : m_networks->panelActions())
        layout->addWidget(makeActionButton(*action, bar));
    layout->addStretch(1);
    return bar;
}

void NetworksPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

/// Nobody sees a page that is not shown.
void NetworksPage::refresh()
{
    if (isVisible())
        m_networks->refresh();
}

void NetworksPage::showPortsOrEmpty()
{
    m_ports->setCurrentIndex(m_model.rowCount() == 0 ? 0 : 1);
}

} // namespace twinhull
