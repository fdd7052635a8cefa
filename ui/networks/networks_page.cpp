// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/networks_page.h"

#include "ui/widgets/list_view.h"

#include <QLabel>

namespace twinhull {

NetworksPage::NetworksPage(AppContext& context, QWidget* parent) : QStackedWidget(parent), m_model(context.workloads)
{
    setObjectName(QStringLiteral("networksPage"));
    auto* empty = new QLabel(tr("No workload publishes a port.\n\nPorts are published when a workload is made, and "
                                "answer on this computer while it runs."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setProperty("muted", true);
    auto* list = new ListView(tr("Published ports"));
    list->setObjectName(QStringLiteral("portsList"));
    list->setModel(&m_model);
    addWidget(empty);
    addWidget(list);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &NetworksPage::showListOrEmpty);
    showListOrEmpty();
}

void NetworksPage::showListOrEmpty()
{
    setCurrentIndex(m_model.rowCount() == 0 ? 0 : 1);
}

} // namespace twinhull
