// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/resource_change.h"
#include "core/oci/runtime_spec.h"

#include <nlohmann/json.hpp>

namespace twinhull::oci {

namespace {

using Json = nlohmann::ordered_json;

template <typename T>
void put(Json& object, const char* key, const std::optional<T>& value)
{
    if (value)
        object[key] = *value;
}

template <typename T>
void putUnlessEmpty(Json& object, const char* key, const T& value)
{
    if (!value.empty())
        object[key] = value;
}

template <typename T, typename Encode>
void putAll(Json& object, const char* key, const std::vector<T>& values, Encode encode)
{
    if (values.empty())
        return;
    Json& array = object[key] = Json::array();
    for (const auto& value : values)
        array.push_back(encode(value));
}

Json encodeCapabilities(const CapabilitySets& sets)
{
    Json json = Json::object();
    json["bounding"] = sets.bounding;
    json["effective"] = sets.effective;
    json["permitted"] = sets.permitted;
    putUnlessEmpty(json, "inheritable", sets.inheritable);
    putUnlessEmpty(json, "ambient", sets.ambient);
    return json;
}

Json toJson(const Scheduler& scheduler)
{
    Json json{ { "policy", scheduler.policy } };
    const auto putUnlessZero = [&](const char* key, auto value) {
        if (value != 0)
            json[key] = value;
    };
    putUnlessZero("nice", scheduler.nice);
    putUnlessZero("priority", scheduler.priority);
    putUnlessEmpty(json, "flags", scheduler.flags);
    putUnlessZero("runtime", scheduler.runtimeNanoseconds);
    putUnlessZero("deadline", scheduler.deadlineNanoseconds);
    putUnlessZero("period", scheduler.periodNanoseconds);
    return json;
}

void putPriorities(Json& json, const Process& process)
{
    if (process.scheduler)
        json["scheduler"] = toJson(*process.scheduler);
    if (process.ioPriority)
        json["ioPriority"] = { { "class", process.ioPriority->ioClass }, { "priority", process.ioPriority->priority } };
    if (!process.execCpuAffinity)
        return;
    json["execCPUAffinity"] = Json::object();
    putUnlessEmpty(json["execCPUAffinity"], "initial", process.execCpuAffinity->initial);
    putUnlessEmpty(json["execCPUAffinity"], "final", process.execCpuAffinity->final_);
}

Json toJson(const Process& process)
{
    Json json = Json::object();
    json["terminal"] = process.terminal;
    if (process.consoleSize)
        json["consoleSize"] = { { "height", process.consoleSize->height }, { "width", process.consoleSize->width } };
    json["user"] = { { "uid", process.user.uid }, { "gid", process.user.gid } };
    put(json["user"], "umask", process.user.umask);
    putUnlessEmpty(json["user"], "additionalGids", process.user.additionalGids);
    json["args"] = process.args;
    json["env"] = process.env;
    json["cwd"] = process.cwd;
    if (process.capabilities)
        json["capabilities"] = encodeCapabilities(*process.capabilities);
    putAll(json, "rlimits", process.rlimits, [](const Rlimit& limit) {
        return Json{ { "type", limit.type }, { "hard", limit.hard }, { "soft", limit.soft } };
    });
    json["noNewPrivileges"] = process.noNewPrivileges;
    put(json, "oomScoreAdj", process.oomScoreAdj);
    putUnlessEmpty(json, "apparmorProfile", process.apparmorProfile);
    putUnlessEmpty(json, "selinuxLabel", process.selinuxLabel);
    putPriorities(json, process);
    return json;
}

Json toJson(const IdMapping& mapping)
{
    return Json{ { "containerID", mapping.containerId }, { "hostID", mapping.hostId }, { "size", mapping.size } };
}

Json toJson(const Mount& mount)
{
    Json json{ { "destination", mount.destination } };
    putUnlessEmpty(json, "type", mount.type);
    putUnlessEmpty(json, "source", mount.source);
    putUnlessEmpty(json, "options", mount.options);
    const auto encode = [](const IdMapping& mapping) { return toJson(mapping); };
    putAll(json, "uidMappings", mount.uidMappings, encode);
    putAll(json, "gidMappings", mount.gidMappings, encode);
    return json;
}

Json encodeBlockIo(const Resources& resources)
{
    const auto encode = [](const DeviceRate& rate) {
        return Json{ { "major", rate.major }, { "minor", rate.minor }, { "rate", rate.rate } };
    };
    Json json = Json::object();
    put(json, "weight", resources.ioWeight);
    putAll(json, "weightDevice", resources.ioDeviceWeights, [](const DeviceWeight& device) {
        return Json{ { "major", device.major }, { "minor", device.minor }, { "weight", device.weight } };
    });
    putAll(json, "throttleReadBpsDevice", resources.readBytesPerSecond, encode);
    putAll(json, "throttleWriteBpsDevice", resources.writeBytesPerSecond, encode);
    putAll(json, "throttleReadIOPSDevice", resources.readsPerSecond, encode);
    putAll(json, "throttleWriteIOPSDevice", resources.writesPerSecond, encode);
    return json;
}

Json encodeDeviceRule(const DeviceRule& rule)
{
    Json json{ { "allow", rule.isAllowed }, { "type", std::string(1, rule.type) }, { "access", rule.access } };
    put(json, "major", rule.major);
    put(json, "minor", rule.minor);
    return json;
}

Json encodeRdma(const std::map<std::string, RdmaLimit>& limits)
{
    Json json = Json::object();
    for (const auto& [device, limit] : limits) {
        json[device] = Json::object();
        put(json[device], "hcaHandles", limit.handles);
        put(json[device], "hcaObjects", limit.objects);
    }
    return json;
}

Json toJson(const Resources& resources)
{
    Json json = Json::object();
    Json memory = Json::object();
    put(memory, "limit", resources.memoryLimitBytes);
    put(memory, "swap", resources.memorySwapBytes);
    put(memory, "reservation", resources.memoryReservationBytes);
    if (resources.refusesMemoryBelowUse)
        memory["checkBeforeUpdate"] = true;
    putUnlessEmpty(json, "memory", memory);
    Json cpu = Json::object();
    put(cpu, "quota", resources.cpuQuotaMicroseconds);
    put(cpu, "period", resources.cpuPeriodMicroseconds);
    put(cpu, "shares", resources.cpuShares);
    put(cpu, "burst", resources.cpuBurstMicroseconds);
    put(cpu, "idle", resources.cpuIdle);
    putUnlessEmpty(cpu, "cpus", resources.cpus);
    putUnlessEmpty(cpu, "mems", resources.mems);
    putUnlessEmpty(json, "cpu", cpu);
    if (resources.pidsLimit)
        json["pids"] = { { "limit", *resources.pidsLimit } };
    putUnlessEmpty(json, "blockIO", encodeBlockIo(resources));
    putAll(json, "hugepageLimits", resources.hugepageLimits, [](const HugepageLimit& limit) {
        return Json{ { "pageSize", limit.pageSize }, { "limit", limit.bytes } };
    });
    putUnlessEmpty(json, "rdma", encodeRdma(resources.rdmaLimits));
    putAll(json, "devices", resources.deviceRules, encodeDeviceRule);
    putUnlessEmpty(json, "unified", resources.unified);
    return json;
}

Json toJson(const Hook& hook)
{
    Json json{ { "path", hook.path } };
    putUnlessEmpty(json, "args", hook.args);
    putUnlessEmpty(json, "env", hook.env);
    put(json, "timeout", hook.timeoutSeconds);
    return json;
}

Json toJson(const Hooks& hooks)
{
    Json json = Json::object();
    const auto encode = [](const Hook& hook) { return toJson(hook); };
    putAll(json, "prestart", hooks.prestart, encode);
    putAll(json, "createRuntime", hooks.createRuntime, encode);
    putAll(json, "createContainer", hooks.createContainer, encode);
    putAll(json, "startContainer", hooks.startContainer, encode);
    putAll(json, "poststart", hooks.poststart, encode);
    putAll(json, "poststop", hooks.poststop, encode);
    return json;
}

Json toJson(const std::map<std::string, TimeOffset>& offsets)
{
    Json json = Json::object();
    for (const auto& [clock, offset] : offsets)
        json[clock] = { { "secs", offset.seconds }, { "nanosecs", offset.nanoseconds } };
    return json;
}

Json toJson(const SeccompRule& rule)
{
    Json json{ { "names", rule.names }, { "action", rule.action } };
    put(json, "errnoRet", rule.errnoRet);
    putAll(json, "args", rule.args, [](const SeccompArgument& argument) {
        return Json{ { "index", argument.index }, { "value", argument.value }, { "valueTwo", argument.valueTwo },
            { "op", argument.op } };
    });
    return json;
}

Json toJson(const Seccomp& seccomp)
{
    Json json{ { "defaultAction", seccomp.defaultAction } };
    put(json, "defaultErrnoRet", seccomp.defaultErrnoRet);
    putUnlessEmpty(json, "architectures", seccomp.architectures);
    putUnlessEmpty(json, "flags", seccomp.flags);
    putAll(json, "syscalls", seccomp.syscalls, [](const SeccompRule& rule) { return toJson(rule); });
    putUnlessEmpty(json, "listenerPath", seccomp.agent.path);
    putUnlessEmpty(json, "listenerMetadata", seccomp.agent.metadata);
    return json;
}

Json toJson(const Device& device)
{
    Json json{ { "path", device.path }, { "type", std::string(1, device.type) }, { "major", device.major },
        { "minor", device.minor }, { "uid", device.uid }, { "gid", device.gid } };
    put(json, "fileMode", device.fileMode);
    return json;
}

Json toJson(const Namespace& entry)
{
    Json json{ { "type", nameOf(entry.kind) } };
    putUnlessEmpty(json, "path", entry.path);
    return json;
}

Json encodeNetDevices(const std::map<std::string, std::string>& devices)
{
    Json json = Json::object();
    for (const auto& [device, name] : devices) {
        json[device] = Json::object();
        if (name != device)
            json[device]["name"] = name;
    }
    return json;
}

Json toJson(const Linux& linux_)
{
    const auto encode = [](const auto& value) { return toJson(value); };
    Json json = Json::object();
    putAll(json, "namespaces", linux_.namespaces, encode);
    putUnlessEmpty(json, "netDevices", encodeNetDevices(linux_.netDevices));
    putAll(json, "uidMappings", linux_.uidMappings, encode);
    putAll(json, "gidMappings", linux_.gidMappings, encode);
    putAll(json, "devices", linux_.devices, encode);
    putUnlessEmpty(json, "cgroupsPath", linux_.cgroupsPath);
    putUnlessEmpty(json, "resources", toJson(linux_.resources));
    putUnlessEmpty(json, "sysctl", linux_.sysctl);
    if (linux_.seccomp)
        json["seccomp"] = toJson(*linux_.seccomp);
    putUnlessEmpty(json, "rootfsPropagation", linux_.rootfsPropagation);
    putUnlessEmpty(json, "maskedPaths", linux_.maskedPaths);
    putUnlessEmpty(json, "readonlyPaths", linux_.readonlyPaths);
    putUnlessEmpty(json, "timeOffsets", toJson(linux_.timeOffsets));
    putUnlessEmpty(json, "mountLabel", linux_.mountLabel);
    if (linux_.personality)
        json["personality"] = { { "domain", linux_.personality->domain } };
    if (linux_.memoryPolicy) {
        json["memoryPolicy"] = { { "mode", linux_.memoryPolicy->mode } };
        putUnlessEmpty(json["memoryPolicy"], "nodes", linux_.memoryPolicy->nodes);
        putUnlessEmpty(json["memoryPolicy"], "flags", linux_.memoryPolicy->flags);
    }
    return json;
}

std::string print(const Json& json)
{
    // a name that is not UTF-8 is shown with replacement characters instead of an exception
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string encodeRuntimeSpec(const RuntimeSpec& spec)
{
    Json json{ { "ociVersion", spec.ociVersion } };
    if (spec.process)
        json["process"] = toJson(*spec.process);
    json["root"] = { { "path", spec.root.path }, { "readonly", spec.root.readonly } };
    putUnlessEmpty(json, "hostname", spec.hostname);
    putUnlessEmpty(json, "domainname", spec.domainname);
    putAll(json, "mounts", spec.mounts, [](const Mount& mount) { return toJson(mount); });
    putUnlessEmpty(json, "hooks", toJson(spec.hooks));
    putUnlessEmpty(json, "annotations", spec.annotations);
    json["linux"] = toJson(spec.linux_);
    return print(json);
}

std::string encodeProcess(const Process& process)
{
    return print(toJson(process));
}

std::string encodeResourceChange(const Resources& resources)
{
    return print(toJson(resources));
}

} // namespace twinhull::oci
