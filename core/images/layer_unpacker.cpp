// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_unpacker.h"

#include "core/base/files.h"
#include "core/images/kept_attributes.h"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kUnionMetadata = ".wh..wh."; // aufs' own; nothing for us
constexpr mode_t kDefaultFolderMode = 0755;
constexpr std::size_t kDepthLimit = 256; // whoever removes the tree opens a folder a level

Error hostile(const std::string& path, std::string_view why)
{
    return Error{ ErrorCode::Corrupt, "\"" + path + "\": " + std::string(why), 0, {} };
}

/// The components of a member's path. A leading "/" or "./" means nothing; ".." is never honest.
Result<std::vector<std::string>> componentsOf(const std::string& path)
{
    std::vector<std::string> components;
    for (std::size_t start = 0; start < path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        std::string name = path.substr(start, end - start);
        start = end + 1;
        if (name == "..")
            return hostile(path, "leads out of the layer");
        if (!name.empty() && name != ".")
            components.push_back(std::move(name));
    }
    if (components.size() > kDepthLimit)
        return hostile(path.substr(0, kDepthLimit), "lies too deep");
    return components;
}

std::string joined(const std::vector<std::string>& components)
{
    std::string path;
    for (const auto& name : components)
        path += (path.empty() ? "" : "/") + name;
    return path;
}

/// Symbolic links on the way are followed as if `root` were "/": never out of it (openat2(2)).
int openInRoot(int root, const std::string& path)
{
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, root, path.empty() ? "." : path.c_str(), &how, sizeof how));
}

bool isWhiteout(const struct stat& info)
{
    return S_ISCHR(info.st_mode) && info.st_rdev == ::makedev(0, 0);
}

Error ownerFailed(int number, const ArchiveEntry& entry)
{
    if (number != EINVAL)
        return Error::fromErrno(number, "set the owner of " + entry.path);
    return Error{ ErrorCode::Unsupported,
        entry.path + " belongs to user " + std::to_string(entry.uid) + ", group " + std::to_string(entry.gid)
            + ", which is outside your subordinate ids",
        number, "Give yourself a larger range: sudo usermod --add-subuids START-END --add-subgids START-END $USER" };
}

/// Owner first: chown clears set-id bits and capabilities.
Result<> setMetadata(const UniqueFd& file, const ArchiveEntry& entry)
{
    if (::fchown(file.fd(), entry.uid, entry.gid) != 0)
        return ownerFailed(errno, entry);
    if (::fchmod(file.fd(), entry.permissions) != 0)
        return Error::fromErrno(errno, "set the permissions of " + entry.path);
    for (const auto& [name, value] : entry.attributes) {
        if (!isImageAttribute(name) || ::fsetxattr(file.fd(), name.c_str(), value.data(), value.size(), 0) == 0)
            continue;
        if (errno == ENOSPC || errno == EDQUOT)
            return Error::fromErrno(errno, "set " + name + " of " + entry.path);
        // any other refusal is the file system's or the namespace's: kept where possible
    }
    const timespec times[2] = { entry.modified, entry.modified };
    (void)::futimens(file.fd(), times); // a time this file system cannot hold
    return {};
}

Result<> setLinkMetadata(int parent, const std::string& name, const ArchiveEntry& entry)
{
    if (::fchownat(parent, name.c_str(), entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) != 0)
        return ownerFailed(errno, entry);
    const timespec times[2] = { entry.modified, entry.modified };
    (void)::utimensat(parent, name.c_str(), times, AT_SYMLINK_NOFOLLOW); // as above
    return {};
}

Result<> writeAt(const UniqueFd& file, ArchiveBlock block)
{
    while (!block.bytes.empty()) {
        const ssize_t count = ::pwrite(file.fd(), block.bytes.data(), block.bytes.size(), block.offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Error::fromErrno(errno, "write");
        block.bytes.remove_prefix(static_cast<std::size_t>(count));
        block.offset += count;
    }
    return {};
}

} // namespace

LayerUnpacker::LayerUnpacker(UniqueFd root, OverlayAttributes attributes, UnpackLimits limits, Whiteouts whiteouts)
    : m_root(std::move(root)), m_attributes(attributes), m_limits(limits), m_whiteouts(whiteouts)
{
}

Result<> LayerUnpacker::unpack(ArchiveReader& archive)
{
    for (;;) {
        auto entry = archive.next();
        if (!entry)
            return std::move(entry).error();
        if (!*entry)
            return restoreFolderTimes();
        if (++m_entries > m_limits.entries)
            return Error{ ErrorCode::Corrupt, "more than " + std::to_string(m_limits.entries) + " files in a layer", 0,
                {} };
        if (auto added = add(**entry, archive); !added)
            return added;
    }
}

Result<> LayerUnpacker::add(const ArchiveEntry& entry, ArchiveReader& archive)
{
    auto path = componentsOf(entry.path);
    if (!path)
        return std::move(path).error();
    if (path->empty())
        return addRoot(entry);
    auto place = placeOf(*path);
    if (!place)
        return std::move(place).error().withContext(entry.path);
    if (m_whiteouts == Whiteouts::Applied && place->name.starts_with(kWhiteout))
        return addMark(*place).withContext(entry.path);
    if (m_whiteouts == Whiteouts::Named && place->name.starts_with(kWhiteout)) {
        auto settled = isSettled(*place);
        if (!settled || *settled)
            return settled ? Result<>() : std::move(settled).error().withContext(entry.path);
    }
    switch (entry.type) {
    case ArchiveEntry::Type::Folder:
        m_folderTimes.emplace_back(*path, entry.modified);
        return addFolder(*place, entry).withContext(entry.path);
    case ArchiveEntry::Type::File:
        return addFile(*place, entry, archive).withContext(entry.path);
    case ArchiveEntry::Type::Symlink:
        return addSymlink(*place, entry).withContext(entry.path);
    case ArchiveEntry::Type::HardLink:
        return addHardLink(*place, entry).withContext(entry.path);
    case ArchiveEntry::Type::Fifo:
        return addFifo(*place, entry).withContext(entry.path);
    case ArchiveEntry::Type::CharacterDevice:
    case ArchiveEntry::Type::BlockDevice:
    case ArchiveEntry::Type::Other:
        return {}; // a container gets its devices from the runtime, never from an image
    }
    return {};
}

Result<LayerUnpacker::Place> LayerUnpacker::placeOf(std::vector<std::string> path)
{
    std::string name = std::move(path.back());
    path.pop_back();
    if (!m_parent || path != m_parentPath) {
        auto folder = openFolder(path);
        if (!folder)
            return std::move(folder).error();
        m_parent = *std::move(folder);
        m_parentPath = std::move(path);
    }
    return Place{ m_parent.fd(), std::move(name) };
}

/// Folders that the archive does not mention before what lies in them are made.
Result<UniqueFd> LayerUnpacker::openFolder(const std::vector<std::string>& path)
{
    const std::string whole = joined(path);
    UniqueFd folder(openInRoot(m_root.fd(), whole));
    if (folder || path.empty())
        return folder ? Result(std::move(folder)) : Result<UniqueFd>(Error::fromErrno(errno, "open the layer"));
    if (errno != ENOENT && errno != ENOTDIR)
        return Error::fromErrno(errno, whole);
    std::vector<std::string> above;
    folder.reset(openInRoot(m_root.fd(), ""));
    for (const auto& name : path) {
        above.push_back(name);
        UniqueFd next(openInRoot(m_root.fd(), joined(above)));
        if (!next) {
            if (auto made = makeFolderAt(folder.fd(), name); !made)
                return std::move(made).error();
            next.reset(openInRoot(m_root.fd(), joined(above)));
        }
        if (!next)
            return Error::fromErrno(errno, joined(above));
        folder = std::move(next);
    }
    return folder;
}

/// A folder in place of a whiteout hides what is below it and is itself there: opaque.
Result<> LayerUnpacker::makeFolderAt(int parent, const std::string& name)
{
    struct stat info { };
    const bool isThere = ::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (isThere && S_ISDIR(info.st_mode))
        return {};
    if (isThere && ::unlinkat(parent, name.c_str(), 0) != 0)
        return Error::fromErrno(errno, "replace " + name);
    if (::mkdirat(parent, name.c_str(), kDefaultFolderMode) != 0)
        return Error::fromErrno(errno, "make folder " + name);
    if (!dropsNamedMark(parent, name) && (!isThere || !isWhiteout(info)))
        return {};
    UniqueFd folder(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return folder ? markOpaque(folder.fd()) : Error::fromErrno(errno, "open folder " + name);
}

/// What stands in the way of something that is no folder goes.
Result<> LayerUnpacker::clearFor(const Place& place)
{
    (void)dropsNamedMark(place.parent, place.name); // what is no folder hides the lower one by itself
    if (::unlinkat(place.parent, place.name.c_str(), 0) == 0 || errno == ENOENT)
        return {};
    if (errno == EISDIR && ::unlinkat(place.parent, place.name.c_str(), AT_REMOVEDIR) == 0)
        return {};
    return Error::fromErrno(errno, "replace " + place.name);
}

/// Whether there was a mark that hides `name`.
bool LayerUnpacker::dropsNamedMark(int parent, const std::string& name) const
{
    return m_whiteouts == Whiteouts::Named && ::unlinkat(parent, (std::string(kWhiteout) + name).c_str(), 0) == 0;
}

/// Whether what the mark hides is there, and so said without it.
Result<bool> LayerUnpacker::isSettled(const Place& mark)
{
    const std::string hidden = mark.name.substr(kWhiteout.size());
    struct stat info { };
    if (mark.name.starts_with(kUnionMetadata) || hidden.empty() || hidden == "." || hidden == ".."
        || ::fstatat(mark.parent, hidden.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (!S_ISDIR(info.st_mode))
        return true;
    const UniqueFd folder(::openat(mark.parent, hidden.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder)
        return Error::fromErrno(errno, "open folder " + hidden);
    auto marked = markOpaque(folder.fd());
    return marked ? Result<bool>(true) : std::move(marked).error();
}

Result<> LayerUnpacker::markOpaque(int folder)
{
    if (m_whiteouts == Whiteouts::Named) {
        const UniqueFd mark(::openat(
            folder, std::string(kOpaque).c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
        return mark ? Result<>() : Error::fromErrno(errno, "mark a folder opaque");
    }
    const char* name = m_attributes == OverlayAttributes::Trusted ? "trusted.overlay.opaque" : "user.overlay.opaque";
    if (::fsetxattr(folder, name, "y", 1, 0) == 0)
        return {};
    return Error::fromErrno(errno, "mark a folder opaque")
        .withHint("Keep images on a file system with extended attributes, like ext4, xfs or btrfs.");
}

/// An entry that stands for something that is not there.
Result<> LayerUnpacker::addMark(const Place& place)
{
    if (place.name == kOpaque)
        return markOpaque(place.parent);
    if (place.name.starts_with(kUnionMetadata))
        return {};
    return addWhiteout(place, place.name.substr(kWhiteout.size()));
}

Result<> LayerUnpacker::addWhiteout(const Place& place, const std::string& hidden)
{
    if (hidden.empty() || hidden == "." || hidden == "..")
        return hostile(place.name, "hides nothing that can have that name");
    if (::mknodat(place.parent, hidden.c_str(), S_IFCHR, ::makedev(0, 0)) == 0)
        return {};
    if (errno != EEXIST)
        return Error::fromErrno(errno, "hide " + hidden);
    // The layer brings its own of that name: a file hides the lower one by itself, a folder must be opaque.
    UniqueFd folder(::openat(place.parent, hidden.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return folder ? markOpaque(folder.fd()) : Result<>();
}

Result<> LayerUnpacker::addRoot(const ArchiveEntry& entry)
{
    return entry.type == ArchiveEntry::Type::Folder ? setMetadata(m_root, entry) : Result<>();
}

Result<> LayerUnpacker::addFolder(const Place& place, const ArchiveEntry& entry)
{
    if (auto made = makeFolderAt(place.parent, place.name); !made)
        return made;
    const UniqueFd folder(::openat(place.parent, place.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder)
        return Error::fromErrno(errno, "open folder");
    return setMetadata(folder, entry);
}

Result<> LayerUnpacker::addFile(const Place& place, const ArchiveEntry& entry, ArchiveReader& archive)
{
    if (auto cleared = clearFor(place); !cleared)
        return cleared;
    const UniqueFd file(
        ::openat(place.parent, place.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return Error::fromErrno(errno, "make file");
    if (auto written = writeContent(file, entry, archive); !written)
        return written;
    return setMetadata(file, entry);
}

Result<> LayerUnpacker::writeContent(const UniqueFd& file, const ArchiveEntry& entry, ArchiveReader& archive)
{
    if (entry.bytes > m_limits.bytes - std::min(m_bytes, m_limits.bytes))
        return Error{ ErrorCode::Corrupt, "the layer unpacks to more than " + std::to_string(m_limits.bytes) + " bytes",
            0, {} };
    m_bytes += entry.bytes;
    for (;;) {
        auto block = archive.readBlock();
        if (!block)
            return std::move(block).error();
        if (!*block)
            break;
        if (auto written = writeAt(file, **block); !written)
            return written;
    }
    if (::ftruncate(file.fd(), static_cast<off_t>(entry.bytes)) != 0) // a hole at the end of a sparse file
        return Error::fromErrno(errno, "set the size");
    return {};
}

Result<> LayerUnpacker::addSymlink(const Place& place, const ArchiveEntry& entry)
{
    if (auto cleared = clearFor(place); !cleared)
        return cleared;
    if (::symlinkat(entry.linkTarget.c_str(), place.parent, place.name.c_str()) != 0)
        return Error::fromErrno(errno, "make symbolic link");
    return setLinkMetadata(place.parent, place.name, entry);
}

Result<> LayerUnpacker::addHardLink(const Place& place, const ArchiveEntry& entry)
{
    auto target = componentsOf(entry.linkTarget);
    if (!target)
        return std::move(target).error();
    if (target->empty())
        return hostile(entry.path, "is a hard link to nothing");
    const std::string name = std::move(target->back());
    target->pop_back();
    const UniqueFd folder(openInRoot(m_root.fd(), joined(*target)));
    if (!folder)
        return hostile(entry.path, "is a hard link to a file that is not in the layer");
    struct stat info { };
    struct stat own { };
    if (::fstatat(folder.fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(info.st_mode))
        return hostile(entry.path, "is a hard link to a file that is not in the layer");
    if (::fstatat(place.parent, place.name.c_str(), &own, AT_SYMLINK_NOFOLLOW) == 0 && own.st_ino == info.st_ino
        && own.st_dev == info.st_dev)
        return {}; // to itself
    if (auto cleared = clearFor(place); !cleared)
        return cleared;
    if (::linkat(folder.fd(), name.c_str(), place.parent, place.name.c_str(), 0) != 0)
        return Error::fromErrno(errno, "make hard link");
    return {};
}

Result<> LayerUnpacker::addFifo(const Place& place, const ArchiveEntry& entry)
{
    if (auto cleared = clearFor(place); !cleared)
        return cleared;
    if (::mkfifoat(place.parent, place.name.c_str(), 0600) != 0)
        return Error::fromErrno(errno, "make fifo");
    if (auto set = setLinkMetadata(place.parent, place.name, entry); !set)
        return set;
    if (::fchmodat(place.parent, place.name.c_str(), entry.permissions, 0) != 0)
        return Error::fromErrno(errno, "set the permissions");
    return {};
}

/// Last, because every file that was put into a folder changed its time.
Result<> LayerUnpacker::restoreFolderTimes()
{
    for (auto folder = m_folderTimes.rbegin(); folder != m_folderTimes.rend(); ++folder) {
        const UniqueFd fd(openInRoot(m_root.fd(), joined(folder->first)));
        const timespec times[2] = { folder->second, folder->second };
        if (fd)
            (void)::futimens(fd.fd(), times); // replaced by a later member, or a time that cannot be held
    }
    return {};
}

} // namespace twinhull
