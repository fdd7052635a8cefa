// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/decode_linux.h"

#include "core/oci/spec_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace twinhull::oci {

namespace {

constexpr std::array<std::pair<NamespaceKind, std::string_view>, 8> kNamespaceNames{ {
    { NamespaceKind::User, "user" },
    { NamespaceKind::Mount, "mount" },
    { NamespaceKind::Pid, "pid" },
    { NamespaceKind::Network, "network" },
    { NamespaceKind::Ipc, "ipc" },
    { NamespaceKind::Uts, "uts" },
    { NamespaceKind::Cgroup, "cgroup" },
    { NamespaceKind::Time, "time" },
} };

void decodeNamespace(const JsonFields& fields, Linux& linux_)
{
    std::string type;
    Namespace entry;
    fields.readName("type", type);
    fields.readPath("path", entry.path);
    for (const auto& [kind, name] : kNamespaceNames) {
        if (name != type)
            continue;
        entry.kind = kind;
        for (const auto& other : linux_.namespaces) {
            if (other.kind == kind)
                return fields.problem().report(fields.pathOf("type"), "the namespace " + type + " is named twice");
        }
        return linux_.namespaces.push_back(std::move(entry));
    }
    fields.problem().report(fields.pathOf("type"), "unknown namespace " + shownText(type));
}

IdMapping decodeMapping(const JsonFields& fields)
{
    IdMapping mapping;
    fields.read("containerID", mapping.containerId);
    fields.read("hostID", mapping.hostId);
    fields.read("size", mapping.size);
    return mapping;
}

void requireKnownPropagation(const JsonFields& fields, const std::string& text)
{
    for (const std::string_view name : { "private", "slave", "shared", "unbindable" }) {
        if (text.empty() || text == name || (text[0] == 'r' && std::string_view(text).substr(1) == name))
            return;
    }
    fields.problem().report(
        fields.pathOf("rootfsPropagation"), "expected private, slave, shared or unbindable, or one of them after an r");
}

Device decodeDevice(const JsonFields& fields)
{
    Device device;
    std::string type;
    fields.readPath("path", device.path);
    fields.readName("type", type);
    fields.read("major", device.major);
    fields.read("minor", device.minor);
    fields.read("fileMode", device.fileMode);
    fields.read("uid", device.uid);
    fields.read("gid", device.gid);
    if (type.size() != 1 || std::string_view("cbup").find(type[0]) == std::string_view::npos)
        fields.problem().report(fields.pathOf("type"), "expected one of c, b, u, p");
    else
        device.type = type[0];
    if (device.path.empty() || device.path[0] != '/')
        fields.problem().report(fields.pathOf("path"), "expected an absolute path");
    return device;
}

template <typename Number>
void dropUnlimited(std::optional<Number>& limit)
{
    if (limit && *limit <= 0)
        limit.reset();
}

std::vector<DeviceRate> decodeRates(const JsonFields& fields, const char* key)
{
    std::vector<DeviceRate> rates;
    fields.objects(key, [&](const JsonFields& entry) {
        DeviceRate rate;
        entry.read("major", rate.major);
        entry.read("minor", rate.minor);
        entry.read("rate", rate.rate);
        rates.push_back(rate);
    });
    return rates;
}

void requireWeight(const JsonFields& fields, std::uint32_t weight)
{
    if (weight < 10 || weight > 1000)
        fields.problem().report(fields.pathOf("weight"), "expected a number from 10 to 1000");
}

/// What cgroup v1 had and v2 has not: 0 and -1 ask for nothing.
void passOver(const JsonFields& fields, const char* key, std::vector<std::string>& ignored)
{
    std::optional<std::int64_t> value;
    fields.read(key, value);
    if (value && *value != 0 && *value != -1)
        ignored.push_back(fields.pathOf(key));
}

std::vector<DeviceWeight> decodeDeviceWeights(const JsonFields& fields, std::vector<std::string>& ignored)
{
    std::vector<DeviceWeight> weights;
    fields.objects("weightDevice", [&](const JsonFields& entry) {
        DeviceWeight device;
        entry.read("major", device.major);
        entry.read("minor", device.minor);
        entry.read("weight", device.weight);
        passOver(entry, "leafWeight", ignored);
        if (!entry.has("weight"))
            return;
        requireWeight(entry, device.weight);
        weights.push_back(device);
    });
    return weights;
}

void decodeBlockIo(const JsonFields& fields, Resources& resources, std::vector<std::string>& ignored)
{
    fields.read("weight", resources.ioWeight);
    if (resources.ioWeight)
        requireWeight(fields, *resources.ioWeight);
    passOver(fields, "leafWeight", ignored);
    resources.ioDeviceWeights = decodeDeviceWeights(fields, ignored);
    resources.readBytesPerSecond = decodeRates(fields, "throttleReadBpsDevice");
    resources.writeBytesPerSecond = decodeRates(fields, "throttleWriteBpsDevice");
    resources.readsPerSecond = decodeRates(fields, "throttleReadIOPSDevice");
    resources.writesPerSecond = decodeRates(fields, "throttleWriteIOPSDevice");
}

bool isPageSize(std::string_view text)
{
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos || text.size() != digits + 2)
        return false;
    return std::string_view("KMG").find(text[digits]) != std::string_view::npos && text[digits + 1] == 'B';
}

void decodeHugepages(const JsonFields& fields, Resources& resources)
{
    fields.objects("hugepageLimits", [&](const JsonFields& entry) {
        HugepageLimit limit;
        entry.readName("pageSize", limit.pageSize);
        entry.read("limit", limit.bytes);
        if (!isPageSize(limit.pageSize)) // it becomes part of a file's name
            entry.problem().report(entry.pathOf("pageSize"), "expected a size as in 2MB");
        resources.hugepageLimits.push_back(std::move(limit));
    });
}

void decodeRdma(const JsonFields& fields, Resources& resources)
{
    fields.members("rdma", [&](const std::string& device, const JsonFields& entry) {
        RdmaLimit limit;
        entry.read("hcaHandles", limit.handles);
        entry.read("hcaObjects", limit.objects);
        if (device.empty() || device.find_first_of(" \n") != std::string::npos)
            entry.problem().report(fields.pathOf("rdma"), "expected names of devices");
        resources.rdmaLimits[device] = limit;
    });
}

void decodeMemory(const JsonFields& fields, Resources& resources, std::vector<std::string>& ignored)
{
    bool isOomKillerOff = false;
    fields.read("limit", resources.memoryLimitBytes);
    fields.read("swap", resources.memorySwapBytes);
    fields.read("reservation", resources.memoryReservationBytes);
    fields.read("checkBeforeUpdate", resources.refusesMemoryBelowUse);
    fields.read("disableOOMKiller", isOomKillerOff);
    if (isOomKillerOff)
        ignored.push_back(fields.pathOf("disableOOMKiller"));
    for (const char* name : { "kernel", "kernelTCP", "swappiness" })
        passOver(fields, name, ignored);
}

void decodeCpu(const JsonFields& fields, Resources& resources, std::vector<std::string>& ignored)
{
    fields.read("quota", resources.cpuQuotaMicroseconds);
    fields.read("period", resources.cpuPeriodMicroseconds);
    fields.read("shares", resources.cpuShares);
    fields.read("burst", resources.cpuBurstMicroseconds);
    fields.read("idle", resources.cpuIdle);
    if (resources.cpuIdle && *resources.cpuIdle != 0 && *resources.cpuIdle != 1)
        fields.problem().report(fields.pathOf("idle"), "expected 0 or 1");
    fields.readNumberList("cpus", resources.cpus);
    fields.readNumberList("mems", resources.mems);
    for (const char* name : { "realtimeRuntime", "realtimePeriod" })
        passOver(fields, name, ignored);
}

DeviceRule decodeDeviceRule(const JsonFields& fields)
{
    DeviceRule rule;
    std::string type = "a";
    std::string access;
    fields.read("allow", rule.isAllowed);
    fields.read("type", type);
    fields.read("major", rule.major);
    fields.read("minor", rule.minor);
    fields.read("access", access);
    if (type.size() != 1 || std::string_view("abc").find(type[0]) == std::string_view::npos)
        fields.problem().report(fields.pathOf("type"), "expected one of a, b, c");
    else
        rule.type = type[0];
    if (access.find_first_not_of("rwm") != std::string::npos)
        fields.problem().report(fields.pathOf("access"), "expected letters of rwm");
    if (!access.empty())
        rule.access = access;
    for (auto* number : { &rule.major, &rule.minor }) {
        if (*number && **number < 0)
            number->reset(); // -1: any
    }
    if ((rule.major && *rule.major > INT32_MAX) || (rule.minor && *rule.minor > INT32_MAX))
        fields.problem().report(fields.pathOf("major"), "expected a device's numbers");
    return rule;
}

std::map<std::string, TimeOffset> decodeTimeOffsets(const JsonFields& fields)
{
    std::map<std::string, TimeOffset> offsets;
    for (const char* clock : { "monotonic", "boottime" }) {
        fields.object(clock, [&](const JsonFields& entry) {
            TimeOffset offset;
            entry.read("secs", offset.seconds);
            entry.read("nanosecs", offset.nanoseconds);
            if (offset.nanoseconds > 999'999'999)
                entry.problem().report(entry.pathOf("nanosecs"), "expected less than a second");
            offsets[clock] = offset;
        });
    }
    return offsets;
}

Resources decodeResources(const JsonFields& fields, std::vector<std::string>& ignored)
{
    Resources resources;
    fields.object("memory", [&](const JsonFields& memory) { decodeMemory(memory, resources, ignored); });
    fields.object("cpu", [&](const JsonFields& cpu) { decodeCpu(cpu, resources, ignored); });
    fields.object("pids", [&](const JsonFields& pids) { pids.read("limit", resources.pidsLimit); });
    fields.object("blockIO", [&](const JsonFields& io) { decodeBlockIo(io, resources, ignored); });
    decodeHugepages(fields, resources);
    decodeRdma(fields, resources);
    fields.objects("devices", [&](const JsonFields& rule) { resources.deviceRules.push_back(decodeDeviceRule(rule)); });
    fields.read("unified", resources.unified);
    dropUnlimited(resources.memoryLimitBytes);
    dropUnlimited(resources.memorySwapBytes);
    dropUnlimited(resources.memoryReservationBytes);
    dropUnlimited(resources.cpuQuotaMicroseconds);
    dropUnlimited(resources.pidsLimit);
    if (resources.cpuShares && *resources.cpuShares == 0)
        resources.cpuShares.reset();
    if (fields.has("network")) // marks of cgroup v1
        ignored.push_back(fields.pathOf("network"));
    return resources;
}

SeccompRule decodeRule(const JsonFields& fields)
{
    SeccompRule rule;
    fields.readNames("names", rule.names);
    fields.readName("action", rule.action);
    fields.read("errnoRet", rule.errnoRet);
    fields.objects("args", [&](const JsonFields& argument) {
        SeccompArgument value;
        argument.read("index", value.index);
        argument.read("value", value.value);
        argument.read("valueTwo", value.valueTwo);
        argument.readName("op", value.op);
        if (value.index > 5)
            argument.problem().report(argument.pathOf("index"), "expected a number from 0 to 5");
        rule.args.push_back(std::move(value));
    });
    return rule;
}

/// config-linux.md, "Seccomp".
SeccompAgent decodeAgent(const JsonFields& fields)
{
    SeccompAgent agent;
    fields.readPath("listenerPath", agent.path);
    fields.read("listenerMetadata", agent.metadata);
    if (!agent.path.empty())
        fields.requireAbsolute("listenerPath", agent.path);
    if (agent.path.empty() && !agent.metadata.empty())
        fields.problem().report(fields.pathOf("listenerMetadata"), "expected nothing where no listenerPath is");
    return agent;
}

void checkNotification(const JsonFields& fields, const Seccomp& seccomp)
{
    static constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";
    if (seccomp.defaultAction == kNotify) // the program that starts the container could not go on either
        fields.problem().report(
            fields.pathOf("defaultAction"), "expected another action: SCMP_ACT_NOTIFY is for rules");
    const bool asks = std::any_of(seccomp.syscalls.begin(), seccomp.syscalls.end(),
        [](const SeccompRule& rule) { return rule.action == kNotify; });
    if (asks && seccomp.agent.path.empty())
        fields.problem().report(
            fields.pathOf("listenerPath"), "expected the path of an agent's socket: SCMP_ACT_NOTIFY asks for one");
}

Personality decodePersonality(const JsonFields& fields)
{
    Personality personality;
    std::vector<std::string> flags;
    fields.readName("domain", personality.domain);
    fields.readNames("flags", flags);
    fields.requireOneOf("domain", personality.domain, personalityDomains());
    if (!flags.empty())
        fields.problem().report(fields.pathOf("flags"), "expected none: the specification names no flags");
    return personality;
}

MemoryPolicy decodeMemoryPolicy(const JsonFields& fields)
{
    MemoryPolicy policy;
    fields.readName("mode", policy.mode);
    fields.readNumberList("nodes", policy.nodes);
    fields.readNames("flags", policy.flags);
    fields.requireOneOf("mode", policy.mode, memoryPolicyModes());
    for (const auto& flag : policy.flags)
        fields.requireOneOf("flags", flag, memoryPolicyFlags());
    return policy;
}

/// What would be promised and not kept, where it asks for anything.
void refuse(const JsonFields& fields, const char* key, const char* what)
{
    fields.object(key, [&](const JsonFields& entry) {
        if (!entry.isEmpty())
            fields.problem().report(fields.pathOf(key), std::string("hull does not ") + what + "; leave it out");
    });
}

} // namespace

std::string_view nameOf(NamespaceKind kind)
{
    for (const auto& [candidate, name] : kNamespaceNames) {
        if (candidate == kind)
            return name;
    }
    return {};
}

std::vector<IdMapping> decodeMappings(const JsonFields& fields, const char* key)
{
    std::vector<IdMapping> mappings;
    fields.objects(key, [&](const JsonFields& entry) { mappings.push_back(decodeMapping(entry)); });
    return mappings;
}

Seccomp decodeSeccompFields(const JsonFields& fields)
{
    Seccomp seccomp;
    fields.readName("defaultAction", seccomp.defaultAction);
    fields.read("defaultErrnoRet", seccomp.defaultErrnoRet);
    fields.readNames("architectures", seccomp.architectures);
    fields.readNames("flags", seccomp.flags);
    fields.objects("syscalls", [&](const JsonFields& rule) { seccomp.syscalls.push_back(decodeRule(rule)); });
    seccomp.agent = decodeAgent(fields);
    checkNotification(fields, seccomp);
    return seccomp;
}

Linux decodeLinux(const JsonFields& fields, std::vector<std::string>& ignored)
{
    Linux result;
    fields.objects("namespaces", [&](const JsonFields& entry) { decodeNamespace(entry, result); });
    result.uidMappings = decodeMappings(fields, "uidMappings");
    result.gidMappings = decodeMappings(fields, "gidMappings");
    fields.objects("devices", [&](const JsonFields& entry) { result.devices.push_back(decodeDevice(entry)); });
    fields.readPath("cgroupsPath", result.cgroupsPath);
    fields.object("resources", [&](const JsonFields& entry) { result.resources = decodeResources(entry, ignored); });
    fields.read("sysctl", result.sysctl);
    fields.object("seccomp", [&](const JsonFields& entry) { result.seccomp = decodeSeccompFields(entry); });
    fields.readName("rootfsPropagation", result.rootfsPropagation);
    requireKnownPropagation(fields, result.rootfsPropagation);
    fields.readPaths("maskedPaths", result.maskedPaths);
    fields.readPaths("readonlyPaths", result.readonlyPaths);
    fields.object("timeOffsets", [&](const JsonFields& entry) { result.timeOffsets = decodeTimeOffsets(entry); });
    fields.readName("mountLabel", result.mountLabel);
    fields.object("personality", [&](const JsonFields& entry) { result.personality = decodePersonality(entry); });
    fields.object("memoryPolicy", [&](const JsonFields& entry) { result.memoryPolicy = decodeMemoryPolicy(entry); });
    refuse(fields, "intelRdt", "divide caches and memory bandwidth (resctrl)");
    refuse(fields, "netDevices", "move network devices into a container");
    return result;
}

} // namespace twinhull::oci
