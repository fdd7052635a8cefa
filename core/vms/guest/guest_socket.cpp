// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/guest_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace twinhull {

Result<UniqueFd> connectToGuest(const QString& socketPath)
{
    const QByteArray path = socketPath.toUtf8();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= static_cast<int>(sizeof address.sun_path))
        return Error{ ErrorCode::InvalidArgument, "the path of the guest's socket is too long", 0, {} };
    std::memcpy(address.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd)
        return Error::fromErrno(errno, "open a socket");
    if (::connect(fd.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "reach the guest's agent");
    return fd;
}

} // namespace twinhull
