// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/keeper_messages.h"

#include "core/ipc/error_json.h"
#include "core/ipc/message_json.h"

#include <nlohmann/json.hpp>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostInterfaces = 16;
constexpr std::size_t kMostKeeperAliases = 64;
constexpr std::size_t kMostKeeperPorts = 64;

Error badKeeperLine(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "keeper message: " + what, 0, {} };
}

std::string keeperLine(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json interfaceJson(const KeeperInterface& one)
{
    return { { "network", encodeNetworkDefinition(one.network) }, { "aliases", one.aliases }, { "ipv4", one.ipv4 },
        { "ipv6", one.ipv6 } };
}

Result<KeeperInterface> interfaceFrom(const Json& json)
{
    auto network = decodeNetworkDefinition(json.at("network").get<std::string>());
    if (!network)
        return std::move(network).error();
    KeeperInterface one{ *std::move(network), json.at("aliases").get<std::vector<std::string>>(),
        json.at("ipv4").get<std::string>(), json.at("ipv6").get<std::string>() };
    return one.aliases.size() <= kMostKeeperAliases ? Result(std::move(one)) : badKeeperLine("too many aliases");
}

Result<std::vector<PortForward>> keeperPortsFrom(const Json& json)
{
    if (!json.is_array() || json.size() > kMostKeeperPorts)
        return badKeeperLine("too many ports");
    std::vector<PortForward> ports;
    for (const auto& each : json) {
        auto port = decodePortForward(each.get<std::string>());
        if (!port)
            return std::move(port).error();
        ports.push_back(*std::move(port));
    }
    return ports;
}

Result<KeeperRequest> keeperRequestFrom(const Json& json)
{
    KeeperRequest request;
    json.at("id").get_to(request.id);
    json.at("name").get_to(request.name);
    json.at("pid").get_to(request.pid);
    json.at("pidStartTicks").get_to(request.pidStartTicks);
    const auto& interfaces = json.at("interfaces");
    if (!interfaces.is_array() || interfaces.empty() || interfaces.size() > kMostInterfaces)
        return badKeeperLine("too many interfaces, or none");
    for (const auto& each : interfaces) {
        auto one = interfaceFrom(each);
        if (!one)
            return std::move(one).error();
        request.interfaces.push_back(*std::move(one));
    }
    auto ports = keeperPortsFrom(json.at("ports"));
    if (!ports)
        return std::move(ports).error();
    request.ports = *std::move(ports);
    return request;
}

Result<KeeperRequest> listenRequestFrom(const Json& json)
{
    auto ports = keeperPortsFrom(json.at("ports"));
    if (!ports || ports->size() != 1)
        return ports ? badKeeperLine("one port at a time") : std::move(ports).error();
    return KeeperRequest{ json.at("id").get<std::string>(), {}, 0, 0, {}, *std::move(ports), KeeperVerb::Listen };
}

} // namespace

std::string encodeKeeperRequest(const KeeperRequest& request)
{
    if (request.verb == KeeperVerb::Greet)
        return keeperLine({ { "do", "greet" } });
    if (request.verb == KeeperVerb::Rename)
        return keeperLine({ { "do", "rename" }, { "id", request.id }, { "name", request.name } });
    Json ports = Json::array();
    for (const auto& port : request.ports)
        ports.push_back(encodePortForward(port));
    if (request.verb == KeeperVerb::Listen)
        return keeperLine({ { "do", "listen" }, { "id", request.id }, { "ports", std::move(ports) } });
    Json interfaces = Json::array();
    for (const auto& one : request.interfaces)
        interfaces.push_back(interfaceJson(one));
    return keeperLine({ { "do", "connect" }, { "id", request.id }, { "name", request.name }, { "pid", request.pid },
        { "pidStartTicks", request.pidStartTicks }, { "interfaces", std::move(interfaces) },
        { "ports", std::move(ports) } });
}

Result<KeeperRequest> decodeKeeperRequest(std::string_view line)
{
    try {
        const Json json = Json::parse(line, wholeNumbersOnly());
        const auto verb = json.at("do").get<std::string>();
        if (verb == "greet")
            return KeeperRequest{ {}, {}, 0, 0, {}, {}, KeeperVerb::Greet };
        if (verb == "rename")
            return KeeperRequest{ json.at("id").get<std::string>(), json.at("name").get<std::string>(), 0, 0, {}, {},
                KeeperVerb::Rename };
        if (verb == "listen")
            return listenRequestFrom(json);
        if (verb != "connect")
            return badKeeperLine("unknown request");
        return keeperRequestFrom(json);
    } catch (const Json::exception& error) {
        return badKeeperLine(printable(error.what()));
    }
}

std::string encodeKeeperReply(const Result<KeeperReply>& reply)
{
    if (!reply)
        return keeperLine({ { "ok", false }, { "error", errorJson(reply.error()) } });
    Json places = Json::array();
    for (const auto& place : reply->places)
        places.push_back({ { "network", place.network }, { "ipv4", place.ipv4 }, { "ipv6", place.ipv6 } });
    return keeperLine({ { "ok", true }, { "keeperPid", reply->keeperPid }, { "places", std::move(places) } });
}

Result<KeeperReply> decodeKeeperReply(std::string_view line)
{
    try {
        const Json json = Json::parse(line, wholeNumbersOnly());
        if (!json.at("ok").get<bool>())
            return errorFrom(json.at("error"));
        KeeperReply reply;
        json.at("keeperPid").get_to(reply.keeperPid);
        for (const auto& place : json.at("places"))
            reply.places.push_back({ place.at("network").get<std::string>(), place.at("ipv4").get<std::string>(),
                place.at("ipv6").get<std::string>() });
        return reply;
    } catch (const Json::exception& error) {
        return badKeeperLine(printable(error.what()));
    }
}

} // namespace twinhull
