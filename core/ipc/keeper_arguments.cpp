// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/keeper_arguments.h"

#include <charconv>

namespace twinhull {

namespace {

constexpr std::size_t kMostKeeperIds = 340; // what the kernel takes (user_namespaces(7))

Error badKeeperArgument(const std::string& what)
{
    return Error{ ErrorCode::InvalidArgument, what, 0, {} };
}

/// "0:1000:1"
Result<KeeperIds> idsFrom(const std::string& text)
{
    KeeperIds ids;
    const char* at = text.data();
    const char* end = at + text.size();
    for (std::uint32_t* number : { &ids.inside, &ids.outside, &ids.count }) {
        const auto parsed = std::from_chars(at, end, *number);
        const bool isLast = number == &ids.count;
        if (parsed.ec != std::errc() || (isLast ? parsed.ptr != end : parsed.ptr == end || *parsed.ptr != ':'))
            return badKeeperArgument("ids: not INSIDE:OUTSIDE:COUNT: " + text);
        at = parsed.ptr + (isLast ? 0 : 1);
    }
    return ids;
}

Result<> addIds(const std::string& text, std::vector<KeeperIds>& all)
{
    auto ids = idsFrom(text);
    if (!ids || all.size() >= kMostKeeperIds)
        return ids ? badKeeperArgument("too many ids") : std::move(ids).error();
    all.push_back(*ids);
    return {};
}

Result<> storeKeeperArgument(KeeperArguments& out, const std::string& name, const std::string& value)
{
    if (name == "--users")
        return addIds(value, out.users);
    if (name == "--groups")
        return addIds(value, out.groups);
    if (name == "--successor-for") {
        const char* end = value.data() + value.size();
        const auto parsed = std::from_chars(value.data(), end, out.successorFor);
        return parsed.ec == std::errc() && parsed.ptr == end && out.successorFor > 0
            ? Result<>()
            : badKeeperArgument("--successor-for: not a process: " + value);
    }
    if (name != "--folder" && name != "--network-helper")
        return badKeeperArgument("unknown option " + name);
    if (value.empty() || value.front() != '/')
        return badKeeperArgument(name + ": not an absolute path: " + value);
    (name == "--folder" ? out.folder : out.networkHelper) = value;
    return {};
}

} // namespace

std::vector<std::string> encodeKeeperArguments(const KeeperArguments& arguments)
{
    std::vector<std::string> all{ "--folder", arguments.folder, "--network-helper", arguments.networkHelper };
    for (const auto& [name, list] :
        { std::pair{ "--users", &arguments.users }, std::pair{ "--groups", &arguments.groups } }) {
        for (const auto& ids : *list)
            all.insert(all.end(),
                { name,
                    std::to_string(ids.inside) + ":" + std::to_string(ids.outside) + ":" + std::to_string(ids.count) });
    }
    if (arguments.successorFor > 0)
        all.insert(all.end(), { "--successor-for", std::to_string(arguments.successorFor) });
    return all;
}

Result<KeeperArguments> decodeKeeperArguments(const std::vector<std::string>& arguments)
{
    KeeperArguments out;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        if (i + 1 == arguments.size())
            return badKeeperArgument("option without a value: " + arguments[i]);
        if (auto stored = storeKeeperArgument(out, arguments[i], arguments[i + 1]); !stored)
            return std::move(stored).error();
    }
    if (out.folder.empty() || out.networkHelper.empty())
        return badKeeperArgument("missing option --folder or --network-helper");
    return out;
}

} // namespace twinhull
