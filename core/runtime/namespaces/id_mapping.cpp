// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/id_mapping.h"

#include "core/base/files.h"
#include "core/runtime/namespaces/mapping_program.h"
#include "core/runtime/namespaces/mapping_refusal.h"

#include <unistd.h>

#include <charconv>
#include <optional>
#include <string_view>

namespace twinhull::runtime {

namespace {

using namespace std::chrono_literals;

/// Fields of a line of /etc/passwd, /etc/subuid, /etc/subgid.
std::vector<std::string_view> splitFields(std::string_view line)
{
    std::vector<std::string_view> fields;
    while (true) {
        const auto colon = line.find(':');
        fields.push_back(line.substr(0, colon));
        if (colon == std::string_view::npos)
            return fields;
        line.remove_prefix(colon + 1);
    }
}

template <typename Each>
void eachLine(std::string_view text, Each each)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        each(splitFields(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

bool readNumber(std::string_view text, std::uint32_t& number)
{
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

Result<> writeProc(pid_t pid, const char* name, const std::string& text)
{
    const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
    auto file = openPath(path, O_WRONLY);
    if (!file)
        return std::move(file).error();
    return writeAll(*file, text).withContext(path);
}

bool isOwnIdOnly(const IdMappings& mappings, std::uint32_t ownId)
{
    return mappings.size() == 1 && mappings[0].size == 1 && mappings[0].hostId == ownId;
}

struct MapKind {
    const char* mapName;
    const char* program;
    std::uint32_t ownId;
};

Result<MappingProgram> startMapper(pid_t pid, const MapKind& kind, const IdMappings& mappings)
{
    if (findExecutable(kind.program).empty())
        return Error{ ErrorCode::Unavailable, std::string(kind.program) + " is not installed", 0,
            "Install it: sudo apt install uidmap" };
    Command command{ { kind.program, std::to_string(pid) }, {}, {} };
    for (const auto& mapping : mappings) {
        for (const auto number : { mapping.containerId, mapping.hostId, mapping.size })
            command.arguments.push_back(std::to_string(number));
    }
    return MappingProgram::start(command);
}

/// A map on its way: written already, or by a program that runs.
using Mapping = std::optional<MappingProgram>;

Result<Mapping> beginMap(pid_t pid, const MapKind& kind, const IdMappings& mappings)
{
    if (mappings.empty())
        return Error{ ErrorCode::InvalidArgument,
            "config.json: linux: a new user namespace needs " + std::string(kind.mapName) + " mappings", 0,
            "`hull spec --rootless` writes them for this user" };
    if (::geteuid() == 0 || isOwnIdOnly(mappings, kind.ownId)) {
        auto written = writeProc(pid, kind.mapName, mappingText(mappings));
        return written ? Result<Mapping>(Mapping()) : std::move(written).error();
    }
    auto started = startMapper(pid, kind, mappings);
    return started ? Result<Mapping>(Mapping(*std::move(started))) : std::move(started).error();
}

Result<> endMap(Mapping& mapping, const MapKind& kind, MappingProgram::Clock::time_point deadline)
{
    auto done = mapping ? mapping->await(deadline) : Result<>();
    return done ? Result<>() : explainRefusedMap(std::move(done).error(), kind.program);
}

} // namespace

std::string mappingText(const IdMappings& mappings)
{
    std::string text;
    for (const auto& mapping : mappings)
        text += std::to_string(mapping.containerId) + " " + std::to_string(mapping.hostId) + " "
            + std::to_string(mapping.size) + "\n";
    return text;
}

Result<> writeIdMappings(pid_t pid, const IdMappings& uids, const IdMappings& gids)
{
    if (::geteuid() != 0 && isOwnIdOnly(gids, ::getegid())) { // user_namespaces(7): required before the map
        if (auto denied = writeProc(pid, "setgroups", "deny"); !denied)
            return denied;
    }
    const MapKind uidKind{ "uid_map", "newuidmap", ::geteuid() };
    const MapKind gidKind{ "gid_map", "newgidmap", ::getegid() };
    auto uidMap = beginMap(pid, uidKind, uids);
    if (!uidMap)
        return std::move(uidMap).error();
    auto gidMap = beginMap(pid, gidKind, gids); // at the same time
    if (!gidMap)
        return std::move(gidMap).error();
    const auto deadline = MappingProgram::Clock::now() + 10s;
    auto done = endMap(*uidMap, uidKind, deadline);
    return done ? endMap(*gidMap, gidKind, deadline) : done;
}

IdMappings ordinaryUserMappings(const std::string& file, const std::string& userName, std::uint32_t ownId)
{
    IdMappings mappings{ { 0, ownId, 1 } };
    auto text = readFile(file, 4U << 20U);
    if (!text)
        return mappings;
    const std::string uid = std::to_string(::getuid());
    eachLine(*text, [&](const std::vector<std::string_view>& fields) {
        oci::IdMapping range{ 1, 0, 0 };
        const bool isOurs = fields.size() == 3 && (fields[0] == userName || fields[0] == uid);
        if (isOurs && mappings.size() == 1 && readNumber(fields[1], range.hostId) && readNumber(fields[2], range.size)
            && range.size > 0)
            mappings.push_back(range);
    });
    return mappings;
}

std::string ownUserName()
{
    // not getpwuid: a static program must not load NSS modules of the host
    const std::string uid = std::to_string(::getuid());
    std::string name = uid;
    auto text = readFile("/etc/passwd", 4U << 20U);
    if (!text)
        return name;
    eachLine(*text, [&](const std::vector<std::string_view>& fields) {
        if (fields.size() > 2 && fields[2] == uid && name == uid)
            name = std::string(fields[0]);
    });
    return name;
}

} // namespace twinhull::runtime
