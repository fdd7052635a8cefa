// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_settings.h"

#include "core/ipc/container_options_json.h"
#include "core/ipc/message_json.h"
#include "core/ipc/upkeep_json.h"

#include <nlohmann/json.hpp>

namespace twinhull {

namespace {

using Json = nlohmann::json;

constexpr int kFormatVersion = 1;
constexpr int kMostSignal = 64;

Error corruptSettings(const std::string& what)
{
    return Error{ ErrorCode::Corrupt, "container settings: " + what, 0, {} };
}

template <typename T>
void putOptional(Json& json, const char* key, const std::optional<T>& value)
{
    if (value)
        json[key] = *value;
}

template <typename T>
std::optional<T> optionalFrom(const Json& json, const char* key)
{
    return json.contains(key) ? std::optional(json.at(key).get<T>()) : std::nullopt;
}

Json mountsJson(const std::vector<ContainerMount>& mounts)
{
    Json all = Json::array();
    for (const auto& mount : mounts)
        all.push_back(Json{ { "source", mount.source }, { "target", mount.target }, { "readOnly", mount.readOnly },
            { "startsEmpty", mount.startsEmpty } });
    return all;
}

Result<std::vector<PortForward>> portsFrom(const Json& json)
{
    std::vector<PortForward> ports;
    for (const auto& text : json) {
        auto port = decodePortForward(text.get<std::string>());
        if (!port)
            return std::move(port).error();
        ports.push_back(*std::move(port));
    }
    return ports;
}

ContainerRoot rootFrom(const Json& json)
{
    const RootKind kind = json.value("copy", false) ? RootKind::Copy
        : json.value("fuse", false)                 ? RootKind::FuseOverlay
                                                    : RootKind::Overlay;
    return { kind, json.at("because").get<std::string>() };
}

Result<ContainerSettings> settingsFrom(const Json& json)
{
    if (json.at("version").get<int>() != kFormatVersion)
        return corruptSettings("unknown version");
    ContainerSettings settings;
    json.at("id").get_to(settings.id);
    json.at("name").get_to(settings.name);
    json.at("image").get_to(settings.imageReference);
    json.at("imageDigest").get_to(settings.imageDigest);
    json.at("twinGroup").get_to(settings.twinGroup);
    json.at("command").get_to(settings.command);
    json.at("environment").get_to(settings.environment);
    for (const auto& mount : json.at("mounts"))
        settings.mounts.push_back({ mount.at("source").get<std::string>(), mount.at("target").get<std::string>(),
            mount.at("readOnly").get<bool>(), mount.value("startsEmpty", false) });
    settings.memoryBytes = optionalFrom<std::uint64_t>(json, "memoryBytes");
    settings.cpus = optionalFrom<double>(json, "cpus");
    settings.pids = optionalFrom<std::uint32_t>(json, "pids");
    settings.pinnedCpus = json.value("pinnedCpus", std::vector<unsigned>());
    json.at("hasNetwork").get_to(settings.hasNetwork);
    settings.hasTerminal = json.value("hasTerminal", false);
    settings.hasInput = json.value("hasInput", false);
    json.at("stopSignal").get_to(settings.stopSignal);
    json.at("createdMilliseconds").get_to(settings.createdMilliseconds);
    readContainerOptions(json, settings);
    if (json.contains("root"))
        settings.root = rootFrom(json.at("root"));
    auto ports = portsFrom(json.at("ports"));
    if (!ports)
        return std::move(ports).error();
    settings.ports = *std::move(ports);
    if (json.contains("upkeep")) {
        auto upkeep = upkeepFrom(json.at("upkeep"));
        if (!upkeep)
            return corruptSettings(upkeep.error().message);
        settings.upkeep = *std::move(upkeep);
    }
    if (settings.stopSignal < 1 || settings.stopSignal > kMostSignal)
        return corruptSettings("stopSignal is out of range");
    return settings;
}

} // namespace

std::string encodeContainerSettings(const ContainerSettings& settings)
{
    Json ports = Json::array();
    for (const auto& port : settings.ports)
        ports.push_back(encodePortForward(port));
    Json json{ { "version", kFormatVersion }, { "id", settings.id }, { "name", settings.name },
        { "image", settings.imageReference }, { "imageDigest", settings.imageDigest },
        { "twinGroup", settings.twinGroup }, { "command", settings.command }, { "environment", settings.environment },
        { "ports", std::move(ports) }, { "mounts", mountsJson(settings.mounts) }, { "hasNetwork", settings.hasNetwork },
        { "hasTerminal", settings.hasTerminal }, { "hasInput", settings.hasInput },
        { "stopSignal", settings.stopSignal }, { "createdMilliseconds", settings.createdMilliseconds } };
    putOptional(json, "memoryBytes", settings.memoryBytes);
    putOptional(json, "cpus", settings.cpus);
    putOptional(json, "pids", settings.pids);
    json["upkeep"] = upkeepJson(settings.upkeep);
    if (!settings.pinnedCpus.empty())
        json["pinnedCpus"] = settings.pinnedCpus;
    if (settings.root.kind != RootKind::Overlay)
        json["root"] = Json{ { settings.root.kind == RootKind::Copy ? "copy" : "fuse", true },
            { "because", settings.root.because } };
    putContainerOptions(json, settings);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<ContainerSettings> decodeContainerSettings(std::string_view text)
{
    try {
        return settingsFrom(Json::parse(text, wholeNumbersOnly("cpus")));
    } catch (const Json::exception& error) {
        return corruptSettings(error.what());
    }
}

} // namespace twinhull
