// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/monitor_socket.h"

#include "core/base/files.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

Result<UniqueFd> openOwnFolder(const std::string& path)
{
    auto folder = openPath(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (!folder)
        return folder;
    struct stat info { };
    if (::fstat(folder->fd(), &info) != 0)
        return Error::fromErrno(errno, path);
    if (info.st_uid != ::geteuid())
        return Error{ ErrorCode::PermissionDenied, path + " belongs to somebody else", 0, "Remove that folder" };
    return folder;
}

} // namespace

Result<UniqueFd> knockAtMonitor(const std::string& runtimeFolder)
{
    auto folder = openOwnFolder(runtimeFolder);
    if (!folder)
        return std::move(folder).error();
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        return Error::fromErrno(errno, "make socket");
    // Through the folder's descriptor: sun_path has 108 bytes (unix(7)) and a folder may be deeper.
    const std::string path = "/proc/self/fd/" + std::to_string(folder->fd()) + "/" + kMonitorSocketName;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "knock at " + runtimeFolder + "/" + kMonitorSocketName);
    return socket;
}

Result<> askMonitor(const UniqueFd& socket, const MonitorRequest& request)
{
    const std::string line = encodeMonitorRequest(request);
    const ssize_t count = ::send(socket.fd(), line.data(), line.size(), MSG_NOSIGNAL);
    if (count == static_cast<ssize_t>(line.size()))
        return {};
    return Error::fromErrno(count < 0 ? errno : EAGAIN, "ask the container's monitor");
}

} // namespace twinhull
