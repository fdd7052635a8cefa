// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/kept_network.h"

#include "core/base/log.h"

#include <utility>

namespace twinhull {

namespace {

std::optional<AddressBook> bookOf(const std::string& subnetText, const std::string& gatewayText)
{
    const auto subnet = IpSubnet::parse(subnetText);
    const auto gateway = IpAddress::parse(gatewayText);
    if (!subnet || !gateway || !subnet->isForHosts(*gateway))
        return std::nullopt;
    return AddressBook(*subnet, *gateway);
}

} // namespace

Result<std::unique_ptr<KeptNetwork>> KeptNetwork::make(
    const NetworkDefinition& definition, const std::string& device, const Surroundings& surroundings)
{
    auto ipv4 = bookOf(definition.ipv4Subnet, definition.ipv4Gateway);
    auto ipv6 = bookOf(definition.ipv6Subnet, definition.ipv6Gateway);
    if (!ipv4 || (!ipv6 && !definition.ipv6Subnet.empty()))
        return Error{ ErrorCode::InvalidArgument, "network " + definition.name + ": its definition makes no sense", 0,
            "Remove it and create it anew." };
    std::unique_ptr<KeptNetwork> made(new KeptNetwork(definition, device, surroundings.links, *std::move(ipv4)));
    made->m_ipv6 = std::move(ipv6);
    if (auto opened = made->open(surroundings); !opened)
        return std::move(opened).error().withContext("network " + definition.name);
    return made;
}

KeptNetwork::KeptNetwork(const NetworkDefinition& definition, std::string device, BridgeLinks& links, AddressBook ipv4)
    : m_definition(definition), m_device(std::move(device)), m_links(links), m_ipv4(std::move(ipv4))
{
}

KeptNetwork::~KeptNetwork()
{
    m_servers.clear();
    if (auto removed = m_links.remove(m_device); !removed)
        log(LogLevel::Warning, removed.error());
}

Result<> KeptNetwork::open(const Surroundings& surroundings)
{
    auto bridge = m_links.addBridge(m_device, m_ipv4.gateway());
    if (!bridge)
        return std::move(bridge).error();
    m_bridge = *bridge;
    for (const AddressBook* book : { &m_ipv4, m_ipv6 ? &*m_ipv6 : nullptr }) {
        if (book == nullptr)
            continue;
        if (auto added = m_links.addAddress(m_bridge, { book->gateway(), book->subnet().prefixBits }); !added)
            return added;
        auto server = DnsServer::listen(surroundings.loop, book->gateway(), surroundings.names);
        if (!server)
            return std::move(server).error();
        m_servers.push_back(*std::move(server));
    }
    return {};
}

BridgeRules KeptNetwork::rules() const
{
    return { m_device, m_ipv4.gateway(), m_ipv6 ? std::optional(m_ipv6->gateway()) : std::nullopt,
        m_definition.isInternal };
}

} // namespace twinhull
