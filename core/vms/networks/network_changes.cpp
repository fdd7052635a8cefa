// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/networks/network_changes.h"

#include "core/vms/domain/definition_access.h"
#include "core/vms/domain/domain_xml.h"
#include "core/vms/networks/network_xml.h"

#include <algorithm>
#include <map>

namespace twinhull {

namespace {

/// Machines by the network that they are defined with.
struct NetworkUsers {
    QStringList all;
    QStringList running;
};
using UsersByNetwork = std::map<QString, NetworkUsers>;

/// Not of one that was deleted meanwhile.
Result<> addUsersOf(virDomainPtr domain, UsersByNetwork& users)
{
    const QString name = QString::fromUtf8(virDomainGetName(domain));
    const bool isRunning = virDomainIsActive(domain) == 1;
    for (const unsigned flags : { 0U, static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE) }) {
        const auto text = xmlFrom(virDomainGetXMLDesc(domain, flags), "read " + name.toStdString());
        if (!text && hasBrokenOff(text.error()))
            return text.error();
        const auto xml = text ? DomainXml::parse(*text) : text.error();
        if (!xml)
            continue;
        for (xmlNodePtr device : childElements(xml->devices())) {
            const QString network = textAt(device, QStringLiteral("source@network"));
            if (!isElement(device, "interface") || network.isEmpty())
                continue;
            auto& known = users[network];
            if (!known.all.contains(name))
                known.all << name;
            if (isRunning && flags == 0 && !known.running.contains(name))
                known.running << name;
        }
    }
    return {};
}

Result<UsersByNetwork> usersByNetwork(virConnectPtr connection)
{
    virDomainPtr* domains = nullptr;
    const int count = virConnectListAllDomains(connection, &domains, 0);
    if (count < 0)
        return libvirtError("list the VMs");
    const std::vector<DomainHandle> handles(domains, domains + count);
    ::free(domains);
    UsersByNetwork users;
    for (const DomainHandle& domain : handles) {
        if (auto added = addUsersOf(domain.get(), users); !added)
            return std::move(added).error();
    }
    return users;
}

void readLeases(virNetworkPtr handle, MachineNetwork& network)
{
    virNetworkDHCPLeasePtr* leases = nullptr;
    const int count = virNetworkGetDHCPLeases(handle, nullptr, &leases, 0);
    for (int i = 0; i < count; ++i) {
        const auto* each = leases[i];
        network.leases.push_back({ QString::fromUtf8(each->mac),
            QStringLiteral("%1/%2").arg(QString::fromUtf8(each->ipaddr)).arg(each->prefix),
            QString::fromUtf8(each->hostname), QDateTime::fromSecsSinceEpoch(each->expirytime) });
        virNetworkDHCPLeaseFree(leases[i]);
    }
    ::free(leases);
}

Result<MachineNetwork> readNetwork(virNetworkPtr handle)
{
    const auto xml = xmlFrom(virNetworkGetXMLDesc(handle, 0), "read the network");
    auto network = xml ? parseNetwork(*xml) : xml.error();
    if (!network)
        return network;
    network->isRunning = virNetworkIsActive(handle) == 1;
    network->isPersistent = virNetworkIsPersistent(handle) != 0;
    int isAutostarted = 0;
    network->isAutostarted = virNetworkGetAutostart(handle, &isAutostarted) == 0 && isAutostarted != 0;
    if (network->isRunning && !network->ranges.isEmpty())
        readLeases(handle, *network);
    return network;
}

Error noSuchNetwork(const QString& name)
{
    return Error{ ErrorCode::NotFound, "there is no virtual network " + name.toStdString(), 0,
        "See which there are with: twinhullctl vm network list" };
}

Result<NetworkHandle> findNetworkOf(virConnectPtr connection, const QString& name)
{
    NetworkHandle network(virNetworkLookupByName(connection, name.toUtf8().constData()));
    if (network)
        return network;
    Error error = libvirtError("find the network");
    return error.code == ErrorCode::NotFound ? noSuchNetwork(name) : error;
}

/// What only root's libvirt can do, said as such.
Error withNetworkStep(Error error, const VmToolbox& tools)
{
    const auto says = [&error](const char* words) { return error.message.find(words) != std::string::npos; };
    if (!error.hint.empty())
        return error;
    if (tools.uri.contains(u"/session")
        && (says("not permitted") || says("ermission denied") || says("bridge") || says("only root"))) {
        error.code = ErrorCode::PermissionDenied;
        return std::move(error).withHint("Virtual networks need root's rights: add --connect qemu:///system; here a "
                                         "VM has the network of its user, with published ports");
    }
    if (says("dnsmasq"))
        return std::move(error).withHint("sudo apt install dnsmasq-base");
    if (says("in use"))
        return std::move(error).withHint("Choose another subnet, or stop what has it");
    return error;
}

Result<> checkNobodyRuns(virConnectPtr connection, const QString& name)
{
    const auto users = usersByNetwork(connection);
    if (!users)
        return users.error();
    const auto found = users->find(name);
    if (found == users->end() || found->second.running.isEmpty())
        return {};
    return Error{ ErrorCode::Busy,
        "network " + name.toStdString() + " is used by "
            + found->second.running.join(QStringLiteral(", ")).toStdString() + ", which runs",
        0, "Shut it down first" };
}

Result<> checkNobodyIsDefined(virConnectPtr connection, const QString& name)
{
    const auto users = usersByNetwork(connection);
    if (!users)
        return users.error();
    const auto found = users->find(name);
    if (found == users->end())
        return {};
    return Error{ ErrorCode::Busy,
        "network " + name.toStdString() + " is used by " + found->second.all.join(QStringLiteral(", ")).toStdString(),
        0, "Give them another first: twinhullctl vm set NAME --device MAC source=NETWORK" };
}

Result<> stopNetwork(virConnectPtr connection, virNetworkPtr network, const QString& name)
{
    if (auto idle = checkNobodyRuns(connection, name); !idle)
        return idle;
    return answerOf(virNetworkDestroy(network), "stop network " + name.toStdString());
}

Result<> removeNetworkOf(virConnectPtr connection, virNetworkPtr network, const QString& name)
{
    if (auto idle = checkNobodyIsDefined(connection, name); !idle)
        return idle;
    const bool isPersistent = virNetworkIsPersistent(network) != 0;
    if (virNetworkIsActive(network) == 1 && virNetworkDestroy(network) != 0)
        return libvirtError("stop network " + name.toStdString());
    return isPersistent ? answerOf(virNetworkUndefine(network), "remove network " + name.toStdString()) : Result<>();
}

/// Both where it runs: the definition alone would come with the next start.
unsigned affectedBy(virNetworkPtr network)
{
    unsigned flags = 0;
    if (virNetworkIsPersistent(network) != 0)
        flags |= VIR_NETWORK_UPDATE_AFFECT_CONFIG;
    if (virNetworkIsActive(network) == 1)
        flags |= VIR_NETWORK_UPDATE_AFFECT_LIVE;
    return flags;
}

/// The reservation belongs to one of a network's subnets; libvirt finds it by the address (-1).
Result<> updateReservation(
    virNetworkPtr network, unsigned command, const NetworkReservation& reservation, const std::string& what)
{
    const auto xml = reservationXml(reservation);
    if (!xml)
        return xml.error();
    return answerOf(
        virNetworkUpdate(network, command, VIR_NETWORK_SECTION_IP_DHCP_HOST, -1, xml->constData(), affectedBy(network)),
        what);
}

DefinitionAccess definitionOfNetwork(virConnectPtr connection, virNetworkPtr network, const QString& name)
{
    return { "network " + name.toStdString(), kNetworkDefinition,
        [network](unsigned flags) { return virNetworkGetXMLDesc(network, flags); },
        [network] { return virNetworkIsActive(network); }, [network] { return virNetworkIsPersistent(network); },
        [connection](const char* xml, unsigned flags) {
            return NetworkHandle(flags == 0 ? virNetworkDefineXML(connection, xml)
                                            : virNetworkDefineXMLFlags(connection, xml, flags))
                != nullptr;
        } };
}

bool isSameMac(const QString& one, const QString& other)
{
    return one.compare(other, Qt::CaseInsensitive) == 0;
}

} // namespace

Result<std::vector<MachineNetwork>> readNetworksOf(virConnectPtr connection, const QStringList& names)
{
    virNetworkPtr* networks = nullptr;
    const int count = virConnectListAllNetworks(connection, &networks, 0);
    if (count < 0)
        return libvirtError("list the virtual networks");
    const std::vector<NetworkHandle> handles(networks, networks + count);
    ::free(networks);
    const auto users = usersByNetwork(connection);
    if (!users)
        return users.error();
    std::vector<MachineNetwork> all;
    for (const NetworkHandle& handle : handles) {
        const QString name = QString::fromUtf8(virNetworkGetName(handle.get()));
        auto network = names.isEmpty() || names.contains(name) ? readNetwork(handle.get())
                                                               : Result<MachineNetwork>(noSuchNetwork(name));
        if (!network) // not asked for, or gone meanwhile
            continue;
        if (const auto found = users->find(name); found != users->end()) {
            network->users = found->second.all;
            network->runningUsers = found->second.running;
        }
        all.push_back(std::move(*network));
    }
    for (const QString& name : names) {
        if (std::none_of(all.begin(), all.end(), [&name](const MachineNetwork& each) { return each.name == name; }))
            return noSuchNetwork(name);
    }
    std::sort(all.begin(), all.end(),
        [](const MachineNetwork& one, const MachineNetwork& other) { return one.name < other.name; });
    return all;
}

Result<> createNetworkOf(virConnectPtr connection, const VmToolbox& tools, const MachineNetworkWish& wish)
{
    const auto known = readNetworksOf(connection, {});
    if (!known)
        return known.error();
    std::vector<IpSubnet> taken = tools.place == HypervisorPlace::Here ? hostSubnets() : std::vector<IpSubnet>();
    for (const auto& network : *known) {
        if (network.name == wish.name)
            return Error{ ErrorCode::AlreadyExists,
                "there is a virtual network " + wish.name.toStdString() + " already", 0, "Choose another name" };
        for (const QString& address : network.addresses) {
            if (const auto subnet = IpSubnet::parse(address.toStdString()))
                taken.push_back(*subnet);
        }
    }
    const auto xml = networkXmlOf(wish, taken);
    if (!xml)
        return xml.error();
    const NetworkHandle network(virNetworkDefineXML(connection, xml->constData()));
    if (!network)
        return withNetworkStep(libvirtError("define network " + wish.name.toStdString()), tools);
    auto started = answerOf(virNetworkCreate(network.get()), "start network " + wish.name.toStdString());
    if (started)
        started = answerOf(virNetworkSetAutostart(network.get(), wish.isAutostarted ? 1 : 0),
            "let network " + wish.name.toStdString() + " start by itself");
    if (started)
        return started;
    if (virNetworkIsActive(network.get()) == 1)
        (void)virNetworkDestroy(network.get()); // nothing more can be done about it, here and below
    (void)virNetworkUndefine(network.get());
    return withNetworkStep(std::move(started).error(), tools);
}

Result<> changeNetworkOf(virConnectPtr connection, const VmToolbox& tools, const QString& name, NetworkChange change)
{
    const auto network = findNetworkOf(connection, name);
    if (!network)
        return network.error();
    const std::string words = " network " + name.toStdString();
    auto done = [&]() -> Result<> {
        switch (change) {
        case NetworkChange::Start:
            return answerOf(virNetworkCreate(network->get()), "start" + words);
        case NetworkChange::Stop:
            return stopNetwork(connection, network->get(), name);
        case NetworkChange::Remove:
            return removeNetworkOf(connection, network->get(), name);
        case NetworkChange::Autostart:
            return answerOf(virNetworkSetAutostart(network->get(), 1), "let it start by itself:" + words);
        default:
            return answerOf(virNetworkSetAutostart(network->get(), 0), "no longer start by itself:" + words);
        }
    }();
    return done ? done : withNetworkStep(std::move(done).error(), tools);
}

Result<NamedDefinition> readNetworkDefinition(virConnectPtr connection, const QString& name)
{
    const auto network = findNetworkOf(connection, name);
    return network ? readDefinitionOf(definitionOfNetwork(connection, network->get(), name)) : network.error();
}

Result<DefinitionOutcome> replaceNetworkDefinition(
    virConnectPtr connection, const QString& name, const NewDefinition& definition)
{
    const auto network = findNetworkOf(connection, name);
    return network ? replaceDefinitionOf(connection, definitionOfNetwork(connection, network->get(), name), definition)
                   : network.error();
}

Result<> reserveIn(virConnectPtr connection, const QString& name, const NetworkReservation& reservation)
{
    const auto network = findNetworkOf(connection, name);
    if (!network)
        return network.error();
    const auto described = readNetwork(network->get());
    if (!described)
        return described.error();
    if (described->ranges.isEmpty() && described->reservations.empty())
        return Error{ ErrorCode::Unsupported, "network " + name.toStdString() + " gives no addresses", 0,
            "Choose one with DHCP" };
    for (const auto& known : described->reservations) {
        const bool isSame = isSameMac(known.mac, reservation.mac);
        if (isSame || known.address == reservation.address)
            return Error{ ErrorCode::AlreadyExists,
                known.address.toStdString() + " is kept for " + known.mac.toStdString() + " already", 0,
                "Let go of it first: twinhullctl vm network release " + name.toStdString() + " "
                    + known.mac.toStdString() };
    }
    return updateReservation(
        network->get(), VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, reservation, "keep an address in " + name.toStdString());
}

Result<> releaseIn(virConnectPtr connection, const QString& name, const QString& mac)
{
    const auto network = findNetworkOf(connection, name);
    if (!network)
        return network.error();
    const auto described = readNetwork(network->get());
    if (!described)
        return described.error();
    for (const auto& known : described->reservations) {
        if (isSameMac(known.mac, mac))
            return updateReservation(network->get(), VIR_NETWORK_UPDATE_COMMAND_DELETE, known,
                "let go of an address in " + name.toStdString());
    }
    return Error{ ErrorCode::NotFound, "nothing is kept for " + mac.toStdString() + " in " + name.toStdString(), 0,
        "See what is: twinhullctl vm network info " + name.toStdString() };
}

} // namespace twinhull
