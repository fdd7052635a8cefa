// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/networks/networks.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/ip_subnet.h"
#include "core/ipc/event_journal.h"
#include "core/images/file_lock.h"
#include "core/ipc/known_containers.h"

#include <QDir>
#include <QObject>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace twinhull {

namespace {

constexpr const char* kFileEnding = ".json";
constexpr const char* kHelperSubnet = "10.0.2.0/24"; // of every network helper; core/monitor/network_helper.h
constexpr unsigned kMostIpv4Bits = 30; // a gateway and somebody
constexpr unsigned kMostIpv6Bits = 120;
constexpr std::size_t kMostNetworks = 250; // each is a bridge of one keeper

Error badNetwork(const std::string& what, const std::string& hint)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, hint };
}

std::string pathOf(const DataFolders& folders, const QString& name)
{
    return folders.networks() + "/" + name.toStdString() + kFileEnding;
}

Result<NetworkDefinition> readDefinition(const std::string& path)
{
    const auto text = readFile(path, kNetworkDefinitionLimitBytes);
    return text ? decodeNetworkDefinition(*text).withContext(path) : Result<NetworkDefinition>(text.error());
}

/// By name.
Result<std::vector<NetworkDefinition>> readDefinitions(const DataFolders& folders)
{
    std::vector<NetworkDefinition> all;
    const QDir folder(QString::fromStdString(folders.networks()));
    for (const QString& file : folder.entryList({ QStringLiteral("*.json") }, QDir::Files, QDir::Name)) {
        const QString name = file.chopped(5);
        if (!checkNetworkName(name))
            continue; // half made, or nothing of ours
        auto network = readDefinition(pathOf(folders, name));
        if (!network && network.error().code == ErrorCode::NotFound) // removed meanwhile
            continue;
        if (!network)
            return std::move(network).error();
        all.push_back(*std::move(network));
    }
    return all;
}

Result<> checkApart(const IpSubnet& subnet, const std::vector<NetworkDefinition>& others)
{
    if (subnet.overlaps(*IpSubnet::parse(kHelperSubnet)))
        return Error{ ErrorCode::Busy,
            "subnet " + subnet.text() + " overlaps that of the network helper, " + kHelperSubnet, 0,
            "Choose another subnet." };
    for (const auto& other : others) {
        for (const auto& text : { other.ipv4Subnet, other.ipv6Subnet }) {
            const auto taken = IpSubnet::parse(text);
            if (taken && taken->overlaps(subnet))
                return Error{ ErrorCode::Busy,
                    "subnet " + subnet.text() + " overlaps " + text + " of the network " + other.name, 0,
                    "Choose another subnet, or leave it out for a free one." };
        }
    }
    return {};
}

std::optional<IpSubnet> freeIpv4(const std::vector<NetworkDefinition>& others)
{
    for (int number = 0; number < 256; ++number) {
        const auto subnet = IpSubnet::parse("10.89." + std::to_string(number) + ".0/24");
        if (checkApart(*subnet, others))
            return subnet;
    }
    return std::nullopt;
}

/// A unique local one (RFC 4193): 40 bits at random.
IpSubnet newIpv6()
{
    IpSubnet subnet{ { IpFamily::V6, { 0xfd } }, 64 };
    const quint64 bits = QRandomGenerator::system()->generate64();
    for (unsigned i = 0; i < 5; ++i)
        subnet.first.bytes[i + 1] = static_cast<unsigned char>(bits >> (8 * i) & 0xffU);
    return subnet;
}

struct Subnets {
    std::optional<IpSubnet> ipv4;
    std::optional<IpSubnet> ipv6;
};

Result<Subnets> wishedSubnets(const NetworkWish& wish)
{
    Subnets subnets;
    for (const QString& text : wish.subnets) {
        const auto subnet = IpSubnet::parse(text.trimmed().toStdString());
        const bool isV4 = subnet && subnet->first.family == IpFamily::V4;
        if (!subnet || subnet->prefixBits < 8 || subnet->prefixBits > (isV4 ? kMostIpv4Bits : kMostIpv6Bits))
            return badNetwork("subnet " + text.toStdString() + ": not a subnet that can be used",
                "Write it as 10.1.0.0/24 or fd00:1::/64.");
        auto& place = isV4 ? subnets.ipv4 : subnets.ipv6;
        if (place)
            return badNetwork("subnet " + text.toStdString() + ": there is one of that kind already",
                "Give at most one of IPv4 and one of IPv6.");
        place = subnet;
    }
    return subnets;
}

std::string gatewayOf(const IpSubnet& subnet, const QStringList& wished)
{
    for (const QString& text : wished) {
        const auto address = IpAddress::parse(text.trimmed().toStdString());
        if (address && subnet.isForHosts(*address))
            return address->text();
    }
    return subnet.host(1)->text();
}

Result<> checkGateways(const NetworkWish& wish, const Subnets& subnets)
{
    for (const QString& text : wish.gateways) {
        const auto address = IpAddress::parse(text.trimmed().toStdString());
        const auto holds
            = [&](const std::optional<IpSubnet>& subnet) { return subnet && subnet->isForHosts(*address); };
        if (!address || (!holds(subnets.ipv4) && !holds(subnets.ipv6)))
            return badNetwork("gateway " + text.toStdString() + ": not an address of the network's subnet",
                "Write it as 10.1.0.1, with --subnet 10.1.0.0/24.");
    }
    return {};
}

Result<NetworkDefinition> definitionFor(const NetworkWish& wish, const std::vector<NetworkDefinition>& others)
{
    auto subnets = wishedSubnets(wish);
    if (!subnets)
        return std::move(subnets).error();
    if (!subnets->ipv4)
        subnets->ipv4 = freeIpv4(others);
    if (!subnets->ipv4)
        return Error{ ErrorCode::Busy, "all of 10.89.0.0/16 is taken", 0, "Give a --subnet, or remove a network." };
    if (wish.hasIpv6 && !subnets->ipv6)
        subnets->ipv6 = newIpv6();
    for (const auto& subnet : { subnets->ipv4, subnets->ipv6 }) {
        if (auto apart = subnet ? checkApart(*subnet, others) : Result<>(); !apart)
            return std::move(apart).error();
    }
    if (auto checked = checkGateways(wish, *subnets); !checked)
        return std::move(checked).error();
    NetworkDefinition network;
    network.name = wish.name.toStdString();
    network.ipv4Subnet = subnets->ipv4->text();
    network.ipv4Gateway = gatewayOf(*subnets->ipv4, wish.gateways);
    if (subnets->ipv6) {
        network.ipv6Subnet = subnets->ipv6->text();
        network.ipv6Gateway = gatewayOf(*subnets->ipv6, wish.gateways);
    }
    network.isInternal = wish.isInternal;
    network.labels = wish.labels;
    network.createdMilliseconds = wallClockMilliseconds();
    return network;
}

Result<FileLock> lockNetworks(const DataFolders& folders)
{
    if (auto made = makeFolders(folders.networks()); !made)
        return std::move(made).error();
    return FileLock::acquire(folders.networks() + "/.lock");
}

void noteContainer(const KnownContainer& container, NetworkInfo& network)
{
    const QString name = QString::fromStdString(container.settings.name);
    const auto& uses = container.settings.networks;
    const bool isUser = std::any_of(uses.begin(), uses.end(),
        [&network](const ContainerNetwork& use) { return use.name == network.definition.name; });
    if (isUser)
        network.users << (container.isRemoved ? QObject::tr("%1 (removed)").arg(name) : name);
    for (const auto& place : container.places) {
        if (place.network == network.definition.name)
            network.members.push_back({ name, QString::fromStdString(place.ipv4), QString::fromStdString(place.ipv6) });
    }
}

Error noSuchNetwork(const std::string& name)
{
    return Error{ ErrorCode::NotFound, "there is no network \"" + name + "\"", ENOENT,
        "See what there is with: twinhullctl network list" };
}

} // namespace

Result<> checkNetworkName(const QString& name)
{
    static const QRegularExpression pattern(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\\z"));
    const bool isMode = name == u"none" || name == u"host" || name == u"user";
    if (pattern.match(name).hasMatch() && !isMode)
        return {};
    return badNetwork("network name \"" + name.toStdString() + "\" cannot be used",
        isMode ? "none, host and user are networks that are always there."
               : "Use up to 64 letters, digits, \"_\", \"-\" and \".\", a letter or digit first.");
}

Result<std::vector<NetworkInfo>> listNetworks(const DataFolders& folders)
{
    auto definitions = readDefinitions(folders);
    if (!definitions)
        return std::move(definitions).error();
    const auto known = knownContainers(folders);
    if (!known)
        return known.error();
    std::vector<NetworkInfo> networks;
    for (auto& definition : *definitions)
        networks.push_back({ std::move(definition), {}, {} });
    for (const auto& container : *known) {
        for (auto& network : networks)
            noteContainer(container, network);
    }
    return networks;
}

Result<NetworkInfo> findNetwork(const DataFolders& folders, const QString& name)
{
    auto networks = listNetworks(folders);
    if (!networks)
        return std::move(networks).error();
    for (auto& network : *networks) {
        if (network.definition.name == name.toStdString())
            return std::move(network);
    }
    return noSuchNetwork(name.toStdString());
}

Result<NetworkDefinition> createNetwork(const DataFolders& folders, const NetworkWish& wish)
{
    if (auto named = checkNetworkName(wish.name); !named)
        return std::move(named).error();
    auto lock = lockNetworks(folders);
    if (!lock)
        return std::move(lock).error();
    if (exists(pathOf(folders, wish.name)))
        return Error{ ErrorCode::AlreadyExists, "there is a network \"" + wish.name.toStdString() + "\" already",
            EEXIST, "Choose another name." };
    auto others = readDefinitions(folders);
    if (!others)
        return std::move(others).error();
    if (others->size() >= kMostNetworks)
        return Error{ ErrorCode::Busy, "there are " + std::to_string(kMostNetworks) + " networks already", 0,
            "Remove one that nobody uses: twinhullctl network list" };
    auto network = definitionFor(wish, *others);
    if (!network)
        return network;
    auto written = writeFileAtomically(pathOf(folders, wish.name), encodeNetworkDefinition(*network));
    if (!written)
        return std::move(written).error();
    noteEvent(folders.events(), { 0, "network", "create", {}, wish.name.toStdString() });
    return network;
}

Result<> removeNetwork(const DataFolders& folders, const QString& name)
{
    if (auto named = checkNetworkName(name); !named)
        return named;
    auto lock = lockNetworks(folders);
    if (!lock)
        return std::move(lock).error();
    auto network = findNetwork(folders, name);
    if (!network)
        return std::move(network).error();
    if (!network->users.isEmpty())
        return Error{ ErrorCode::Busy,
            "network " + name.toStdString() + " is used by " + network->users.join(QStringLiteral(", ")).toStdString(),
            0, "Remove that first with: twinhullctl remove " + network->users.front().toStdString() };
    if (::unlink(pathOf(folders, name).c_str()) != 0)
        return Error::fromErrno(errno, "remove network " + name.toStdString());
    noteEvent(folders.events(), { 0, "network", "remove", {}, name.toStdString() });
    return {};
}

Result<std::vector<NetworkDefinition>> definitionsOf(
    const DataFolders& folders, const std::vector<ContainerNetwork>& networks)
{
    std::vector<NetworkDefinition> all;
    for (const auto& use : networks) {
        const QString name = QString::fromStdString(use.name);
        if (auto named = checkNetworkName(name); !named)
            return std::move(named).error();
        auto network = readDefinition(pathOf(folders, name));
        if (!network && network.error().code == ErrorCode::NotFound)
            return noSuchNetwork(use.name);
        if (!network)
            return std::move(network).error();
        for (const auto& [wished, subnetText, gateway] :
            { std::tuple{ use.ipv4, network->ipv4Subnet, network->ipv4Gateway },
                std::tuple{ use.ipv6, network->ipv6Subnet, network->ipv6Gateway } }) {
            const auto address = IpAddress::parse(wished);
            const auto subnet = IpSubnet::parse(subnetText);
            if (!wished.empty() && (!address || !subnet || !subnet->isForHosts(*address) || address->text() == gateway))
                return badNetwork("address " + wished + ": cannot be one of the network " + use.name,
                    subnet ? "Choose one of " + subnetText + " other than " + gateway + "."
                           : "That network has no IPv6; make one with --ipv6.");
        }
        all.push_back(*std::move(network));
    }
    return all;
}

} // namespace twinhull
