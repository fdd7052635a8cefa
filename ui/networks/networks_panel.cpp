// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/networks_panel.h"

#include "core/base/ip_subnet.h"
#include "core/networks/network_jobs.h"
#include "ui/widgets/error_text.h"
#include "ui/widgets/fields_dialog.h"

#include <QAction>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

namespace {

const QString kNetworkName = QStringLiteral("Name");
const QString kNetworkSubnets = QStringLiteral("Subnets");
const QString kNetworkIpv6 = QStringLiteral("Ipv6");
const QString kNetworkInternal = QStringLiteral("Internal");

NetworkWish wishFrom(const FieldsDialog::Values& values)
{
    NetworkWish wish;
    wish.name = values[kNetworkName].trimmed();
    wish.subnets = values[kNetworkSubnets].split(u',', Qt::SkipEmptyParts);
    for (QString& subnet : wish.subnets)
        subnet = subnet.trimmed();
    wish.hasIpv6 = !values[kNetworkIpv6].isEmpty();
    wish.isInternal = !values[kNetworkInternal].isEmpty();
    return wish;
}

FieldsDialog::Verdict judgeNetwork(const FieldsDialog::Values& values)
{
    const NetworkWish wish = wishFrom(values);
    if (wish.name.isEmpty())
        return { QObject::tr("Containers in it find each other by name; others do not reach them."), false };
    if (const auto named = checkNetworkName(wish.name); !named)
        return { errorParagraph(named.error()), false };
    QString command = QStringLiteral("twinhullctl network create ");
    for (const QString& subnet : wish.subnets) {
        if (!IpSubnet::parse(subnet.toStdString()))
            return { QObject::tr("\"%1\" is no subnet, like 10.1.0.0/24 or fd00:1::/64.").arg(subnet), false };
        command += QStringLiteral("--subnet ") + subnet + u' ';
    }
    if (wish.hasIpv6)
        command += QStringLiteral("--ipv6 ");
    if (wish.isInternal)
        command += QStringLiteral("--internal ");
    return { command + wish.name, true };
}

QString factsOf(const NetworkInfo& info)
{
    const auto& network = info.definition;
    QStringList lines;
    const auto add = [&lines](const QString& name, const std::string& subnet, const std::string& gateway) {
        if (!subnet.empty())
            lines << QObject::tr("%1: %2, gateway and name server %3")
                         .arg(name, QString::fromStdString(subnet), QString::fromStdString(gateway));
    };
    add(QStringLiteral("IPv4"), network.ipv4Subnet, network.ipv4Gateway);
    add(QStringLiteral("IPv6"), network.ipv6Subnet, network.ipv6Gateway);
    lines << (network.isInternal ? QObject::tr("No way out: internal")
                                 : QObject::tr("Leads out by way of this computer"));
    for (const auto& [key, value] : network.labels)
        lines << QObject::tr("Label %1 = %2").arg(QString::fromStdString(key), QString::fromStdString(value));
    lines << QObject::tr("Used by: %1")
                 .arg(info.users.isEmpty() ? QObject::tr("nobody") : info.users.join(QStringLiteral(", ")));
    for (const auto& member : info.members)
        lines << (member.ipv6.isEmpty() ? QObject::tr("%1 has %2").arg(member.name, member.ipv4)
                                        : QObject::tr("%1 has %2 and %3").arg(member.name, member.ipv4, member.ipv6));
    return lines.join(u'\n');
}

} // namespace

NetworksPanel::NetworksPanel(AppContext& context, QWidget* parent)
    : NamedListPanel(context.jobs,
        { tr("Networks"), QStringLiteral("networksList"),
            tr("No network of your own yet. Each container has one by itself; in one of these they find each other "
               "by name.") },
        parent)
    , m_context(context)
{
    addAction(tr("New network\u2026"), "networksCreate", [this] { create(); });
    m_inspect = addAction(tr("Inspect\u2026"), "networksInspect", [this] { inspect(); });
    m_remove = addAction(tr("Remove\u2026"), "networksRemove", [this] { askToRemove(); });
    setModel(m_model);
}

NamedListPanel::Reading NetworksPanel::read()
{
    const auto networks = std::make_shared<std::vector<NetworkInfo>>();
    return { readNetworksJob(m_context.folders, {}, networks),
        [this, networks] { m_model.setNetworks(std::move(*networks)); } };
}

void NetworksPanel::enableActions()
{
    const NetworkInfo* network = m_model.networkAt(chosen());
    m_inspect->setEnabled(network != nullptr);
    m_remove->setEnabled(network != nullptr && network->users.isEmpty());
    m_remove->setToolTip(network != nullptr ? usersText(network->users) : QString());
}

void NetworksPanel::create()
{
    auto* dialog = new FieldsDialog({ tr("New network"), tr("Create network"), QStringLiteral("networkDialog") },
        { { kNetworkName, tr("Name"), Field::Kind::Text, {}, tr("back") },
            { kNetworkSubnets, tr("Subnets"), Field::Kind::Text, {}, tr("a free one; 10.1.0.0/24, fd00:1::/64") },
            { kNetworkIpv6, tr("IPv6 as well"), Field::Kind::Check },
            { kNetworkInternal, tr("No way out (internal)"), Field::Kind::Check } },
        &judgeNetwork, this);
    connect(dialog, &FieldsDialog::chosen, this,
        [this](const FieldsDialog::Values& values) { submit(createNetworkJob(m_context.folders, wishFrom(values))); });
    dialog->open();
}

void NetworksPanel::inspect()
{
    const NetworkInfo* network = m_model.networkAt(chosen());
    if (network == nullptr)
        return;
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("networkFacts"));
    box->setWindowTitle(tr("Network %1").arg(QString::fromStdString(network->definition.name)));
    box->setTextFormat(Qt::PlainText);
    box->setText(QString::fromStdString(network->definition.name));
    box->setInformativeText(factsOf(*network));
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->addButton(QMessageBox::Close);
    box->open();
}

void NetworksPanel::askToRemove()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Remove network"));
    box->setText(tr("Remove network %1?").arg(name));
    box->setInformativeText(tr("No container is made with it."));
    auto* yes = box->addButton(tr("Remove network"), QMessageBox::DestructiveRole);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, name] { submit(removeNetworkJob(m_context.folders, name)); });
    box->open();
}

} // namespace twinhull
