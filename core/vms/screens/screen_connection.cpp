// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/screens/screen_connection.h"

#include "core/base/subprocess.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace twinhull {

namespace {

constexpr int kConnectMilliseconds = 10'000;

/// Descriptors of screens are blocking: who closes one shuts it down first.
Result<> finishConnecting(const UniqueFd& fd)
{
    pollfd waiting{ fd.fd(), POLLOUT, 0 };
    if (::poll(&waiting, 1, kConnectMilliseconds) <= 0)
        return Error{ ErrorCode::Timeout, "no answer in 10 seconds", 0, {} };
    int failure = 0;
    socklen_t size = sizeof failure;
    if (::getsockopt(fd.fd(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
        failure = errno;
    if (failure != 0)
        return Error::fromErrno(failure, "connect");
    const int flags = ::fcntl(fd.fd(), F_GETFL);
    return ::fcntl(fd.fd(), F_SETFL, flags & ~O_NONBLOCK) == 0 ? Result<>()
                                                               : Result<>(Error::fromErrno(errno, "fcntl"));
}

Result<UniqueFd> connectNow(int family, const sockaddr* address, socklen_t size)
{
    UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd)
        return Error::fromErrno(errno, "open a socket");
    if (::connect(fd.fd(), address, size) != 0 && errno != EINPROGRESS)
        return Error::fromErrno(errno, "connect");
    auto connected = finishConnecting(fd);
    return connected ? Result<UniqueFd>(std::move(fd)) : std::move(connected).error();
}

Result<UniqueFd> connectToSocket(const QString& socketPath)
{
    const QByteArray path = socketPath.toUtf8();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= static_cast<int>(sizeof address.sun_path))
        return Error{ ErrorCode::InvalidArgument, "the path of its socket is too long", 0, {} };
    std::memcpy(address.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    return connectNow(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Result<UniqueFd> connectToPort(const QString& host, int port)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure = ::getaddrinfo(host.toUtf8().constData(), std::to_string(port).c_str(), &hints, &found);
    if (failure != 0)
        return Error{ ErrorCode::NotFound, "look up " + host.toStdString() + ": " + ::gai_strerror(failure), 0, {} };
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
    Error latest{ ErrorCode::NotFound, "it has no address", 0, {} };
    for (const auto* each = found; each != nullptr; each = each->ai_next) {
        auto fd = connectNow(each->ai_family, each->ai_addr, each->ai_addrlen);
        if (fd)
            return fd;
        latest = std::move(fd).error();
    }
    return latest;
}

/// ssh(1) -W joins our end to the address there. It ends with the socket, and `setsid --fork` leaves it to the system.
Result<UniqueFd> connectThroughSsh(const QUrl& connection, const QString& host, int port)
{
    int ends[2] = { -1, -1 };
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return Error::fromErrno(errno, "make a pair of sockets");
    UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    const QString inBrackets = host.contains(u':') ? u'[' + host + u']' : host;
    Command command{ { "setsid", "--fork", "ssh", "-o", "BatchMode=yes", "-W",
                         inBrackets.toStdString() + ':' + std::to_string(port) },
        {}, {} };
    if (connection.port() > 0)
        command.arguments.insert(command.arguments.end(), { "-p", std::to_string(connection.port()) });
    if (!connection.userName().isEmpty())
        command.arguments.insert(command.arguments.end(), { "-l", connection.userName().toStdString() });
    command.arguments.insert(command.arguments.end(), { "--", connection.host().toStdString() });
    const auto child = spawn(command, { theirs.fd(), theirs.fd(), -1 });
    if (!child)
        return child.error();
    siginfo_t end{};
    (void)::waitid(P_PIDFD, static_cast<id_t>(child->pidfd.fd()), &end, WEXITED); // setsid's own, at once
    return ours;
}

} // namespace

Result<UniqueFd> connectToScreen(const ScreenDescription& one, const QUrl& connection)
{
    const QString remote = connection.host();
    if (!one.socketPath.isEmpty() && remote.isEmpty()) {
        auto fd = connectToSocket(one.socketPath);
        return fd ? std::move(fd) : std::move(fd).error().withContext("connect to " + one.socketPath.toStdString());
    }
    if (one.port == 0)
        return Error{ ErrorCode::Unsupported, "it listens at no address that can be reached from here", 0,
            "Give its screen a port: Hardware, Screen" };
    const QString host = reachableHost(one.host, remote);
    const bool isBySsh = connection.scheme().endsWith(QLatin1String("+ssh"));
    if (host.isEmpty() && !isBySsh)
        return Error{ ErrorCode::Unsupported,
            "it listens at " + one.screen.address.toStdString() + " of its own computer only", 0,
            "Connect to libvirt there by qemu+ssh" };
    auto fd = host.isEmpty() || (isBySsh && host == remote) ? connectThroughSsh(connection, one.host, one.port)
                                                            : connectToPort(host, one.port);
    return fd ? std::move(fd) : std::move(fd).error().withContext("connect to " + one.screen.address.toStdString());
}

} // namespace twinhull
