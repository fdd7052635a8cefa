// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/container_record.h"

#include "core/oci/json_fields.h"
#include "core/oci/log_line.h"
#include "core/oci/spec_names.h"

namespace twinhull::oci {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

std::string print(const Json& json)
{
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json stateJson(const ContainerView& view)
{
    const auto& record = view.record;
    Json json{ { "ociVersion", kSpecVersion }, { "id", record.id }, { "status", nameOf(view.status) },
        { "pid", view.status == ContainerStatus::Stopped ? 0 : record.pid }, { "bundle", record.bundle } };
    if (!record.rootfs.empty())
        json["rootfs"] = record.rootfs;
    json["annotations"] = record.annotations;
    json["created"] = timeText(record.createdMilliseconds);
    json["owner"] = ownerText(record.ownerUid);
    json["cgroup"] = record.cgroup;
    return json;
}

GivenDevice decodeDevice(const JsonFields& fields)
{
    GivenDevice device;
    fields.read("hostName", device.hostName);
    fields.read("hostIndex", device.hostIndex);
    fields.read("index", device.index);
    fields.read("wasUp", device.wasUp);
    return device;
}

} // namespace

std::string_view nameOf(ContainerStatus status)
{
    switch (status) {
    case ContainerStatus::Creating:
        return "creating";
    case ContainerStatus::Created:
        return "created";
    case ContainerStatus::Running:
        return "running";
    case ContainerStatus::Paused:
        return "paused";
    case ContainerStatus::Stopped:
        return "stopped";
    }
    return {};
}

std::string ownerText(std::uint32_t uid)
{
    return uid == 0 ? "root" : "#" + std::to_string(uid);
}

std::string encodeRecord(const ContainerRecord& record)
{
    Json json{ { "version", kFormatVersion }, { "id", record.id }, { "pid", record.pid },
        { "pidStartTicks", record.pidStartTicks }, { "bundle", record.bundle }, { "rootfs", record.rootfs },
        { "cgroup", record.cgroup }, { "systemdScope", record.systemdScope },
        { "createdMilliseconds", record.createdMilliseconds }, { "ownerUid", record.ownerUid },
        { "hasPoststart", record.hasPoststart }, { "hasPoststop", record.hasPoststop } };
    if (record.rootServerPid != 0) {
        json["rootServerPid"] = record.rootServerPid;
        json["rootServerStartTicks"] = record.rootServerStartTicks;
    }
    for (const auto& device : record.netDevices)
        json["netDevices"].push_back({ { "hostName", device.hostName }, { "hostIndex", device.hostIndex },
            { "index", device.index }, { "wasUp", device.wasUp } });
    json["annotations"] = record.annotations;
    return print(json);
}

Result<ContainerRecord> decodeRecord(std::string_view json, std::string_view fileName)
{
    auto document = parseObject(json, fileName);
    if (!document)
        return std::move(document).error();
    JsonProblem problem{ std::string(fileName), {} };
    const JsonFields fields(*document, {}, problem);
    ContainerRecord record;
    int version = 0;
    fields.read("version", version);
    if (version != kFormatVersion)
        problem.report("version", "expected " + std::to_string(kFormatVersion));
    fields.read("id", record.id);
    fields.read("pid", record.pid);
    fields.read("pidStartTicks", record.pidStartTicks);
    fields.read("bundle", record.bundle);
    fields.read("rootfs", record.rootfs);
    fields.read("cgroup", record.cgroup);
    fields.read("systemdScope", record.systemdScope);
    fields.read("createdMilliseconds", record.createdMilliseconds);
    fields.read("ownerUid", record.ownerUid);
    fields.read("hasPoststart", record.hasPoststart);
    fields.read("hasPoststop", record.hasPoststop);
    fields.read("rootServerPid", record.rootServerPid);
    fields.read("rootServerStartTicks", record.rootServerStartTicks);
    fields.objects("netDevices", [&](const JsonFields& entry) { record.netDevices.push_back(decodeDevice(entry)); });
    fields.read("annotations", record.annotations);
    if (problem.first)
        return *std::move(problem.first);
    return record;
}

std::string encodeState(const ContainerView& view)
{
    return print(stateJson(view));
}

std::string encodeStates(const std::vector<ContainerView>& views)
{
    Json array = Json::array();
    for (const auto& view : views)
        array.push_back(stateJson(view));
    return print(array);
}

std::string encodeProcessState(const ContainerView& container, pid_t pid, const std::string& metadata)
{
    Json json{ { "ociVersion", kSpecVersion }, { "fds", { "seccompFd" } }, { "pid", pid } };
    if (!metadata.empty())
        json["metadata"] = metadata;
    json["state"] = stateJson(container);
    return print(json);
}

std::string encodePids(const std::vector<pid_t>& pids)
{
    return Json(pids).dump() + "\n";
}

std::string encodeFeatures(const FeatureList& features)
{
    Json json{ { "ociVersionMin", "1.0.0" }, { "ociVersionMax", kSpecVersion }, { "hooks", features.hooks } };
    json["mountOptions"] = features.mountOptions;
    Json& linux_ = json["linux"];
    linux_["namespaces"] = features.namespaces;
    linux_["capabilities"] = features.capabilities;
    linux_["cgroup"]
        = { { "v1", false }, { "v2", true }, { "systemd", true }, { "systemdUser", true }, { "rdma", true } };
    linux_["seccomp"] = { { "enabled", true }, { "actions", features.seccompActions },
        { "operators", features.seccompOperators }, { "archs", features.seccompArchitectures },
        { "knownFlags", features.seccompFlags }, { "supportedFlags", features.seccompFlags } };
    linux_["apparmor"] = { { "enabled", true } };
    linux_["selinux"] = { { "enabled", true } };
    linux_["intelRdt"] = { { "enabled", false }, { "schemata", false }, { "monitoring", false } };
    linux_["memoryPolicy"] = { { "modes", memoryPolicyModes() }, { "flags", memoryPolicyFlags() } };
    linux_["mountExtensions"] = { { "idmap", { { "enabled", true } } } };
    linux_["netDevices"] = { { "enabled", true } };
    json["potentiallyUnsafeConfigAnnotations"] = features.unsafeAnnotations;
    json["annotations"] = features.annotations;
    return print(json);
}

} // namespace twinhull::oci
