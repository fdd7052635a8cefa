// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/memory_file.h"

#include "core/base/files.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>

namespace twinhull::runtime {

namespace {

constexpr std::size_t kMemoryFileLimitBytes = 1U << 20U;

struct FileOwner {
    unsigned mode = 0400;
    unsigned uid = 0;
    unsigned gid = 0;
};

Result<FileOwner> ownerFrom(const MountOptions& options)
{
    FileOwner owner;
    for (const auto& [key, value] : options.fileSystem) {
        unsigned* const field = key == "mode" ? &owner.mode
            : key == "uid"                    ? &owner.uid
            : key == "gid"                    ? &owner.gid
                                              : nullptr;
        const char* const end = value.data() + value.size();
        const auto read = field == nullptr ? std::from_chars_result{ end, std::errc::invalid_argument }
                                           : std::from_chars(value.data(), end, *field, key == "mode" ? 8 : 10);
        if (read.ec != std::errc() || read.ptr != end || owner.mode > 0777)
            return Error{ ErrorCode::InvalidArgument, "option " + key + "=" + value + " of a copied file", 0,
                "There are mode=0400, uid=0 and gid=0" };
    }
    return owner;
}

Result<std::string> readSource(const std::string& path)
{
    auto file = openPath(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    struct stat info { };
    if (!file || ::fstat(file->fd(), &info) != 0)
        return file ? Error::fromErrno(errno, path) : std::move(file).error();
    if (!S_ISREG(info.st_mode))
        return Error{ ErrorCode::InvalidArgument, path + " is no file", 0, {} };
    return readAll(*file, kMemoryFileLimitBytes);
}

/// A tmpfs of its own, not the root, wherever that lies.
bool isInMemory(const RootFd& root, const UniqueFd& folder)
{
    struct statfs system { };
    struct stat own { };
    struct stat top { };
    return ::fstatfs(folder.fd(), &system) == 0 && system.f_type == TMPFS_MAGIC && ::fstat(folder.fd(), &own) == 0
        && ::fstat(root.fd(), &top) == 0 && own.st_dev != top.st_dev;
}

} // namespace

Result<> copyIntoMemory(const RootFd& root, const oci::Mount& mount, const MountOptions& options)
{
    const auto owner = ownerFrom(options);
    const auto text = owner ? readSource(mount.source) : Result<std::string>(owner.error());
    auto parent = text ? root.makeParent(mount.destination) : Result<UniqueFd>(text.error());
    if (!parent)
        return std::move(parent).error();
    if (!isInMemory(root, *parent))
        return Error{ ErrorCode::InvalidArgument, "no file system in memory is there", 0,
            "Mount a tmpfs before what is copied into it" };
    auto file
        = openAt(*parent, RootFd::lastComponent(mount.destination), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    auto written = file ? writeAll(*file, *text) : Result<>(file.error());
    if (!written)
        return written;
    if (::fchown(file->fd(), owner->uid, owner->gid) != 0)
        return Error::fromErrno(errno, "give it to " + std::to_string(owner->uid) + ":" + std::to_string(owner->gid))
            .withHint(errno == EINVAL ? "The container has no such id" : "");
    return ::fchmod(file->fd(), owner->mode) == 0 ? Result<>() : Error::fromErrno(errno, "set its mode");
}

} // namespace twinhull::runtime
