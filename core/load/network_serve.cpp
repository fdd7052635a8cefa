// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/network_serve.h"

#include "core/base/unique_fd.h"
#include "core/load/load_clock.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kBlockBytes = std::size_t(256) << 10U;
constexpr timeval kClientPatience{ 10, 0 }; ///< for a client that neither speaks nor listens
constexpr int kMostWaitMilliseconds = 1000; ///< for the next client, before the clock is looked at

Result<UniqueFd> listenOn(std::uint64_t port)
{
    if (port == 0 || port > 65535)
        return Error{ ErrorCode::InvalidArgument, "there is no such port", 0, "Name it: --amount PORT" };
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!listener)
        return Error::fromErrno(errno, "make a socket");
    const int on = 1;
    (void)::setsockopt(listener.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); // the last round's may linger
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(listener.fd(), SOMAXCONN) != 0)
        return Error::fromErrno(errno, "listen on port " + std::to_string(port));
    return listener;
}

/// Nothing at the end of the connection, and when the client is gone or silent for too long.
bool readByte(const UniqueFd& client, char& byte)
{
    ssize_t count = 0;
    do
        count = ::recv(client.fd(), &byte, 1, 0);
    while (count < 0 && errno == EINTR);
    return count == 1;
}

bool sendAll(const UniqueFd& client, const char* bytes, std::size_t size)
{
    while (size > 0) {
        const ssize_t count = ::send(client.fd(), bytes, size, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        size -= static_cast<std::size_t>(count);
    }
    return true;
}

void sendMany(const UniqueFd& client, std::vector<char>& block)
{
    char power = 0;
    if (!readByte(client, power) || power < 0 || power > kMostServedPower)
        return;
    for (std::uint64_t left = std::uint64_t(1) << static_cast<unsigned>(power); left > 0;) {
        const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left, block.size()));
        if (!sendAll(client, block.data(), piece))
            return;
        left -= piece;
    }
}

/// False when the client wants the program to end.
bool serve(const UniqueFd& client, std::vector<char>& block)
{
    const int on = 1;
    (void)::setsockopt(client.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &kClientPatience, sizeof kClientPatience);
    (void)::setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &kClientPatience, sizeof kClientPatience);
    char byte = kServeGreeting;
    if (!sendAll(client, &byte, 1) || !readByte(client, byte))
        return true;
    if (byte == kServeSend)
        sendMany(client, block);
    while (byte == kServeEcho && readByte(client, block.front()) && sendAll(client, block.data(), 1)) { }
    return byte != kServeEnd;
}

} // namespace

Result<LoadReport> serveNetwork(const LoadOptions& options)
{
    const auto listener = listenOn(options.amount);
    if (!listener)
        return Error(listener.error());
    std::vector<char> block(kBlockBytes, 'x');
    const LoadClock clock;
    std::uint64_t served = 0;
    for (bool goesOn = true; goesOn && clock.seconds() < options.seconds;) {
        pollfd next{ listener->fd(), POLLIN, 0 };
        if (::poll(&next, 1, kMostWaitMilliseconds) <= 0)
            continue;
        const UniqueFd client(::accept4(listener->fd(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client)
            continue;
        goesOn = serve(client, block);
        ++served;
    }
    return clock.report(served);
}

} // namespace twinhull
