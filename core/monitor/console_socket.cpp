// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/console_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

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
    char name[64];
    iovec part{ name, sizeof name };
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        cmsghdr alignment;
    } control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    if (::recvmsg(peer.fd(), &header, MSG_CMSG_CLOEXEC) < 0)
        return Error::fromErrno(errno, "receive the terminal");
    const cmsghdr* entry = CMSG_FIRSTHDR(&header);
    if (entry == nullptr || entry->cmsg_level != SOL_SOCKET || entry->cmsg_type != SCM_RIGHTS
        || entry->cmsg_len != CMSG_LEN(sizeof(int)))
        return Error{ ErrorCode::Corrupt, "hull handed no terminal over", 0, {} };
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(entry), sizeof fd);
    return UniqueFd(fd);
}

} // namespace twinhull
