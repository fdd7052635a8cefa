// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/network_definition.h"

#include "core/ipc/message_json.h"

#include <nlohmann/json.hpp>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr int kNetworkFormatVersion = 1;

} // namespace

std::string encodeNetworkDefinition(const NetworkDefinition& network)
{
    Json json{ { "version", kNetworkFormatVersion }, { "name", network.name }, { "ipv4Subnet", network.ipv4Subnet },
        { "ipv4Gateway", network.ipv4Gateway }, { "isInternal", network.isInternal },
        { "createdMilliseconds", network.createdMilliseconds } };
    if (!network.ipv6Subnet.empty()) {
        json["ipv6Subnet"] = network.ipv6Subnet;
        json["ipv6Gateway"] = network.ipv6Gateway;
    }
    if (!network.labels.empty())
        json["labels"] = network.labels;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<NetworkDefinition> decodeNetworkDefinition(std::string_view text)
{
    try {
        const Json json = Json::parse(text, wholeNumbersOnly());
        if (json.at("version").get<int>() != kNetworkFormatVersion)
            return Error{ ErrorCode::Corrupt, "network: unknown version", 0, {} };
        NetworkDefinition network;
        json.at("name").get_to(network.name);
        json.at("ipv4Subnet").get_to(network.ipv4Subnet);
        json.at("ipv4Gateway").get_to(network.ipv4Gateway);
        network.ipv6Subnet = json.value("ipv6Subnet", std::string());
        network.ipv6Gateway = json.value("ipv6Gateway", std::string());
        json.at("isInternal").get_to(network.isInternal);
        network.labels = json.value("labels", network.labels);
        json.at("createdMilliseconds").get_to(network.createdMilliseconds);
        return network;
    } catch (const Json::exception& error) {
        return Error{ ErrorCode::Corrupt, std::string("network: ") + error.what(), 0, {} };
    }
}

} // namespace twinhull
