// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/loopback_client.h"

#include "core/base/clock.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr int kPauseMilliseconds = 20;
constexpr timeval kLookUp{ 0, 200'000 }; ///< how often a waiting client asks whether it is over

bool isOnlyWaiting(int number)
{
    return number == EAGAIN || number == EWOULDBLOCK || number == EINTR || number == EINPROGRESS;
}

/// Repeats a call that gave up after kLookUp until it is done, failed, or took too long.
template <typename Call>
Result<std::size_t> withPatience(const ClientPatience& patience, const char* what, const Call& call)
{
    const std::int64_t began = monotonicNanoseconds();
    while (true) {
        const ssize_t count = call();
        if (count >= 0)
            return static_cast<std::size_t>(count);
        if (!isOnlyWaiting(errno))
            return Error::fromErrno(errno, what);
        if (patience.isWorn())
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        if (std::chrono::nanoseconds(monotonicNanoseconds() - began) > patience.silence)
            return Error{ ErrorCode::Timeout, std::string(what) + ": the other side is silent", 0, {} };
    }
}

} // namespace

void ClientPatience::pause()
{
    (void)::poll(nullptr, 0, kPauseMilliseconds); // a signal may cut it short
}

LoopbackClient::LoopbackClient(UniqueFd socket, ClientPatience patience)
    : m_socket(std::move(socket)), m_patience(std::move(patience))
{
}

Result<LoopbackClient> LoopbackClient::connectTo(std::uint16_t port, ClientPatience patience)
{
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        return Error::fromErrno(errno, "make a socket");
    const int on = 1;
    if (::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0
        || ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &kLookUp, sizeof kLookUp) != 0
        || ::setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &kLookUp, sizeof kLookUp) != 0)
        return Error::fromErrno(errno, "set up a socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "connect to port " + std::to_string(port));
    return LoopbackClient(std::move(socket), std::move(patience));
}

Result<> LoopbackClient::send(std::string_view bytes) const
{
    while (!bytes.empty()) {
        const auto sent = withPatience(
            m_patience, "send", [&] { return ::send(m_socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
        if (!sent)
            return sent.error();
        bytes.remove_prefix(*sent);
    }
    return {};
}

Result<std::size_t> LoopbackClient::receive(std::span<char> buffer) const
{
    return withPatience(m_patience, "receive", [&] { return ::recv(m_socket.fd(), buffer.data(), buffer.size(), 0); });
}

Result<> LoopbackClient::receiveAll(std::span<char> buffer) const
{
    while (!buffer.empty()) {
        const auto count = receive(buffer);
        if (!count)
            return count.error();
        if (*count == 0)
            return Error{ ErrorCode::Io, "receive: the other side ended the connection", 0, {} };
        buffer = buffer.subspan(*count);
    }
    return {};
}

} // namespace twinhull
