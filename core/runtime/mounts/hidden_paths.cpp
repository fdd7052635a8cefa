// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/hidden_paths.h"

#include "core/base/files.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

namespace twinhull::runtime {

namespace {

constexpr std::uint64_t kSealed = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

bool isMissing(const Error& error)
{
    return error.sysErrno == ENOENT || error.sysErrno == ENOTDIR;
}

Result<UniqueFd> openNull()
{
    auto null = openPath("/dev/null", O_PATH | O_NOFOLLOW);
    if (!null)
        return null;
    struct stat info { };
    if (::fstat(null->fd(), &info) != 0 || !S_ISCHR(info.st_mode) || info.st_rdev != makedev(1, 3))
        return Error{ ErrorCode::Corrupt, "/dev/null of this computer is not the null device", 0, {} };
    return null;
}

Result<> mask(Syscalls& calls, const UniqueFd& target, const UniqueFd& null, const std::string& label)
{
    struct stat info { };
    if (::fstat(target.fd(), &info) != 0)
        return Error::fromErrno(errno, "check");
    if (S_ISDIR(info.st_mode)) {
        FileSystemRequest request{ "tmpfs", "tmpfs", { { "size", "4k" } }, kSealed };
        if (!label.empty())
            request.options.emplace_back("context", label);
        return calls.mountFileSystem(request, target.fd());
    }
    auto cover = calls.cloneMount(null.fd(), "", AT_EMPTY_PATH);
    return cover ? calls.attachMount(cover->fd(), target.fd()) : std::move(cover).error();
}

Result<> seal(Syscalls& calls, const UniqueFd& target)
{
    auto clone = calls.cloneMount(target.fd(), "", AT_EMPTY_PATH | AT_RECURSIVE);
    if (!clone)
        return std::move(clone).error();
    if (auto changed = calls.changeMount(clone->fd(), { MOUNT_ATTR_RDONLY, 0, 0, AT_RECURSIVE }); !changed)
        return changed;
    return calls.attachMount(clone->fd(), target.fd());
}

template <typename Cover>
Result<> coverEach(const RootFd& root, const std::vector<std::string>& paths, Cover cover)
{
    for (const auto& path : paths) {
        auto target = root.open(path, O_PATH);
        if (!target && isMissing(target.error()))
            continue;
        auto done = target ? cover(*target) : Result<>(std::move(target).error());
        if (!done)
            return std::move(done).withContext(path);
    }
    return {};
}

} // namespace

Result<> makeReadonly(Syscalls& calls, const RootFd& root, const std::vector<std::string>& paths)
{
    return coverEach(root, paths, [&](const UniqueFd& target) {
        return seal(calls, target);
    }).withContext("make read-only");
}

Result<> maskPaths(Syscalls& calls, const RootFd& root, const std::vector<std::string>& paths, const std::string& label)
{
    if (paths.empty())
        return {};
    auto null = openNull();
    if (!null)
        return std::move(null).error();
    return coverEach(root, paths, [&](const UniqueFd& target) {
        return mask(calls, target, *null, label);
    }).withContext("mask");
}

} // namespace twinhull::runtime
