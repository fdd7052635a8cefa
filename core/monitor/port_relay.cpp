// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/port_relay.h"

#include "core/base/files.h"
#include "core/monitor/datagram_relay.h"
#include "core/monitor/stream_relay.h"

#include <sys/resource.h>

#include <cerrno>

namespace twinhull {

namespace {

int optionOf(const UniqueFd& socket, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(socket.fd(), SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

} // namespace

Result<std::unique_ptr<PortRelay>> PortRelay::start(
    EventLoop& loop, UniqueFd socket, std::vector<SocketAddress> targets)
{
    const int family = optionOf(socket, SO_DOMAIN);
    const int type = optionOf(socket, SO_TYPE);
    const bool isStream = type == SOCK_STREAM && optionOf(socket, SO_ACCEPTCONN) == 1;
    if ((family != AF_INET && family != AF_INET6) || (!isStream && type != SOCK_DGRAM))
        return Error{ ErrorCode::InvalidArgument, "not a socket that waits at a port", 0, {} };
    const int flags = ::fcntl(socket.fd(), F_GETFL);
    if (flags < 0 || ::fcntl(socket.fd(), F_SETFL, flags | O_NONBLOCK) != 0)
        return Error::fromErrno(errno, "wait at a port");
    return isStream ? StreamRelay::start(loop, std::move(socket), std::move(targets))
                    : DatagramRelay::start(loop, std::move(socket), std::move(targets));
}

void allowManyConnections()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace twinhull
