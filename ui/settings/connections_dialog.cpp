// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/connections_dialog.h"

#include "core/settings/settings.h"
#include "ui/settings/add_connection_dialog.h"
#include "ui/page/app_context.h"
#include "ui/widgets/error_text.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace twinhull {

namespace {

using HostState = ConnectionStatus::State;

constexpr int kHostsPadding = 16;
constexpr QSize kHostsSize(760, 380);
constexpr int kHostRowHeight = 28;
constexpr int kHostTextLines = 4;
constexpr std::array kHostColumnWidths{ 140, 150, 60, 120 }; // the address has the rest

QString hostName(const ConnectionStatus& status)
{
    return status.name.isEmpty() ? ConnectionsDialog::tr("home") : status.name;
}

QString hostStateText(const ConnectionStatus& status, bool isClosed)
{
    if (isClosed)
        return ConnectionsDialog::tr("by name only");
    switch (status.state) {
    case HostState::Connected:
        return ConnectionsDialog::tr("connected");
    case HostState::Connecting:
        return ConnectionsDialog::tr("connecting…");
    case HostState::Lost:
        return ConnectionsDialog::tr("does not answer");
    }
    return {};
}

QString seenText(const ConnectionStatus& status, bool isClosed)
{
    if (isClosed)
        return QStringLiteral("–");
    return status.state == HostState::Connected ? ConnectionsDialog::tr("now") : lastSeenText(status.lastSeen);
}

} // namespace

ConnectionsDialog::ConnectionsDialog(AppContext& context, QWidget* parent)
    : QDialog(parent), m_context(context), m_saved(context.folders), m_list(new QTreeWidget), m_text(new QLabel)
{
    setWindowTitle(tr("Connections"));
    setObjectName(QStringLiteral("connectionsDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    makeList();
    m_text->setObjectName(QStringLiteral("connectionText"));
    m_text->setProperty("muted", true);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_text->setMinimumHeight(fontMetrics().lineSpacing() * kHostTextLines);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kHostsPadding, kHostsPadding, kHostsPadding, kHostsPadding);
    layout->setSpacing(kHostsPadding);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_text);
    layout->addWidget(makeButtons());
    resize(kHostsSize);
    const auto& workloads = m_context.workloads;
    connect(&workloads, &WorkloadRegistry::availabilityChanged, this, &ConnectionsDialog::refresh);
    connect(&workloads, &WorkloadRegistry::added, this, &ConnectionsDialog::refresh);
    connect(&workloads, &WorkloadRegistry::removed, this, &ConnectionsDialog::refresh);
    refresh();
}

void ConnectionsDialog::makeList()
{
    m_list->setHeaderLabels({ tr("Name"), tr("State"), tr("VMs"), tr("Last seen"), tr("Address") });
    m_list->setRootIsDecorated(false);
    m_list->setAccessibleName(tr("libvirt hosts"));
    m_list->setObjectName(QStringLiteral("connectionList"));
    for (int column = 0; column < static_cast<int>(kHostColumnWidths.size()); ++column)
        m_list->header()->resizeSection(column, kHostColumnWidths[static_cast<std::size_t>(column)]);
    m_list->header()->setStretchLastSection(true);
    connect(m_list, &QTreeWidget::itemSelectionChanged, this, &ConnectionsDialog::describe);
}

QWidget* ConnectionsDialog::makeButtons()
{
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_remove = buttons->addButton(tr("Remove"), QDialogButtonBox::DestructiveRole);
    m_remove->setObjectName(QStringLiteral("connectionRemove"));
    m_remove->setToolTip(tr("Takes the host out of the list. Its VMs run on."));
    auto* add = buttons->addButton(tr("Add connection…"), QDialogButtonBox::ActionRole);
    add->setObjectName(QStringLiteral("connectionAdd"));
    add->setProperty("primary", true);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_remove, &QPushButton::clicked, this, &ConnectionsDialog::removeChosen);
    connect(add, &QPushButton::clicked, this, &ConnectionsDialog::openAdd);
    return buttons;
}

std::vector<ConnectionsDialog::Row> ConnectionsDialog::readRows()
{
    std::vector<Row> rows;
    for (const WorkloadProvider* provider : m_context.workloads.providers()) {
        const auto* connection = dynamic_cast<const HasConnection*>(provider);
        if (auto status = connection != nullptr ? connection->connectionStatus() : std::nullopt)
            rows.push_back({ *std::move(status) });
    }
    const auto saved = m_saved.read();
    m_complaint = saved ? QString() : errorParagraph(saved.error());
    if (!saved)
        return rows;
    for (const SavedConnection& one : *saved) {
        const auto isSame = [&one](const Row& row) { return row.status.name == one.name; };
        if (std::none_of(rows.begin(), rows.end(), isSame))
            rows.push_back({ { one.name, one.uri, HostState::Connecting, {}, {}, 0 }, !one.isAutoconnected });
    }
    return rows;
}

void ConnectionsDialog::refresh()
{
    const int chosen = std::max(0, m_list->indexOfTopLevelItem(m_list->currentItem()));
    m_rows = readRows();
    const QSignalBlocker quiet(m_list);
    m_list->clear();
    for (const auto& [status, isClosed] : m_rows) {
        const bool isKnown = !isClosed && status.state == HostState::Connected;
        auto* item = new QTreeWidgetItem({ hostName(status), hostStateText(status, isClosed),
            isKnown ? QString::number(status.workloads) : QStringLiteral("–"), seenText(status, isClosed),
            status.uri });
        item->setSizeHint(0, { 0, kHostRowHeight });
        item->setToolTip(4, status.uri);
        m_list->addTopLevelItem(item);
    }
    m_list->setCurrentItem(m_list->topLevelItem(std::min(chosen, m_list->topLevelItemCount() - 1)));
    describe();
}

void ConnectionsDialog::describe()
{
    const int row = m_list->indexOfTopLevelItem(m_list->currentItem());
    const bool isChosen = row >= 0 && row < static_cast<int>(m_rows.size());
    const ConnectionStatus status = isChosen ? m_rows[static_cast<std::size_t>(row)].status : ConnectionStatus();
    m_remove->setEnabled(isChosen && !status.name.isEmpty());
    if (!m_complaint.isEmpty())
        m_text->setText(m_complaint);
    else if (status.error)
        m_text->setText(errorParagraph(*status.error) + u' ' + tr("It is tried again by itself.") + u'\n'
            + QString::fromStdString(status.error->message));
    else if (isChosen && status.name.isEmpty())
        m_text->setText(tr("The connection in the settings. VMs from images and twins are made here."));
    else
        m_text->setText(tr("Its VMs are listed below those of this computer, under the name of the host."));
}

void ConnectionsDialog::openAdd()
{
    auto* dialog = new AddConnectionDialog(m_saved, m_context.settings.value(setting::kLibvirtUri), this);
    connect(dialog, &QDialog::accepted, this, &ConnectionsDialog::refresh);
    dialog->open();
}

void ConnectionsDialog::removeChosen()
{
    const int row = m_list->indexOfTopLevelItem(m_list->currentItem());
    if (row < 0)
        return;
    const auto removed = m_saved.remove(m_rows[static_cast<std::size_t>(row)].status.name);
    refresh();
    if (!removed)
        m_text->setText(errorParagraph(removed.error()));
}

} // namespace twinhull
