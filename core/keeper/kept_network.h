// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/network_definition.h"
#include "core/keeper/address_book.h"
#include "core/keeper/bridge_links.h"
#include "core/keeper/dns_server.h"
#include "core/keeper/ruleset.h"

#include <memory>
#include <optional>

namespace twinhull {

/// A network that somebody is in: its bridge, its addresses and its name server.
class KeptNetwork {
public:
    struct Surroundings {
        EventLoop& loop;
        BridgeLinks& links;
        DnsServer::Handlers names;
    };

    /// Makes the bridge; all or nothing. InvalidArgument where the definition makes no sense.
    static Result<std::unique_ptr<KeptNetwork>> make(
        const NetworkDefinition& definition, const std::string& device, const Surroundings& surroundings);
    ~KeptNetwork();
    KeptNetwork(const KeptNetwork&) = delete;
    KeptNetwork& operator=(const KeptNetwork&) = delete;

    const NetworkDefinition& definition() const { return m_definition; }
    int bridge() const { return m_bridge; }
    AddressBook& ipv4() { return m_ipv4; }
    std::optional<AddressBook>& ipv6() { return m_ipv6; }
    BridgeRules rules() const;

private:
    KeptNetwork(const NetworkDefinition& definition, std::string device, BridgeLinks& links, AddressBook ipv4);
    Result<> open(const Surroundings& surroundings);

    NetworkDefinition m_definition;
    std::string m_device;
    BridgeLinks& m_links;
    int m_bridge = 0;
    AddressBook m_ipv4;
    std::optional<AddressBook> m_ipv6;
    std::vector<std::unique_ptr<DnsServer>> m_servers;
};

} // namespace twinhull
