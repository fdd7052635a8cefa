// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/mapping_refusal.h"

#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/runtime/namespaces/id_mapping.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kFileLimitBytes = 4U << 20U;
constexpr std::uint64_t kFirst = 100'000;
constexpr std::uint64_t kCount = 65'536;

/// One past the range of a line "NAME:FIRST:COUNT"; 0 for what is no such line.
std::uint64_t endOfRange(std::string_view line)
{
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos)
        return 0;
    std::uint32_t start = 0;
    std::uint32_t count = 0;
    (void)std::from_chars(line.data() + first + 1, line.data() + second, start); // 0 for what is no number
    (void)std::from_chars(line.data() + second + 1, line.data() + line.size(), count);
    return std::uint64_t{ start } + count;
}

std::uint64_t endOfRanges(const std::string& file)
{
    auto text = readFile(file, kFileLimitBytes);
    std::uint64_t end = 0;
    for (std::string_view rest = text ? std::string_view(*text) : std::string_view(); !rest.empty();) {
        const auto length = std::min(rest.find('\n'), rest.size());
        end = std::max(end, endOfRange(rest.substr(0, length)));
        rest.remove_prefix(std::min(length + 1, rest.size()));
    }
    return end;
}

bool hasRange(const std::string& file, const std::string& user)
{
    return ordinaryUserMappings(file, user, 0).size() > 1;
}

Error explainMissingRange(Error error, const std::string& user, const SubordinateFiles& files)
{
    const auto [first, last] = freeSubordinateIds(files);
    const std::string range = std::to_string(first) + "-" + std::to_string(last);
    std::string where;
    std::string options;
    if (!hasRange(files.uids, user)) {
        where = files.uids;
        options = " --add-subuids " + range;
    }
    if (!hasRange(files.gids, user)) {
        where += (where.empty() ? "" : " and ") + files.gids;
        options += " --add-subgids " + range;
    }
    return std::move(error)
        .withContext(user + " has no range in " + where)
        .withHint("Add one: sudo usermod" + options + " " + user);
}

/// newuidmap(1) acts with root's rights or with CAP_SETUID of its file.
bool hasItsRights(const std::string& path)
{
    struct stat info { };
    const bool isSetuid = ::stat(path.c_str(), &info) == 0 && (info.st_mode & S_ISUID) != 0;
    return isSetuid || ::getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
}

} // namespace

std::pair<std::uint64_t, std::uint64_t> freeSubordinateIds(const SubordinateFiles& files)
{
    const auto first = std::max({ kFirst, endOfRanges(files.uids), endOfRanges(files.gids) });
    return { first, first + kCount - 1 };
}

Error explainRefusedMap(Error error, const std::string& program, const SubordinateFiles& files)
{
    const std::string user = ownUserName();
    if (!hasRange(files.uids, user) || !hasRange(files.gids, user))
        return explainMissingRange(std::move(error), user, files);
    const std::string path = findExecutable(program);
    if (!hasItsRights(path))
        return std::move(error).withHint(path + " has lost its rights. Give them back: sudo chmod u+s " + path);
    if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return std::move(error).withHint("This session sets no_new_privs, which takes " + program
            + " its rights. Start hull outside of it, in a unit of systemd's with NoNewPrivileges=no");
    return std::move(error).withHint(
        "Compare the mappings in config.json with " + (program == "newuidmap" ? files.uids : files.gids));
}

} // namespace twinhull::runtime
