// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/guest_setup.h"

#include "core/ipc/message_json.h"

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstring>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

Error corruptSetup(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "guest setup: " + what, 0, {} };
}

GuestNetwork networkFrom(const Json& json)
{
    return GuestNetwork{ json.at("address").get<std::string>(), json.at("prefixLength").get<int>(),
        json.at("gateway").get<std::string>(), json.at("nameServer").get<std::string>() };
}

GuestSetup setupFrom(const Json& json)
{
    GuestSetup setup;
    setup.hostName = json.at("hostName").get<std::string>();
    setup.arguments = json.at("arguments").get<std::vector<std::string>>();
    setup.environment = json.at("environment").get<std::vector<std::string>>();
    setup.workingFolder = json.at("workingFolder").get<std::string>();
    setup.user = json.at("user").get<std::string>();
    setup.stopSignal = json.at("stopSignal").get<int>();
    if (const auto limit = json.find("pidsLimit"); limit != json.end())
        setup.pidsLimit = limit->get<std::uint32_t>();
    if (const auto network = json.find("network"); network != json.end())
        setup.network = networkFrom(*network);
    if (const auto rest = json.find("cacheRestSeconds"); rest != json.end()) // not in those of older versions
        setup.cacheRestSeconds = rest->get<std::uint32_t>();
    return setup;
}

Result<> check(const GuestSetup& setup)
{
    if (setup.arguments.empty() || setup.arguments.front().empty())
        return corruptSetup("no program to run");
    if (setup.workingFolder.empty() || setup.workingFolder.front() != '/')
        return corruptSetup("the working folder is not absolute");
    if (setup.stopSignal < 1 || setup.stopSignal > 64)
        return corruptSetup("no such stop signal");
    if (setup.cacheRestSeconds > kMostCacheRestSeconds)
        return corruptSetup("no such time of rest");
    if (setup.network && (setup.network->prefixLength < 1 || setup.network->prefixLength > 30))
        return corruptSetup("no such network prefix");
    return {};
}

} // namespace

std::string encodeGuestSetup(const GuestSetup& setup)
{
    Json json{ { "version", kVersion }, { "hostName", setup.hostName }, { "arguments", setup.arguments },
        { "environment", setup.environment }, { "workingFolder", setup.workingFolder }, { "user", setup.user },
        { "stopSignal", setup.stopSignal }, { "cacheRestSeconds", setup.cacheRestSeconds } };
    if (setup.pidsLimit)
        json["pidsLimit"] = *setup.pidsLimit;
    if (setup.network)
        json["network"] = { { "address", setup.network->address }, { "prefixLength", setup.network->prefixLength },
            { "gateway", setup.network->gateway }, { "nameServer", setup.network->nameServer } };
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<GuestSetup> decodeGuestSetup(std::string_view text)
{
    if (text.size() > kGuestSetupLimitBytes)
        return corruptSetup("too long");
    try {
        const Json json = Json::parse(text, wholeNumbersOnly());
        if (json.at("version").get<int>() != kVersion)
            return corruptSetup("made by another version");
        GuestSetup setup = setupFrom(json);
        if (auto checked = check(setup); !checked)
            return std::move(checked).error();
        return setup;
    } catch (const Json::exception& failure) {
        return corruptSetup(failure.what());
    }
}

} // namespace twinhull
