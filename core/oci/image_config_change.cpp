// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_config_change.h"

#include "core/oci/image_json.h"

#include <algorithm>
#include <cctype>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kBlanks = " \t";

std::string withoutBlanks(std::string_view text)
{
    const auto start = text.find_first_not_of(kBlanks);
    if (start == std::string_view::npos)
        return {};
    return std::string(text.substr(start, text.find_last_not_of(kBlanks) - start + 1));
}

Error badInstruction(const std::string& line, const char* why)
{
    return Error{ ErrorCode::InvalidArgument, "\"" + line + "\": " + why, 0,
        "Write it as in a Dockerfile: CMD [\"/bin/web\"], ENV KEY=VALUE, LABEL KEY=VALUE, EXPOSE 80/tcp, USER 1000, "
        "WORKDIR /srv, VOLUME /data or STOPSIGNAL SIGINT." };
}

/// "[\"a\",\"b\"]" as it stands, anything else for a shell.
Result<Json> commandOf(const std::string& line, const std::string& value)
{
    if (value.empty() || value.front() != '[')
        return Json{ "/bin/sh", "-c", value };
    Json list = Json::parse(value, nullptr, false);
    const bool isTexts
        = list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_string(); });
    if (!isTexts)
        return badInstruction(line, "is no list of texts");
    return list;
}

/// "KEY=VALUE" or "KEY VALUE", the value without the quotation marks around it.
std::pair<std::string, std::string> pairOf(const std::string& text)
{
    const auto end = std::min(text.find_first_of("= \t"), text.size());
    std::string value = end < text.size() ? withoutBlanks(std::string_view(text).substr(end + 1)) : std::string();
    if (value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\''))
        value = value.substr(1, value.size() - 2);
    return { text.substr(0, end), value };
}

void setVariable(Json& environment, const std::string& key, const std::string& value)
{
    if (!environment.is_array())
        environment = Json::array();
    const auto found = std::find_if(environment.begin(), environment.end(),
        [&](const Json& item) { return item.is_string() && item.get<std::string>().starts_with(key + "="); });
    if (found != environment.end())
        *found = key + "=" + value;
    else
        environment.push_back(key + "=" + value);
}

Json& objectIn(Json& object, const char* name)
{
    Json& member = object[name];
    if (!member.is_object())
        member = Json::object();
    return member;
}

Result<> apply(Json& process, const std::string& line)
{
    const std::string text = withoutBlanks(line);
    const auto end = std::min(text.find_first_of(" \t="), text.size());
    std::string name = text.substr(0, end);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    const std::string value = end < text.size() ? withoutBlanks(std::string_view(text).substr(end + 1)) : std::string();
    if (value.empty())
        return badInstruction(line, "has no value");
    if (name == "CMD" || name == "ENTRYPOINT") {
        auto command = commandOf(line, value);
        if (!command)
            return std::move(command).error();
        process[name == "CMD" ? "Cmd" : "Entrypoint"] = *std::move(command);
        return {};
    }
    const auto [key, rest] = pairOf(value);
    if (name == "ENV")
        setVariable(process["Env"], key, rest);
    else if (name == "LABEL")
        objectIn(process, "Labels")[key] = rest;
    else if (name == "EXPOSE")
        objectIn(process, "ExposedPorts")[value.find('/') == std::string::npos ? value + "/tcp" : value]
            = Json::object();
    else if (name == "VOLUME")
        objectIn(process, "Volumes")[value] = Json::object();
    else if (name == "STOPSIGNAL")
        process["StopSignal"] = value;
    else if (name == "USER")
        process["User"] = value;
    else if (name == "WORKDIR")
        process["WorkingDir"] = value;
    else
        return badInstruction(line, "is no instruction that can be changed");
    return {};
}

} // namespace

Result<std::string> changedImageConfig(std::string_view baseJson, const ImageConfigChange& change)
{
    if (auto valid = decodeImageConfig(baseJson); !valid) // from here on members have their types
        return std::move(valid).error();
    auto object = image_json::parse(baseJson, "image config");
    if (!object)
        return std::move(object).error();
    Json& process = objectIn(*object, "config");
    for (const auto& line : change.instructions) {
        if (auto applied = apply(process, line); !applied)
            return std::move(applied).error();
    }
    Json& history = (*object)["history"];
    if (!history.is_array())
        history = Json::array();
    history.push_back(image_json::fromHistory(change.history));
    if (change.addedLayer) {
        Json& diffIds = objectIn(*object, "rootfs")["diff_ids"];
        if (!diffIds.is_array())
            diffIds = Json::array();
        diffIds.push_back(change.addedLayer->toString());
    }
    if (!change.history.created.empty())
        (*object)["created"] = change.history.created;
    if (!change.author.empty())
        (*object)["author"] = change.author;
    return image_json::dump(*object);
}

} // namespace twinhull
