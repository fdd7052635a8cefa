// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/container_options_json.h"

#include <nlohmann/json.hpp>

namespace twinhull {

namespace {

using Json = nlohmann::json;

template <typename T>
void putIfSaid(Json& json, const char* key, const T& value)
{
    if (value != T())
        json[key] = value;
}

template <typename T>
void putIfThere(Json& json, const char* key, const std::optional<T>& value)
{
    if (value)
        json[key] = *value;
}

template <typename T>
void readIfThere(const Json& json, const char* key, std::optional<T>& value)
{
    if (json.contains(key))
        value = json.at(key).get<T>();
}

template <typename T>
void readOr(const Json& json, const char* key, T& value)
{
    if (json.contains(key))
        json.at(key).get_to(value);
}

/// An object that says nothing is left out.
void putPart(Json& json, const char* key, Json part)
{
    if (!part.empty())
        json[key] = std::move(part);
}

/// What `make` turns each into, where there are any.
template <typename T, typename Make>
void putEach(Json& json, const char* key, const std::vector<T>& values, Make make)
{
    for (const auto& value : values)
        json[key].push_back(make(value));
}

Json processJson(const ContainerProcessOptions& process)
{
    Json json = Json::object();
    putIfSaid(json, "user", process.user);
    putIfSaid(json, "workingFolder", process.workingFolder);
    putIfThere(json, "entrypoint", process.entrypoint);
    putIfSaid(json, "hasInit", process.hasInit);
    putIfThere(json, "stopSeconds", process.stopSeconds);
    if (process.kept)
        json["kept"] = { { "user", process.kept->user }, { "group", process.kept->group } };
    putEach(json, "limits", process.limits, [](const ContainerProcessLimit& limit) {
        return Json{ { "type", limit.type }, { "soft", limit.soft }, { "hard", limit.hard } };
    });
    return json;
}

void readProcess(const Json& json, ContainerProcessOptions& process)
{
    readOr(json, "user", process.user);
    readOr(json, "workingFolder", process.workingFolder);
    readIfThere(json, "entrypoint", process.entrypoint);
    readOr(json, "hasInit", process.hasInit);
    readIfThere(json, "stopSeconds", process.stopSeconds);
    if (json.contains("kept"))
        process.kept = KeptIds{ json.at("kept").at("user").get<std::uint32_t>(),
            json.at("kept").at("group").get<std::uint32_t>() };
    for (const auto& limit : json.value("limits", Json::array()))
        process.limits.push_back({ limit.at("type").get<std::string>(), limit.at("soft").get<std::uint64_t>(),
            limit.at("hard").get<std::uint64_t>() });
}

Json namingJson(const ContainerNaming& naming)
{
    Json json = Json::object();
    putIfSaid(json, "hostName", naming.hostName);
    putIfSaid(json, "nameServers", naming.nameServers);
    putIfSaid(json, "searchDomains", naming.searchDomains);
    putEach(json, "hosts", naming.hosts, [](const ContainerHost& host) {
        return Json{ { "name", host.name }, { "address", host.address } };
    });
    return json;
}

void readNaming(const Json& json, ContainerNaming& naming)
{
    readOr(json, "hostName", naming.hostName);
    readOr(json, "nameServers", naming.nameServers);
    readOr(json, "searchDomains", naming.searchDomains);
    for (const auto& host : json.value("hosts", Json::array()))
        naming.hosts.push_back({ host.at("name").get<std::string>(), host.at("address").get<std::string>() });
}

Json filesJson(const ContainerFiles& files)
{
    Json json = Json::object();
    putIfSaid(json, "isRootReadOnly", files.isRootReadOnly);
    putEach(json, "temporaryFolders", files.temporaryFolders, [](const ContainerTemporaryFolder& folder) {
        Json one{ { "target", folder.target }, { "mode", folder.mode }, { "mayExecute", folder.mayExecute },
            { "readOnly", folder.readOnly } };
        putIfThere(one, "sizeBytes", folder.sizeBytes);
        return one;
    });
    putEach(json, "devices", files.devices, [](const ContainerDevice& device) {
        return Json{ { "source", device.source }, { "target", device.target }, { "readOnly", device.readOnly } };
    });
    putEach(json, "secrets", files.secrets, [](const ContainerSecret& secret) {
        return Json{ { "name", secret.name }, { "target", secret.target }, { "uid", secret.uid }, { "gid", secret.gid },
            { "mode", secret.mode } };
    });
    return json;
}

void readFiles(const Json& json, ContainerFiles& files)
{
    readOr(json, "isRootReadOnly", files.isRootReadOnly);
    for (const auto& one : json.value("temporaryFolders", Json::array())) {
        ContainerTemporaryFolder folder;
        one.at("target").get_to(folder.target);
        readIfThere(one, "sizeBytes", folder.sizeBytes);
        readOr(one, "mode", folder.mode);
        readOr(one, "mayExecute", folder.mayExecute);
        readOr(one, "readOnly", folder.readOnly);
        files.temporaryFolders.push_back(std::move(folder));
    }
    for (const auto& one : json.value("devices", Json::array()))
        files.devices.push_back({ one.at("source").get<std::string>(), one.at("target").get<std::string>(),
            one.at("readOnly").get<bool>() });
    for (const auto& one : json.value("secrets", Json::array())) {
        ContainerSecret secret;
        one.at("name").get_to(secret.name);
        one.at("target").get_to(secret.target);
        readOr(one, "uid", secret.uid);
        readOr(one, "gid", secret.gid);
        readOr(one, "mode", secret.mode);
        files.secrets.push_back(std::move(secret));
    }
}

Json securityJson(const ContainerSecurity& security)
{
    Json json = Json::object();
    putIfSaid(json, "addedCapabilities", security.addedCapabilities);
    putIfSaid(json, "droppedCapabilities", security.droppedCapabilities);
    putIfSaid(json, "isUnconfined", security.isUnconfined);
    putIfSaid(json, "seccompProfile", security.seccompProfile);
    putIfSaid(json, "seccompPath", security.seccompPath);
    putIfSaid(json, "allowsNewPrivileges", security.allowsNewPrivileges);
    return json;
}

void readSecurity(const Json& json, ContainerSecurity& security)
{
    readOr(json, "addedCapabilities", security.addedCapabilities);
    readOr(json, "droppedCapabilities", security.droppedCapabilities);
    readOr(json, "isUnconfined", security.isUnconfined);
    readOr(json, "seccompProfile", security.seccompProfile);
    readOr(json, "seccompPath", security.seccompPath);
    readOr(json, "allowsNewPrivileges", security.allowsNewPrivileges);
}

Json networkJson(const ContainerNetwork& network)
{
    Json json{ { "name", network.name } };
    putIfSaid(json, "aliases", network.aliases);
    putIfSaid(json, "ipv4", network.ipv4);
    putIfSaid(json, "ipv6", network.ipv6);
    return json;
}

void readNetworks(const Json& json, std::vector<ContainerNetwork>& networks)
{
    for (const auto& one : json) {
        ContainerNetwork network;
        one.at("name").get_to(network.name);
        readOr(one, "aliases", network.aliases);
        readOr(one, "ipv4", network.ipv4);
        readOr(one, "ipv6", network.ipv6);
        networks.push_back(std::move(network));
    }
}

Json fineLimitsJson(const ContainerFineLimits& limits)
{
    Json json = Json::object();
    putIfThere(json, "memoryAndSwapBytes", limits.memoryAndSwapBytes);
    putIfSaid(json, "cpuSet", limits.cpuSet);
    putIfThere(json, "cpuShares", limits.cpuShares);
    putEach(json, "deviceRates", limits.deviceRates, [](const ContainerDeviceRate& rate) {
        return Json{ { "kind", rate.kind }, { "device", rate.device }, { "perSecond", rate.perSecond } };
    });
    return json;
}

void readFineLimits(const Json& json, ContainerFineLimits& limits)
{
    readIfThere(json, "memoryAndSwapBytes", limits.memoryAndSwapBytes);
    readOr(json, "cpuSet", limits.cpuSet);
    readIfThere(json, "cpuShares", limits.cpuShares);
    for (const auto& one : json.value("deviceRates", Json::array()))
        limits.deviceRates.push_back({ one.at("kind").get<std::string>(), one.at("device").get<std::string>(),
            one.at("perSecond").get<std::uint64_t>() });
}

} // namespace

void putContainerOptions(Json& json, const ContainerSettings& settings)
{
    putPart(json, "process", processJson(settings.process));
    putPart(json, "naming", namingJson(settings.naming));
    putPart(json, "files", filesJson(settings.files));
    putPart(json, "security", securityJson(settings.security));
    putPart(json, "fineLimits", fineLimitsJson(settings.fineLimits));
    putIfSaid(json, "labels", settings.labels);
    putIfSaid(json, "hasHostNetwork", settings.hasHostNetwork);
    putEach(json, "networks", settings.networks, &networkJson);
}

void readContainerOptions(const Json& json, ContainerSettings& settings)
{
    const Json nothing = Json::object();
    const auto part = [&](const char* key) -> const Json& { return json.contains(key) ? json.at(key) : nothing; };
    readProcess(part("process"), settings.process);
    readNaming(part("naming"), settings.naming);
    readFiles(part("files"), settings.files);
    readSecurity(part("security"), settings.security);
    readFineLimits(part("fineLimits"), settings.fineLimits);
    readOr(json, "labels", settings.labels);
    readOr(json, "hasHostNetwork", settings.hasHostNetwork);
    readNetworks(part("networks"), settings.networks);
}

} // namespace twinhull
