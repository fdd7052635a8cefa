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
    if (!entry.path.empty())
        fields.requireAbsolute("path", entry.path);
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
    if (mapping.size == 0)
        fields.problem().report(fields.pathOf("size"), "expected a number above 0");
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

constexpr std::int64_t kLargestMajor = 4095; // 12 bits and 20 in the kernel's dev_t
constexpr std::int64_t kLargestMinor = 1048575;
constexpr std::uint32_t kAllModeBits = 0177777; // engines leave the type's bits in

void requireDeviceNumber(const JsonFields& fields, const char* key, std::int64_t number, std::int64_t largest)
{
    if (!fields.has(key) || number < 0 || number > largest)
        fields.problem().report(fields.pathOf(key), "expected a number from 0 to " + std::to_string(largest));
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
    fields.requireAbsolute("path", device.path);
    if (device.type != 'p') {
        requireDeviceNumber(fields, "major", device.major, kLargestMajor);
        requireDeviceNumber(fields, "minor", device.minor, kLargestMinor);
    }
    if (device.fileMode.value_or(0) > kAllModeBits)
        fields.problem().report(fields.pathOf("fileMode"), "expected a number from 0 to 65535 (0177777)");
    return device;
}

/// What the kernel takes (dev_valid_name() in net/core/dev.c).
bool isDeviceName(std::string_view name)
{
    constexpr std::size_t kLongestDeviceName = 15; // IFNAMSIZ with its NUL
    return !name.empty() && name.size() <= kLongestDeviceName && name != "." && name != ".."
        && name.find_first_of("/: \t\n\v\f\r") == std::string_view::npos;
}

bool isDeviceNameInside(std::string_view name)
{
    const auto percent = name.find('%');
    const bool isPlain = percent == std::string_view::npos;
    return isDeviceName(name)
        && (isPlain || (name.substr(percent, 2) == "%d" && name.find('%', percent + 1) == std::string_view::npos));
}

void decodeNetDevices(const JsonFields& fields, Linux& linux_)
{
    fields.members("netDevices", [&](const std::string& device, const JsonFields& entry) {
        std::string name = device;
        entry.readName("name", name);
        if (!isDeviceName(device) || device.find('%') != std::string::npos)
            entry.problem().report(
                entry.path(), "expected the name of a network device: 1 to 15 bytes, no / : % space");
        if (name.empty())
            name = device;
        if (!isDeviceNameInside(name))
            entry.problem().report(
                entry.pathOf("name"), "expected a network device's name of 1 to 15 bytes, without / : space");
        for (const auto& [other, otherName] : linux_.netDevices) {
            if (otherName == name && name.find('%') == std::string::npos)
                entry.problem().report(
                    entry.pathOf("name"), "the name " + shownText(name) + " is given to " + other + " already");
        }
        linux_.netDevices[device] = name;
    });
}

bool hasNamespace(const Linux& linux_, NamespaceKind kind)
{
    return std::any_of(
        linux_.namespaces.begin(), linux_.namespaces.end(), [&](const Namespace& entry) { return entry.kind == kind; });
}

/// What acts on a namespace would act on the whole computer without one of the container's own.
void requireNamespaces(const JsonFields& fields, const Linux& linux_)
{
    if (!linux_.netDevices.empty() && !hasNamespace(linux_, NamespaceKind::Network))
        fields.problem().report(fields.pathOf("netDevices"),
            "the container has the host's network: add {\"type\": \"network\"} to linux.namespaces");
    if (!linux_.timeOffsets.empty() && !hasNamespace(linux_, NamespaceKind::Time))
        fields.problem().report(fields.pathOf("timeOffsets"),
            "the container has the host's clocks: add {\"type\": \"time\"} to linux.namespaces");
}

void readAbsolutePaths(const JsonFields& fields, const char* key, std::vector<std::string>& paths)
{
    fields.readPaths(key, paths);
    for (std::size_t i = 0; i < paths.size(); ++i)
        fields.requireAbsolute(key + ("[" + std::to_string(i) + "]"), paths[i]);
}

std::map<std::string, TimeOffset> decodeTimeOffsets(const JsonFields& fields)
{
    std::map<std::string, TimeOffset> offsets;
    fields.members("timeOffsets", [&](const std::string& clock, const JsonFields& entry) {
        TimeOffset offset;
        entry.read("secs", offset.seconds);
        entry.read("nanosecs", offset.nanoseconds);
        if (offset.nanoseconds > 999'999'999)
            entry.problem().report(entry.pathOf("nanosecs"), "expected less than a second");
        if (clock != "monotonic" && clock != "boottime")
            entry.problem().report(entry.path(), "expected a clock named monotonic or boottime");
        offsets[clock] = offset;
    });
    return offsets;
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
    fields.requireEachOf("flags", policy.flags, memoryPolicyFlags());
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
    readAbsolutePaths(fields, "maskedPaths", result.maskedPaths);
    readAbsolutePaths(fields, "readonlyPaths", result.readonlyPaths);
    result.timeOffsets = decodeTimeOffsets(fields);
    fields.readName("mountLabel", result.mountLabel);
    fields.object("personality", [&](const JsonFields& entry) { result.personality = decodePersonality(entry); });
    fields.object("memoryPolicy", [&](const JsonFields& entry) { result.memoryPolicy = decodeMemoryPolicy(entry); });
    refuse(fields, "intelRdt", "divide caches and memory bandwidth (resctrl)");
    decodeNetDevices(fields, result);
    requireNamespaces(fields, result);
    return result;
}

} // namespace twinhull::oci
