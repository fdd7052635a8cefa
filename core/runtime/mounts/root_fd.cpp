// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/mounts/root_fd.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr int kAttempts = 64; // EAGAIN: something was renamed while ".." was resolved

Result<UniqueFd> openResolved(int folder, const std::string& path, int flags, std::uint64_t resolve)
{
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.mode = (flags & O_CREAT) != 0 ? 0644 : 0;
    how.resolve = resolve;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const long fd = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
        if (fd >= 0)
            return UniqueFd(static_cast<int>(fd));
        if (errno != EAGAIN && errno != EINTR)
            break;
    }
    return Error::fromErrno(errno, path + " in the container");
}

std::string_view withoutTrailingSlash(std::string_view path)
{
    while (path.size() > 1 && path.back() == '/')
        path.remove_suffix(1);
    return path;
}

std::string parentOf(const std::string& path)
{
    const auto trimmed = withoutTrailingSlash(path);
    const auto slash = trimmed.find_last_of('/');
    return slash == std::string_view::npos || slash == 0 ? "/" : std::string(trimmed.substr(0, slash));
}

/// A component that was made just now, or that stood there: never through a link.
Result<UniqueFd> openChild(const UniqueFd& parent, const std::string& name, int flags)
{
    return openResolved(parent.fd(), name, flags | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

} // namespace

std::string RootFd::lastComponent(const std::string& path)
{
    const auto trimmed = withoutTrailingSlash(path);
    return std::string(trimmed.substr(trimmed.find_last_of('/') + 1));
}

Result<UniqueFd> RootFd::open(const std::string& path, int flags, Links links) const
{
    std::uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    if (links == Links::Refuse)
        resolve |= RESOLVE_NO_SYMLINKS;
    return openResolved(m_folder.fd(), path, flags, resolve);
}

Result<UniqueFd> RootFd::makeFolder(const std::string& path, Links links) const
{
    auto found = open(path, O_PATH | O_DIRECTORY, links);
    if (found || found.error().sysErrno != ENOENT)
        return found;
    const std::string name = lastComponent(path);
    if (name.empty() || name == "." || name == "..")
        return Error{ ErrorCode::InvalidArgument, path + ": not a path that can be made in the container", 0, {} };
    auto parent = makeFolder(parentOf(path), links);
    if (!parent)
        return parent;
    if (::mkdirat(parent->fd(), name.c_str(), 0755) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "make folder " + path + " in the container");
    return openChild(*parent, name, O_PATH | O_DIRECTORY).withContext("make folder " + path);
}

Result<UniqueFd> RootFd::makeParent(const std::string& path) const
{
    return makeFolder(parentOf(path));
}

Result<UniqueFd> RootFd::makeFile(const std::string& path) const
{
    auto found = open(path, O_PATH);
    if (found || found.error().sysErrno != ENOENT)
        return found;
    auto parent = makeParent(path);
    if (!parent)
        return parent;
    const std::string name = lastComponent(path);
    auto made = openChild(*parent, name, O_CREAT | O_EXCL | O_WRONLY);
    if (made)
        return openChild(*parent, name, O_PATH).withContext("make file " + path);
    if (made.error().sysErrno != EEXIST)
        return std::move(made).withContext("make file " + path);
    return open(path, O_PATH).withContext("make file " + path); // made meanwhile; a dangling link stays an error
}

} // namespace twinhull::runtime
