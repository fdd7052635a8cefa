// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/slirp_messages.h"

#include <nlohmann/json.hpp>

namespace twinhull {

namespace {
using Json = nlohmann::json;
} // namespace

std::string encodeAddForward(const PortForward& port, const std::string& guestAddress)
{
    const Json arguments{ { "proto", port.transport == PortTransport::Udp ? "udp" : "tcp" },
        { "host_addr", port.hostAddress }, { "host_port", port.hostPort }, { "guest_addr", guestAddress },
        { "guest_port", port.containerPort } };
    return Json{ { "execute", "add_hostfwd" }, { "arguments", arguments } }.dump();
}

std::string encodeRemoveForward(int number)
{
    return Json{ { "execute", "remove_hostfwd" }, { "arguments", { { "id", number } } } }.dump();
}

Result<int> decodeAddedForward(std::string_view text)
{
    if (auto decoded = decodeSlirpReply(text); !decoded)
        return std::move(decoded).error();
    const Json answer = Json::parse(text, nullptr, false).value("return", Json::object());
    const bool hasNumber = answer.is_object() && answer.contains("id") && answer["id"].is_number_integer();
    return hasNumber ? Result<int>(answer["id"].get<int>())
                     : Error{ ErrorCode::Corrupt, "slirp4netns: answer without a number", 0, {} };
}

Result<> decodeSlirpReply(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object())
        return Error{ ErrorCode::Corrupt, "slirp4netns: answer is no JSON object", 0, {} };
    if (json.contains("return"))
        return {};
    const Json error = json.value("error", Json::object());
    const bool hasText = error.is_object() && error.contains("desc") && error["desc"].is_string();
    return Error{ ErrorCode::Unavailable, "slirp4netns: " + (hasText ? error["desc"].get<std::string>() : "refused"), 0,
        {} };
}

} // namespace twinhull
