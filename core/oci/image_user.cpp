// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_user.h"

#include "core/base/text.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace twinhull {

namespace {

using Fields = std::vector<std::string>;

struct Account {
    std::uint32_t id = 0;
    Fields fields;
};

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

std::optional<std::uint32_t> idFrom(const std::string& text)
{
    const auto number = parseNumber(text);
    const bool fits = number && *number < std::numeric_limits<std::uint32_t>::max(); // the last one means "none"
    return fits ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

/// Lines "name:x:id:…" with at least `least` fields; others are passed over, as getpwent does.
std::vector<Account> parseAccounts(std::string_view text, std::size_t least)
{
    std::vector<Account> accounts;
    for (const auto& line : split(text, '\n')) {
        Fields fields = split(line, ':');
        const auto id = fields.size() >= least ? idFrom(fields[2]) : std::nullopt;
        if (id)
            accounts.push_back({ *id, std::move(fields) });
    }
    return accounts;
}

const Account* find(const std::vector<Account>& accounts, const std::string& name, std::optional<std::uint32_t> id)
{
    const auto found = std::find_if(accounts.begin(), accounts.end(),
        [&](const Account& account) { return id ? account.id == *id : account.fields.front() == name; });
    return found == accounts.end() ? nullptr : &*found;
}

Error unknown(const char* kind, const std::string& name, const char* file)
{
    return Error{ ErrorCode::NotFound, std::string("the image's ") + kind + " \"" + name + "\" is not in its " + file,
        0, "The image is broken; use one that lists it" };
}

} // namespace

Result<ImageUser> resolveUser(const std::string& user, std::string_view passwdText, std::string_view groupText)
{
    const auto colon = std::min(user.find(':'), user.size());
    const std::string userName = colon == 0 ? "0" : user.substr(0, colon);
    const std::string groupName = colon < user.size() ? user.substr(colon + 1) : std::string();
    const auto users = parseAccounts(passwdText, 7);
    const auto groups = parseAccounts(groupText, 4);
    ImageUser out;
    const auto uid = idFrom(userName);
    const Account* account = find(users, userName, uid);
    if (!uid && account == nullptr)
        return unknown("user", userName, "/etc/passwd");
    out.uid = account != nullptr ? account->id : *uid;
    if (account != nullptr) {
        const auto gid = idFrom(account->fields[3]);
        if (!gid)
            return Error{ ErrorCode::Corrupt, "the image's /etc/passwd is broken at \"" + userName + "\"", 0, {} };
        out.gid = *gid;
        out.home = account->fields[5];
    }
    if (!groupName.empty()) { // then it is the only group: as the image asked
        const auto gid = idFrom(groupName);
        const Account* entry = find(groups, groupName, gid);
        if (!gid && entry == nullptr)
            return unknown("group", groupName, "/etc/group");
        out.gid = entry != nullptr ? entry->id : *gid;
        return out;
    }
    for (const auto& entry : groups) {
        const auto members = split(entry.fields[3], ',');
        if (account != nullptr && std::find(members.begin(), members.end(), account->fields[0]) != members.end()
            && entry.id != out.gid)
            out.additionalGids.push_back(entry.id);
    }
    return out;
}

} // namespace twinhull
