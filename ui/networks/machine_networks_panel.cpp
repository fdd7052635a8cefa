// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/machine_networks_panel.h"

#include "core/base/ip_subnet.h"
#include "core/workload/plan_command.h"
#include "ui/hardware/definition_sheet.h"
#include "ui/widgets/fields_dialog.h"

#include <QAction>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>

namespace twinhull {

namespace {

const QString kVirtualName = QStringLiteral("Name");
const QString kVirtualMode = QStringLiteral("Mode");
const QString kVirtualAddresses = QStringLiteral("Addresses");
const QString kVirtualRange = QStringLiteral("Range");
const QString kVirtualBridge = QStringLiteral("Bridge");
const QString kVirtualDomain = QStringLiteral("Domain");
const QString kReservedMac = QStringLiteral("Mac");
const QString kReservedAddress = QStringLiteral("Address");
const QString kReservedName = QStringLiteral("HostName");

MachineNetworkWish virtualNetworkFrom(const FieldsDialog::Values& values)
{
    MachineNetworkWish wish;
    wish.name = values[kVirtualName];
    wish.mode = values[kVirtualMode];
    wish.bridge = values[kVirtualBridge];
    wish.range = values[kVirtualRange];
    wish.domain = values[kVirtualDomain];
    for (const QString& address : values[kVirtualAddresses].split(u',', Qt::SkipEmptyParts))
        wish.addresses << address.trimmed();
    return wish;
}

QString virtualNetworkCommand(const QString& host, const MachineNetworkWish& wish)
{
    QStringList words = hostCommand(host);
    words << QStringLiteral("vm") << QStringLiteral("network") << QStringLiteral("create") << wish.name
          << QStringLiteral("--mode") << wish.mode;
    for (const QString& address : wish.addresses)
        words << QStringLiteral("--address") << address;
    for (const auto& [option, value] : { std::pair{ "--range", wish.range }, std::pair{ "--bridge", wish.bridge },
             std::pair{ "--domain", wish.domain } }) {
        if (!value.isEmpty())
            words << QLatin1String(option) << value;
    }
    return shellLine(words);
}

FieldsDialog::Verdict judgeVirtualNetwork(const QString& host, const FieldsDialog::Values& values)
{
    const MachineNetworkWish wish = virtualNetworkFrom(values);
    if (wish.name.isEmpty())
        return { host.isEmpty()
                ? QObject::tr("Virtual networks need root's libvirt (qemu:///system, in the settings).")
                : QObject::tr("Virtual networks need root's libvirt on that host (an address that ends with /system)."),
            false };
    if (wish.mode == u"bridge" && wish.bridge.isEmpty())
        return { QObject::tr("Type the name of the host's bridge, such as br0."), false };
    for (const QString& address : wish.addresses) {
        if (!address.contains(u'/') || !IpSubnet::parse(address.toStdString()))
            return { QObject::tr("\"%1\" is no address with a prefix, like 10.1.0.1/24.").arg(address), false };
    }
    return { virtualNetworkCommand(host, wish), true };
}

FieldsDialog::Verdict judgeReservation(const FieldsDialog::Values& values)
{
    const bool isWhole = !values[kReservedMac].isEmpty() && !values[kReservedAddress].isEmpty();
    return { QObject::tr("The network card with that MAC address always gets this address."), isWhole };
}

QString factsOfVirtual(const MachineNetwork& network)
{
    QStringList lines;
    const auto add = [&lines](const QString& name, const QString& value) {
        if (!value.isEmpty())
            lines << QStringLiteral("%1: %2").arg(name, value);
    };
    const QString separator = QStringLiteral(", ");
    add(QObject::tr("Kind"), networkKindText(network.mode));
    add(QObject::tr("Bridge"), network.bridge);
    add(QObject::tr("Out by"), network.device);
    add(QObject::tr("The host in it"), network.addresses.join(separator));
    add(QObject::tr("DHCP gives"), network.ranges.join(separator));
    add(QObject::tr("Domain"), network.domain);
    add(QObject::tr("Used by"), network.users.isEmpty() ? QObject::tr("nobody") : network.users.join(separator));
    for (const auto& each : network.reservations)
        lines << QObject::tr("%1 is kept for %2 %3").arg(each.address, each.mac, each.hostName).trimmed();
    for (const auto& lease : network.leases)
        lines << QObject::tr("%1 is given to %2 %3 until %4")
                     .arg(lease.address, lease.mac, lease.hostName,
                         QLocale().toString(lease.expires, QLocale::ShortFormat));
    return lines.join(u'\n');
}

} // namespace

MachineNetworksPanel::MachineNetworksPanel(AppContext& context, QWidget* parent)
    : HostedListPanel(context,
        { tr("Virtual networks"), QStringLiteral("machineNetworksList"),
            tr("No virtual network. A VM has one of its user's by itself, with published ports; networks in which "
               "VMs see each other need root's libvirt (qemu:///system).") },
        tr("Read the virtual networks"), parent)
{
    addAction(tr("New virtual network\u2026"), "machineNetworksCreate", [this] { create(); });
    m_start = addAction(tr("Start"), "machineNetworksStart", [this] { change(NetworkChange::Start); });
    m_stop = addAction(tr("Stop"), "machineNetworksStop", [this] { change(NetworkChange::Stop); });
    m_inspect = addAction(tr("Leases and more\u2026"), "machineNetworksInspect", [this] { inspect(); });
    m_reserve = addAction(tr("Keep an address\u2026"), "machineNetworksReserve", [this] { reserve(); });
    m_xml = addAction(tr("XML\u2026"), "machineNetworksXml", [this] { editXml(); });
    m_autostart = addAction(tr("Start with libvirt"), "machineNetworksAutostart",
        [this] { change(m_autostart->isChecked() ? NetworkChange::Autostart : NetworkChange::NoAutostart); });
    m_autostart->setCheckable(true);
    m_remove = addAction(tr("Remove\u2026"), "machineNetworksRemove", [this] { askToRemove(); });
    setModel(m_model);
}

NamedListPanel::Reading MachineNetworksPanel::readFrom(WorkloadProvider& provider)
{
    auto* has = dynamic_cast<HasMachineNetworks*>(&provider);
    if (has == nullptr)
        return {};
    const auto found = std::make_shared<std::vector<MachineNetwork>>();
    return { has->networks().readNetworks({}, found), [this, found] { m_model.setNetworks(*found); } };
}

/// The connection may be gone by now.
void MachineNetworksPanel::run(
    const QString& connection, const std::function<std::unique_ptr<Job>(MachineNetworks&)>& make)
{
    if (auto* has = on<HasMachineNetworks>(connection))
        submit(make(has->networks()));
}

void MachineNetworksPanel::enableActions()
{
    const MachineNetwork* network = m_model.networkAt(chosen());
    m_start->setEnabled(network != nullptr && !network->isRunning);
    m_stop->setEnabled(network != nullptr && network->isRunning && network->runningUsers.isEmpty());
    m_stop->setToolTip(network != nullptr ? usersText(network->runningUsers) : QString());
    m_inspect->setEnabled(network != nullptr);
    m_reserve->setEnabled(network != nullptr && !network->ranges.isEmpty());
    m_xml->setEnabled(network != nullptr && network->isPersistent);
    m_autostart->setEnabled(network != nullptr && network->isPersistent);
    m_autostart->setChecked(network != nullptr && network->isAutostarted);
    m_remove->setEnabled(network != nullptr && network->users.isEmpty());
    m_remove->setToolTip(network != nullptr ? usersText(network->users) : QString());
}

void MachineNetworksPanel::create()
{
    const QStringList modes{ QStringLiteral("nat"), QStringLiteral("route"), QStringLiteral("open"),
        QStringLiteral("isolated"), QStringLiteral("bridge") };
    auto* dialog = new FieldsDialog(
        { tr("New virtual network"), tr("Create network"), QStringLiteral("machineNetworkDialog") },
        { { kVirtualName, tr("Name"), Field::Kind::Text, {}, tr("lab") },
            { kVirtualMode, tr("Kind"), Field::Kind::Choice, modes.front(), {}, modes },
            { kVirtualAddresses, tr("The host's addresses"), Field::Kind::Text, {},
                tr("free ones; 10.1.0.1/24, fd00:1::1/64") },
            { kVirtualRange, tr("DHCP gives"), Field::Kind::Text, {}, tr("all of it; 10.1.0.50-10.1.0.99") },
            { kVirtualBridge, tr("Bridge"), Field::Kind::Text, {}, tr("a new one; of kind bridge the host's") },
            { kVirtualDomain, tr("Domain"), Field::Kind::Text, {}, tr("of the names in it; may stay empty") } },
        [host = host()](const FieldsDialog::Values& values) { return judgeVirtualNetwork(host, values); }, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, host = host()](const FieldsDialog::Values& values) {
        run(host, [&](MachineNetworks& all) { return all.createNetwork(virtualNetworkFrom(values)); });
    });
    dialog->open();
}

void MachineNetworksPanel::change(NetworkChange change)
{
    if (!chosenName().isEmpty())
        run(host(), [&](MachineNetworks& all) { return all.changeNetwork(chosenName(), change); });
}

void MachineNetworksPanel::inspect()
{
    const MachineNetwork* network = m_model.networkAt(chosen());
    if (network == nullptr)
        return;
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("machineNetworkFacts"));
    box->setWindowTitle(tr("Virtual network %1").arg(network->name));
    box->setTextFormat(Qt::PlainText);
    box->setText(network->name);
    box->setInformativeText(factsOfVirtual(*network));
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->addButton(QMessageBox::Close);
    box->open();
}

void MachineNetworksPanel::reserve()
{
    const QString name = chosenName();
    auto* dialog = new FieldsDialog(
        { tr("Keep an address in %1").arg(name), tr("Keep address"), QStringLiteral("reservationDialog") },
        { { kReservedMac, tr("MAC address"), Field::Kind::Text, {}, QStringLiteral("52:54:00:12:34:56") },
            { kReservedAddress, tr("Address"), Field::Kind::Text, {}, QStringLiteral("10.1.0.7") },
            { kReservedName, tr("Host name"), Field::Kind::Text, {}, tr("may stay empty") } },
        &judgeReservation, this);
    connect(dialog, &FieldsDialog::chosen, this, [this, name, host = host()](const FieldsDialog::Values& values) {
        const NetworkReservation kept{ values[kReservedMac], values[kReservedAddress], values[kReservedName] };
        run(host, [&](MachineNetworks& all) { return all.reserve(name, kept); });
    });
    dialog->open();
}

void MachineNetworksPanel::editXml()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    const auto definitions = [this, host = host()]() -> NamedDefinitions* {
        auto* has = on<HasMachineNetworks>(host);
        return has != nullptr ? &has->networks() : nullptr;
    };
    openNamedDefinition(context().jobs,
        { name,
            { tr("Definition of network %1").arg(name), tr("<network> … </network>, as virsh net-dumpxml writes it"),
                tr("It is checked against libvirt's schema before anything is changed.") },
            definitions, [this] { refresh(); } },
        this);
}

void MachineNetworksPanel::askToRemove()
{
    const QString name = chosenName();
    if (name.isEmpty())
        return;
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Remove network"));
    box->setText(tr("Remove virtual network %1?").arg(name));
    box->setInformativeText(tr("No machine is made with it."));
    auto* yes = box->addButton(tr("Remove network"), QMessageBox::DestructiveRole);
    box->addButton(tr("Keep"), QMessageBox::RejectRole);
    connect(yes, &QPushButton::clicked, this, [this, name, host = host()] {
        run(host, [&name](MachineNetworks& all) { return all.changeNetwork(name, NetworkChange::Remove); });
    });
    box->open();
}

} // namespace twinhull
