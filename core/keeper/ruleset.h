// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_subnet.h"
#include "core/ipc/monitor_arguments.h"

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

constexpr const char* kHelperDevice = "tap0"; // core/monitor/network_helper.h
constexpr std::uint16_t kNameServerPort = 53;

/// What is let through at a bridge.
struct BridgeRules {
    std::string device;
    IpAddress ipv4Gateway;
    std::optional<IpAddress> ipv6Gateway;
    bool isInternal = false;
};

/// What comes to `keeperPort` from the helper goes to the container.
struct PortRule {
    PortTransport transport = PortTransport::Tcp;
    std::uint16_t keeperPort = 0;
    IpAddress address; ///< IPv4
    std::uint16_t containerPort = 0;
};

/// The whole of a keeper's rules for `nft -f` (nft(8)), in place of those before, at once. Containers of a bridge reach
/// each other (that is not routed) and, unless it is internal, the helper; of the keeper itself they reach the name
/// server on their own gateway, whose TCP is the helper's. Nothing goes from one bridge to another.
std::string rulesetText(const std::vector<BridgeRules>& bridges, const std::vector<PortRule>& ports);

} // namespace twinhull
