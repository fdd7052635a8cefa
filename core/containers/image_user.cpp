// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/image_user.h"

#include "core/base/files.h"
#include "core/base/text.h"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>

namespace twinhull {

namespace {

constexpr std::size_t kFileLimitBytes = 4U << 20U;

using Fields = std::vector<std::string>;

struct Account {
    std::uint32_t id = 0;
    Fields fields;
};

UniqueFd openInside(const UniqueFd& layer, const char* path)
{
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK; // a FIFO must not hold us up
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return UniqueFd(static_cast<int>(::syscall(SYS_openat2, layer.fd(), path, &how, sizeof how)));
}

/// The file of the highest layer that has or hides it; empty where none does.
Result<std::string> readFromLayers(const std::vector<std::string>& layers, const char* path)
{
    for (const auto& folder : layers) {
        auto layer = openPath(folder, O_PATH | O_DIRECTORY);
        if (!layer)
            return std::move(layer).error();
        struct stat info { };
        if (::fstatat(layer->fd(), path, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISCHR(info.st_mode) && info.st_rdev == 0)
            return std::string(); // a whiteout of overlayfs: hidden from here down
        const UniqueFd file = openInside(*layer, path);
        if (!file && (errno == ENOENT || errno == ENOTDIR))
            continue;
        if (!file)
            return Error::fromErrno(errno, std::string("read ") + path + " of the image");
        if (::fstat(file.fd(), &info) != 0 || !S_ISREG(info.st_mode))
            return Error{ ErrorCode::Corrupt, std::string(path) + " of the image is no file", 0, {} };
        return readAll(file, kFileLimitBytes).withContext(std::string(path) + " of the image");
    }
    return std::string();
}

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
std::vector<Account> parseAccounts(const std::string& text, std::size_t least)
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

Result<ImageUser> resolveImageUser(const std::string& user, const std::vector<std::string>& layers)
{
    const auto colon = std::min(user.find(':'), user.size());
    const std::string userName = colon == 0 ? "0" : user.substr(0, colon);
    const std::string groupName = colon < user.size() ? user.substr(colon + 1) : std::string();
    auto passwd = readFromLayers(layers, "etc/passwd");
    auto group = readFromLayers(layers, "etc/group");
    if (!passwd || !group)
        return passwd ? std::move(group).error() : std::move(passwd).error();
    const auto users = parseAccounts(*passwd, 7);
    const auto groups = parseAccounts(*group, 4);

    ImageUser out;
    const auto uid = idFrom(userName);
    const Account* account = find(users, userName, uid);
    if (!uid && account == nullptr)
        return unknown("user", userName, "/etc/passwd");
    out.uid = account != nullptr ? account->id : *uid;
    if (account != nullptr) {
        out.gid = idFrom(account->fields[3]).value_or(0);
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
