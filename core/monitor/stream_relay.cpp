// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/stream_relay.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace twinhull {

namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 200ms; // where this process or the kernel has no room for one more
constexpr std::size_t kRelayBufferBytes = 64U << 10U;
constexpr int kReadsAtOnce = 8; // then others have their turn

bool isTransient(int number)
{
    return number == EAGAIN || number == EINTR;
}

/// What waits for `socket`; false where that is broken.
bool pour(const UniqueFd& socket, std::string& waiting)
{
    while (!waiting.empty()) {
        const ssize_t count = ::send(socket.fd(), waiting.data(), waiting.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0)
            return isTransient(errno);
        waiting.erase(0, static_cast<std::size_t>(count));
    }
    return true;
}

/// The other side of `socket` shall hear that this was no end as it should be.
void closeByReset(const UniqueFd& socket)
{
    const linger now{ 1, 0 };
    if (socket)
        (void)::setsockopt(socket.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

} // namespace

Result<std::unique_ptr<PortRelay>> StreamRelay::start(
    EventLoop& loop, UniqueFd listener, std::vector<SocketAddress> targets)
{
    auto pause = Deadline::create();
    if (!pause)
        return std::move(pause).error();
    std::unique_ptr<StreamRelay> made(
        new StreamRelay(loop, std::move(listener), std::move(targets), *std::move(pause)));
    auto watched = loop.watch(made->m_listener.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->accept(); });
    if (watched)
        watched = loop.watch(made->m_pause.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) {
            raw->m_pause.clear();
            (void)raw->m_loop.changeEvents(raw->m_listener.fd(), EPOLLIN); // it is watched: cannot fail
        });
    if (!watched)
        return std::move(watched).error();
    return std::unique_ptr<PortRelay>(std::move(made));
}

StreamRelay::StreamRelay(EventLoop& loop, UniqueFd listener, std::vector<SocketAddress> targets, Deadline pause)
    : m_loop(loop), m_listener(std::move(listener)), m_targets(std::move(targets)), m_pause(std::move(pause))
{
}

StreamRelay::~StreamRelay()
{
    m_loop.unwatch(m_listener.fd());
    m_loop.unwatch(m_pause.fd());
    for (auto& [number, connection] : m_connections) {
        if (!connection.isConnecting) // the container's last words
            (void)carry(connection);
    }
    while (!m_connections.empty())
        drop(m_connections.begin()->first);
}

/// Who waits meanwhile is in the kernel's queue.
void StreamRelay::rest()
{
    (void)m_loop.changeEvents(m_listener.fd(), 0); // it is watched: cannot fail
    (void)m_pause.set(kPause);
}

void StreamRelay::accept()
{
    if (m_connections.size() >= kMostRelayed)
        return rest();
    UniqueFd socket(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket)
        return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM ? rest() : void();
    const int on = 1; // who has gone without a word makes room some time
    (void)::setsockopt(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    const std::uint64_t number = ++m_lastNumber;
    Connection& made = m_connections[number];
    made.client.socket = std::move(socket);
    const int fd = made.client.socket.fd();
    const auto watched = m_loop.watch(fd, 0, [this, number, fd](std::uint32_t events) { onEvent(number, fd, events); });
    if (!watched || !connectNext(number))
        breakOff(number);
}

/// False where no address is left.
bool StreamRelay::connectNext(std::uint64_t number)
{
    Connection& connection = m_connections.at(number);
    if (connection.target.socket)
        m_loop.unwatch(connection.target.socket.fd());
    while (connection.nextTarget < m_targets.size()) {
        const auto& address = m_targets[connection.nextTarget++];
        UniqueFd socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!socket || (::connect(socket.fd(), address.raw(), address.size) != 0 && errno != EINPROGRESS))
            continue;
        const int fd = socket.fd();
        connection.target.socket = std::move(socket);
        connection.isConnecting = true;
        return static_cast<bool>(
            m_loop.watch(fd, EPOLLOUT, [this, number, fd](std::uint32_t events) { onEvent(number, fd, events); }));
    }
    return false;
}

bool StreamRelay::finishConnecting(std::uint64_t number)
{
    Connection& connection = m_connections.at(number);
    int failure = 0;
    socklen_t size = sizeof failure;
    if (::getsockopt(connection.target.socket.fd(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure != 0)
        return connectNext(number);
    connection.isConnecting = false;
    return true;
}

void StreamRelay::onEvent(std::uint64_t number, int fd, std::uint32_t events)
{
    const auto found = m_connections.find(number);
    if (found == m_connections.end())
        return;
    Connection& connection = found->second;
    if (connection.isConnecting) {
        if (fd == connection.client.socket.fd() || !finishConnecting(number)) // it has gone before it was served
            return breakOff(number);
        if (connection.isConnecting)
            return;
    } else if ((events & EPOLLERR) != 0) {
        return breakOff(number);
    }
    if (!carry(connection))
        return breakOff(number);
    if (connection.client.isOver() && connection.target.isOver())
        return drop(number);
    await(connection);
}

/// Both ways, as far as it goes just now; false where it is broken.
bool StreamRelay::carry(Connection& connection) const
{
    for (const auto& [from, to] :
        { std::pair{ &connection.client, &connection.target }, std::pair{ &connection.target, &connection.client } }) {
        if (!pour(to->socket, to->waiting))
            return false;
        std::array<char, kRelayBufferBytes> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
        for (int i = 0; i < kReadsAtOnce && to->waiting.empty() && !from->isReadToEnd; ++i) {
            const ssize_t count = ::recv(from->socket.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count < 0 && !isTransient(errno))
                return false;
            if (count < 0)
                break;
            from->isReadToEnd = count == 0;
            to->waiting.assign(buffer.data(), static_cast<std::size_t>(count));
            if (!pour(to->socket, to->waiting))
                return false;
        }
        if (from->isReadToEnd && to->waiting.empty() && !to->isEndTold) {
            (void)::shutdown(to->socket.fd(), SHUT_WR); // ENOTCONN: it has gone, which shows in a moment
            to->isEndTold = true;
        }
    }
    return true;
}

void StreamRelay::await(Connection& connection) const
{
    for (const auto& [half, other] :
        { std::pair{ &connection.client, &connection.target }, std::pair{ &connection.target, &connection.client } }) {
        const std::uint32_t reading = half->isReadToEnd || !other->waiting.empty() ? 0U : EPOLLIN;
        const std::uint32_t writing = half->waiting.empty() ? 0U : EPOLLOUT;
        if (half->isOver()) // EPOLLHUP is told without being asked for
            m_loop.unwatch(half->socket.fd());
        else
            (void)m_loop.changeEvents(half->socket.fd(), reading | writing); // it is watched: cannot fail
    }
}

void StreamRelay::breakOff(std::uint64_t number)
{
    const Connection& connection = m_connections.at(number);
    closeByReset(connection.client.socket);
    closeByReset(connection.target.socket);
    drop(number);
}

void StreamRelay::drop(std::uint64_t number)
{
    const auto found = m_connections.find(number);
    for (const Half* half : { &found->second.client, &found->second.target }) {
        if (half->socket)
            m_loop.unwatch(half->socket.fd());
    }
    m_connections.erase(found);
}

} // namespace twinhull
