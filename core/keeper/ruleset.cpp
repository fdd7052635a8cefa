// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/ruleset.h"

#include "core/monitor/network_helper.h"

namespace twinhull {

namespace {

constexpr const char* kHead = R"(table inet twinhull
delete table inet twinhull
table inet twinhull {
)";

std::string quoted(const std::string& device)
{
    return '"' + device + '"';
}

std::string forwardChain(const std::vector<BridgeRules>& bridges)
{
    std::string text = "  chain forward {\n    type filter hook forward priority 0; policy drop;\n"
                       "    ct state established,related accept\n    ct status dnat accept\n";
    for (const auto& bridge : bridges) {
        // where the kernel shows us what crosses a bridge (br_netfilter), which a distribution may have switched on
        text += "    iifname " + quoted(bridge.device) + " oifname " + quoted(bridge.device) + " accept\n";
        if (!bridge.isInternal)
            text += "    iifname " + quoted(bridge.device) + " oifname " + quoted(kHelperDevice) + " accept\n";
    }
    return text + "  }\n";
}

void addGateway(std::string& text, const std::string& device, const IpAddress& gateway)
{
    const bool isV4 = gateway.family == IpFamily::V4;
    const std::string to = "    iifname " + quoted(device) + (isV4 ? " ip" : " ip6") + " daddr " + gateway.text() + ' ';
    text += to + "udp dport " + std::to_string(kNameServerPort) + " accept\n";
    text += to + "meta l4proto " + (isV4 ? "icmp" : "ipv6-icmp") + " accept\n";
}

std::string inputChain(const std::vector<BridgeRules>& bridges)
{
    std::string text = "  chain input {\n    type filter hook input priority 0; policy drop;\n"
                       "    iifname \"lo\" accept\n    ct state established,related accept\n"
                       "    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n";
    for (const auto& bridge : bridges) {
        addGateway(text, bridge.device, bridge.ipv4Gateway);
        if (bridge.ipv6Gateway)
            addGateway(text, bridge.device, *bridge.ipv6Gateway);
    }
    return text + "  }\n";
}

std::string translationChains(const std::vector<BridgeRules>& bridges, const std::vector<PortRule>& ports)
{
    std::string text = "  chain prerouting {\n    type nat hook prerouting priority -100; policy accept;\n";
    for (const auto& bridge : bridges) { // an answer that is too long for UDP is no name of ours
        if (!bridge.isInternal)
            text += "    iifname " + quoted(bridge.device) + " ip daddr " + bridge.ipv4Gateway.text() + " tcp dport "
                + std::to_string(kNameServerPort) + " dnat ip to " + kHelperNameServer + "\n";
    }
    for (const auto& port : ports)
        text += "    iifname " + quoted(kHelperDevice) + (port.transport == PortTransport::Udp ? " udp" : " tcp")
            + " dport " + std::to_string(port.keeperPort) + " dnat ip to " + port.address.text() + ":"
            + std::to_string(port.containerPort) + "\n";
    // what is let in is answered, also from where no route leads out
    return text + "  }\n  chain postrouting {\n    type nat hook postrouting priority 100; policy accept;\n    oifname "
        + quoted(kHelperDevice) + " masquerade\n    ct status dnat masquerade\n  }\n";
}

} // namespace

std::string rulesetText(const std::vector<BridgeRules>& bridges, const std::vector<PortRule>& ports)
{
    return kHead + forwardChain(bridges) + inputChain(bridges) + translationChains(bridges, ports) + "}\n";
}

} // namespace twinhull
