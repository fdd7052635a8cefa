// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/networks/card_network.h"

#include "core/base/files.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/networks/network_xml.h"

#include <QCoreApplication>

#include <memory>
#include <vector>

namespace twinhull {

namespace {

using InterfaceHandle = std::unique_ptr<virInterface, VirDeleter<&virInterfaceFree>>;

constexpr qsizetype kLongestDeviceName = 15; // IFNAMSIZ, with its end

QString cardTr(const char* text)
{
    return QCoreApplication::translate("VmMaking", text);
}

std::vector<NetworkHandle> allNetworks(virConnectPtr connection)
{
    virNetworkPtr* listed = nullptr;
    const int count = virConnectListAllNetworks(connection, &listed, 0);
    if (count < 0)
        return {};
    std::vector<NetworkHandle> networks(listed, listed + count);
    ::free(listed);
    return networks;
}

QStringList networkNames(virConnectPtr connection)
{
    QStringList names;
    for (const NetworkHandle& network : allNetworks(connection))
        names << QString::fromUtf8(virNetworkGetName(network.get()));
    names.sort();
    return names;
}

/// Made by libvirt while the network runs; a network of mode "bridge" stands on one of the host's own.
QStringList bridgesOfNetworks(virConnectPtr connection)
{
    QStringList bridges;
    for (const NetworkHandle& network : allNetworks(connection)) {
        const auto xml = xmlFrom(virNetworkGetXMLDesc(network.get(), 0), "read a network");
        const auto known = xml ? parseNetwork(*xml) : Result<MachineNetwork>(xml.error());
        if (known && known->mode != u"bridge" && !known->bridge.isEmpty())
            bridges << known->bridge;
    }
    return bridges;
}

std::string namesInWords(const QStringList& names, const char* none)
{
    return names.isEmpty() ? none : "It has: " + names.join(QStringLiteral(", ")).toStdString();
}

Result<CardNetwork> lookAtNetwork(virConnectPtr connection, const MachineCard& card)
{
    const NetworkHandle network(virNetworkLookupByName(connection, card.name.toUtf8().constData()));
    if (!network) {
        auto error = libvirtError("find the virtual network " + card.name.toStdString());
        if (hasBrokenOff(error))
            return error;
        return Error{ ErrorCode::NotFound, "there is no virtual network " + card.name.toStdString(), 0,
            namesInWords(networkNames(connection), "It has none; make one: twinhullctl vm network create NAME") };
    }
    CardNetwork found;
    found.reason = cardTr("Its network card is in the virtual network %1").arg(card.name);
    if (virNetworkIsActive(network.get()) == 0)
        found.warning = cardTr("The network %1 does not run. Start it before the VM: twinhullctl vm network start %1")
                            .arg(card.name);
    return found;
}

Result<CardNetwork> lookAtBridge(virConnectPtr connection, const VmToolbox& tools, const MachineCard& card)
{
    const bool isName = card.name.size() <= kLongestDeviceName && !card.name.contains(u'/') && card.name != u"."
        && card.name != u"..";
    const std::string folder = "/sys/class/net/" + card.name.toStdString() + "/bridge";
    if (!isName || (tools.place == HypervisorPlace::Here && !exists(folder)))
        return Error{ ErrorCode::NotFound, "there is no bridge " + card.name.toStdString(), 0,
            namesInWords(hostBridges(connection),
                "It has none; a virtual network needs none (vm network list), and user works everywhere") };
    CardNetwork found;
    found.reason = cardTr("Its network card is on the bridge %1").arg(card.name);
    if (tools.uri.section(u'?', 0, 0).endsWith(u"/session"))
        found.warning = cardTr("A person's own libvirt reaches the bridge by qemu-bridge-helper, and only where "
                               "/etc/qemu/bridge.conf says: allow %1")
                            .arg(card.name);
    return found;
}

} // namespace

Result<CardNetwork> lookAtCard(virConnectPtr connection, const VmToolbox& tools, const MachineCard& card)
{
    if (card.kind == MachineCard::Kind::Network)
        return lookAtNetwork(connection, card);
    return card.kind == MachineCard::Kind::Bridge ? lookAtBridge(connection, tools, card) : CardNetwork();
}

QStringList hostBridges(virConnectPtr connection)
{
    virInterfacePtr* listed = nullptr;
    const int count = virConnectListAllInterfaces(connection, &listed, 0);
    if (count < 0)
        return {};
    const std::vector<InterfaceHandle> interfaces(listed, listed + count);
    ::free(listed);
    const QStringList taken = bridgesOfNetworks(connection);
    QStringList names;
    for (const InterfaceHandle& interface : interfaces) {
        const QString name = QString::fromUtf8(virInterfaceGetName(interface.get()));
        const auto text = xmlFrom(virInterfaceGetXMLDesc(interface.get(), 0), "read " + name.toStdString());
        const auto xml = text ? DomainXml::parse(*text, "interface") : text.error();
        if (xml && textAt(xml->root(), QStringLiteral("@type")) == u"bridge" && !taken.contains(name))
            names << name;
    }
    names.sort();
    return names;
}

} // namespace twinhull
