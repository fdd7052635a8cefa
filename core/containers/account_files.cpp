// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/account_files.h"

#include "core/containers/image_user.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace twinhull {

namespace {

/// The fields of one line; a file of a stranger's may have any number.
std::vector<std::string> fieldsOf(const std::string& line)
{
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string field; std::getline(parts, field, ':');)
        fields.push_back(field);
    return fields;
}

struct Listed {
    bool hasId = false;
    bool hasName = false;
};

Listed lookUp(std::string_view text, const std::string& id, const std::string& name)
{
    Listed listed;
    std::istringstream lines{ std::string(text) };
    for (std::string line; std::getline(lines, line);) {
        const auto fields = fieldsOf(line);
        listed.hasId = listed.hasId || (fields.size() > 2 && fields[2] == id);
        listed.hasName = listed.hasName || (!fields.empty() && fields[0] == name);
    }
    return listed;
}

bool isPlainName(const std::string& name)
{
    const auto isPlain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'
            || c == '.';
    };
    return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), isPlain);
}

/// `text` with "NAME:x:ID" and `rest`, unless the id is there.
std::string withLine(std::string_view text, std::uint32_t id, const std::string& name, const std::string& rest)
{
    std::string all(text);
    const std::string number = std::to_string(id);
    const Listed listed = lookUp(text, number, name);
    if (listed.hasId)
        return all;
    if (!all.empty() && all.back() != '\n')
        all += '\n';
    return all + (isPlainName(name) && !listed.hasName ? name : "user" + number) + ":*:" + number + rest + '\n';
}

std::string ownName()
{
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 16384> buffer{};
    const bool isKnown
        = ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return isKnown ? found->pw_name : std::string();
}

} // namespace

std::string passwdWith(std::string_view passwd, const KeptIds& ids, const std::string& name, const std::string& home)
{
    const bool isPlain = home.find_first_of(":\n\r") == std::string::npos;
    return withLine(
        passwd, ids.user, name, ":" + std::to_string(ids.group) + "::" + (isPlain ? home : "/") + ":/bin/sh");
}

std::string groupWith(std::string_view group, std::uint32_t id, const std::string& name)
{
    return withLine(group, id, name, ":");
}

Result<std::vector<AccountFile>> accountFilesFor(
    const KeptIds& kept, const std::string& home, const std::vector<std::string>& layers)
{
    const auto passwd = readFromLayers(layers, "etc/passwd");
    const auto group = readFromLayers(layers, "etc/group");
    if (!passwd || !group)
        return Error(passwd ? group.error() : passwd.error());
    const std::string name = ownName();
    std::vector<AccountFile> files{ { "passwd", passwdWith(*passwd, kept, name, home) },
        { "group", groupWith(*group, kept.group, name) } };
    if (files.back().text == *group)
        files.pop_back();
    if (files.front().text == *passwd)
        files.erase(files.begin());
    return files;
}

} // namespace twinhull
