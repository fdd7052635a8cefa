// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/domain/access_list.h"

#include "core/base/files.h"

#include <QtEndian>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <tuple>

namespace twinhull {

namespace {

constexpr const char* kAclName = "system.posix_acl_access";
constexpr std::size_t kMostAclBytes = 4096;
constexpr std::size_t kAclHeaderBytes = 4;
constexpr std::size_t kAclEntryBytes = 8;
constexpr std::uint32_t kAclVersion = 2;
constexpr std::uint32_t kNoId = ~0U;

std::vector<AclEntry> listOfMode(mode_t mode)
{
    const auto rights = [mode](unsigned shift) { return static_cast<std::uint16_t>((mode >> shift) & 7U); };
    return { { AclEntry::Owner, rights(6), kNoId }, { AclEntry::GroupOwner, rights(3), kNoId },
        { AclEntry::Others, rights(0), kNoId } };
}

AclEntry& entryFor(std::vector<AclEntry>& list, AclEntry wanted)
{
    const auto found = std::find_if(list.begin(), list.end(),
        [&wanted](const AclEntry& entry) { return entry.tag == wanted.tag && entry.id == wanted.id; });
    return found != list.end() ? *found : list.emplace_back(wanted);
}

/// The mask holds what users and groups of the list have at most; without one it is what the owner's group has.
void allowIn(std::vector<AclEntry>& list, uid_t user, std::uint16_t rights)
{
    const auto ofGroup = entryFor(list, { AclEntry::GroupOwner, 0, kNoId }).rights;
    entryFor(list, { AclEntry::Mask, ofGroup, kNoId }).rights |= rights;
    entryFor(list, { AclEntry::User, 0, user }).rights |= rights;
    std::sort(list.begin(), list.end(), [](const AclEntry& one, const AclEntry& other) {
        return std::tie(one.tag, one.id) < std::tie(other.tag, other.id);
    });
}

std::vector<char> bytesOfList(const std::vector<AclEntry>& list)
{
    std::vector<char> bytes(kAclHeaderBytes + kAclEntryBytes * list.size());
    qToLittleEndian<quint32>(kAclVersion, bytes.data());
    char* at = bytes.data() + kAclHeaderBytes;
    for (const auto& entry : list) {
        qToLittleEndian<quint16>(entry.tag, at);
        qToLittleEndian<quint16>(entry.rights, at + 2);
        qToLittleEndian<quint32>(entry.id, at + 4);
        at += kAclEntryBytes;
    }
    return bytes;
}

std::string linkTo(const UniqueFd& opened)
{
    return "/proc/self/fd/" + std::to_string(opened.fd());
}

/// Without links, as the kernel has it; empty where it cannot be told.
std::string openedPath(const UniqueFd& opened)
{
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink(linkTo(opened).c_str(), path.data(), path.size());
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}

} // namespace

std::vector<AclEntry> accessListOf(const std::string& path)
{
    std::array<char, kMostAclBytes> bytes{};
    const auto got = ::getxattr(path.c_str(), kAclName, bytes.data(), bytes.size());
    std::vector<AclEntry> entries;
    for (std::size_t at = kAclHeaderBytes; got > 0 && at + kAclEntryBytes <= static_cast<std::size_t>(got);
         at += kAclEntryBytes)
        entries.push_back({ qFromLittleEndian<quint16>(bytes.data() + at),
            qFromLittleEndian<quint16>(bytes.data() + at + 2), qFromLittleEndian<quint32>(bytes.data() + at + 4) });
    return entries;
}

Result<> allowUser(const std::string& folder, uid_t user, std::uint16_t rights, FolderRule rule)
{
    const auto opened = openPath(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened)
        return opened.error();
    struct stat info { };
    if (::fstat(opened->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + folder);
    if (rule == FolderRule::OwnAsJudged && (info.st_uid != ::geteuid() || openedPath(*opened) != folder))
        return Error{ ErrorCode::Busy, folder + " was exchanged meanwhile", 0, "Look again." };
    auto list = accessListOf(linkTo(*opened));
    if (list.empty())
        list = listOfMode(info.st_mode);
    allowIn(list, user, rights);
    const auto bytes = bytesOfList(list);
    if (::fsetxattr(opened->fd(), kAclName, bytes.data(), bytes.size(), 0) == 0)
        return {};
    if (errno == ENOTSUP)
        return Error{ ErrorCode::Unsupported, "the file system of " + folder + " has no access lists", errno,
            "Let everybody in (chmod o+x), or move the pool" };
    return Error::fromErrno(errno, "change who may enter " + folder);
}

} // namespace twinhull
