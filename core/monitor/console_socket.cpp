// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/console_socket.h"

#include "core/base/descriptor_passing.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

Result<ConsoleSocket> ConsoleSocket::listen(std::string path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Error{ ErrorCode::InvalidArgument, path + ": path too long for a socket", ENAMETOOLONG,
            "Set XDG_RUNTIME_DIR to a folder with a shorter path" };
    std::copy(path.begin(), path.end(), address.sun_path);
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener)
        return Error::fromErrno(errno, "make socket");
    (void)::unlink(path.c_str()); // of a monitor that was killed
    if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(listener.fd(), 1) != 0)
        return Error::fromErrno(errno, "listen at " + path);
    return ConsoleSocket(std::move(path), std::move(listener));
}

ConsoleSocket::~ConsoleSocket()
{
    if (m_listener) // else it was moved from
        (void)::unlink(m_path.c_str());
}

Result<UniqueFd> ConsoleSocket::receive() const
{
    const UniqueFd peer(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!peer)
        return Error::fromErrno(errno, "hull handed no terminal over");
    char name[64]; // what the terminal is called; nobody asks
    auto received = receiveWithDescriptor(peer, name, sizeof name);
    if (!received)
        return std::move(received).error().withContext("receive the terminal");
    if (!received->descriptor)
        return Error{ ErrorCode::Corrupt, "hull handed no terminal over", 0, {} };
    return std::move(received->descriptor);
}

} // namespace twinhull
