// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_user.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace twinhull {

namespace {

using Fields = std::vector<std::string>;

Fields split(std::string_view text, char separator)
{
    Fields parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

/// A whole number below 2^32 - 1 (which means "no id" to the kernel); nothing for anything else.
std::optional<std::uint32_t> numberOf(const std::string& text)
{
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || number == ~std::uint32_t{ 0 })
        return std::nullopt;
    return number;
}

/// The first line whose field `column` is `value`, with at least `width` fields.
std::optional<Fields> findLine(std::string_view table, std::size_t column, const std::string& value, std::size_t width)
{
    for (const std::string& line : split(table, '\n')) {
        Fields fields = split(line, ':');
        if (fields.size() >= width && fields[column] == value)
            return fields;
    }
    return std::nullopt;
}

std::vector<gid_t> groupsOf(const std::string& name, std::string_view groupText)
{
    std::vector<gid_t> groups;
    for (const std::string& line : split(groupText, '\n')) {
        const Fields fields = split(line, ':');
        if (fields.size() < 4)
            continue;
        const Fields members = split(fields[3], ',');
        const auto gid = numberOf(fields[2]);
        if (gid && std::find(members.begin(), members.end(), name) != members.end())
            groups.push_back(*gid);
    }
    return groups;
}

Error unknown(const std::string& what, const std::string& name)
{
    return Error{ ErrorCode::NotFound, "the image has no " + what + " \"" + name + "\"", 0, {} };
}

Result<gid_t> resolveGroup(const std::string& group, std::string_view groupText)
{
    if (const auto number = numberOf(group))
        return gid_t{ *number };
    const auto line = findLine(groupText, 0, group, 3);
    const auto gid = line ? numberOf((*line)[2]) : std::nullopt;
    if (!gid)
        return unknown("group", group);
    return gid_t{ *gid };
}

} // namespace

Result<GuestUser> resolveUser(const std::string& user, std::string_view passwdText, std::string_view groupText)
{
    const auto colon = user.find(':');
    const std::string who = user.empty() ? "0" : user.substr(0, colon);
    const auto number = numberOf(who);
    const auto line = findLine(passwdText, number ? 2 : 0, who, 6);
    GuestUser found;
    if (line) {
        const auto uid = numberOf((*line)[2]);
        const auto gid = numberOf((*line)[3]);
        if (!uid || !gid)
            return Error{ ErrorCode::Corrupt, "the image's passwd file is broken at \"" + who + "\"", 0, {} };
        found = { *uid, *gid, groupsOf((*line)[0], groupText), (*line)[5].empty() ? "/" : (*line)[5], (*line)[0] };
    } else if (number) {
        found.uid = *number;
    } else {
        return unknown("user", who);
    }
    if (colon == std::string::npos)
        return found;
    auto gid = resolveGroup(user.substr(colon + 1), groupText);
    if (!gid)
        return std::move(gid).error();
    found.gid = *gid;
    found.groups.clear(); // an explicit group is the only one (image-spec config.md)
    return found;
}

} // namespace twinhull
