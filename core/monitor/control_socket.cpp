// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/control_socket.h"

#include "core/base/files.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace twinhull {

namespace {

constexpr std::size_t kClientLimit = 64;
constexpr std::size_t kPendingLimitBytes = 256U << 10U;
constexpr std::size_t kCutLimitBytes = 4096;

/// What a viewer that was too slow sees in place of `bytes`. CAN ends an escape sequence that was cut in two (ECMA-48),
/// and no colour goes on behind the gap.
std::string gapMark(std::size_t bytes, std::string_view where)
{
    return "\x18\x1b[0m\r\n[... " + std::to_string(bytes) + " bytes not shown: this viewer reads too slowly"
        + std::string(where) + "]\r\n";
}

/// From the first whole line on, where one begins soon: else half a line is better than little or nothing.
std::string_view fromLineBegin(std::string_view text)
{
    const auto end = text.substr(0, kCutLimitBytes).find('\n');
    return end == std::string_view::npos || end + 1 == text.size() ? text : text.substr(end + 1);
}

/// What a viewer that came late sees in place of `bytes`.
std::string earlierMark(std::uint64_t bytes, std::string_view where)
{
    return "[... " + std::to_string(bytes) + " bytes not shown: they came before this viewer did" + std::string(where)
        + "]\r\n";
}

Result<UniqueFd> openPrivateFolder(const std::string& path)
{
    auto folder = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!folder)
        return std::move(folder).error();
    struct stat info { };
    if (::fstat(folder->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + path);
    if (info.st_uid != ::geteuid() || (info.st_mode & 077U) != 0)
        return Error{ ErrorCode::PermissionDenied, path + ": is not ours alone", 0, "Remove that folder" };
    return folder;
}

/// Through the folder's descriptor: sun_path has 108 bytes (unix(7)) and a folder may be deeper.
sockaddr_un addressIn(const UniqueFd& folder)
{
    const std::string path = "/proc/self/fd/" + std::to_string(folder.fd()) + "/" + kMonitorSocketName;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    return address;
}

bool isOwnerOrRoot(int socket)
{
    ucred peer{};
    socklen_t length = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
        && (peer.uid == ::geteuid() || peer.uid == 0);
}

} // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::listen(
    EventLoop& loop, const std::string& folderPath, Handlers handlers)
{
    auto folder = openPrivateFolder(folderPath);
    if (!folder)
        return std::move(folder).error();
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener)
        return Error::fromErrno(errno, "make socket");
    (void)::unlinkat(folder->fd(), kMonitorSocketName, 0); // of a monitor that died; whoever holds the lock is us
    const auto address = addressIn(*folder);
    if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "bind " + folderPath + "/" + kMonitorSocketName);
    if (::listen(listener.fd(), 16) != 0)
        return Error::fromErrno(errno, "listen");
    std::unique_ptr<ControlSocket> made(new ControlSocket(loop, std::move(listener), std::move(handlers)));
    auto watched = loop.watch(made->m_listener.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->accept(); });
    if (!watched)
        return std::move(watched).error();
    return made;
}

ControlSocket::ControlSocket(EventLoop& loop, UniqueFd listener, Handlers handlers)
    : m_loop(loop), m_listener(std::move(listener)), m_handlers(std::move(handlers))
{
}

ControlSocket::~ControlSocket()
{
    while (!m_clients.empty())
        hangUp(m_clients.begin()->first);
    m_loop.unwatch(m_listener.fd());
}

void ControlSocket::accept()
{
    UniqueFd socket(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket || m_clients.size() >= kClientLimit || !isOwnerOrRoot(socket.fd()))
        return;
    const int fd = socket.fd();
    if (m_loop.watch(fd, EPOLLIN, [this, fd](std::uint32_t events) { onClient(fd, events); }))
        m_clients[fd].socket = std::move(socket);
}

void ControlSocket::onClient(int fd, std::uint32_t events)
{
    const auto found = m_clients.find(fd);
    if (found == m_clients.end())
        return;
    Client& client = found->second;
    if ((events & EPOLLOUT) != 0 && !flush(client))
        return hangUp(fd);
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
        return;
    if (fd == m_feeder)
        onFed(client, events);
    else
        onInput(client);
}

/// Its end is a shutdown(2) of its half; one that is gone altogether (EPOLLHUP) has left, and another may go on.
void ControlSocket::onFed(Client& client, std::uint32_t events)
{
    static std::array<char, 65536> bytes;
    const int fd = client.socket.fd();
    const bool hasLeft = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (client.isHeldUp) // nobody takes what it may have sent
        return hasLeft ? hangUp(fd) : void();
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count == 0 && !hasLeft)
        m_handlers.fedAll();
    const bool mayGoOn = count > 0 && m_handlers.fed({ bytes.data(), static_cast<std::size_t>(count) });
    if (m_feeder != fd) // hung up on meanwhile
        return;
    if (count <= 0)
        return hangUp(fd);
    if (mayGoOn)
        return;
    m_isFeedFull = true;
    client.isHeldUp = true;
    (void)m_loop.changeEvents(fd, 0); // it is watched: cannot fail in a way that matters
}

void ControlSocket::feedOn()
{
    m_isFeedFull = false;
    const auto found = m_clients.find(m_feeder);
    if (found == m_clients.end())
        return;
    found->second.isHeldUp = false;
    (void)m_loop.changeEvents(m_feeder, EPOLLIN); // as above
}

void ControlSocket::hangUpFeeder()
{
    m_isFeedFull = false;
    if (m_feeder >= 0)
        hangUp(m_feeder);
}

Result<MonitorStatus> ControlSocket::ask(const MonitorRequest& request) const
{
    if (request.verb == MonitorVerb::Feed && m_feeder >= 0)
        return Error{ ErrorCode::Busy, "somebody else passes input to it", 0, "Wait for the end of that" };
    return m_handlers.request(request);
}

void ControlSocket::onInput(Client& client)
{
    std::array<char, 4096> bytes{};
    const int fd = client.socket.fd();
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0)
        return hangUp(fd);
    const std::string_view read(bytes.data(), static_cast<std::size_t>(count));
    if (client.isAttached)
        return m_handlers.typed(read);
    client.input.append(read);
    while (auto line = client.input.takeLine()) {
        answer(client, *line);
        if (m_clients.find(fd) == m_clients.end() || client.isAttached || fd == m_feeder) // answering hung up on it
            return;
    }
}

void ControlSocket::answer(Client& client, const std::string& line)
{
    const auto request = decodeMonitorRequest(line);
    if (request && request->verb == MonitorVerb::Subscribe)
        client.isSubscribed = true;
    const auto reply = request ? ask(*request) : Result<MonitorStatus>(request.error());
    std::string text = encodeMonitorReply(reply);
    if (request && request->verb == MonitorVerb::Attach && reply) {
        client.isAttached = true;
        client.isSubscribed = false; // no lines among the terminal's bytes
        text += outputBefore();
    }
    if (request && request->verb == MonitorVerb::Feed && reply) {
        m_feeder = client.socket.fd();
        client.isHeldUp = m_isFeedFull; // by one before it, whose bytes still wait
        client.isSubscribed = false; // it is heard from when its container ends
    }
    if (!send(client, text))
        hangUp(client.socket.fd());
}

void ControlSocket::publish(const MonitorStatus& status)
{
    const std::string line = encodeMonitorReply(status);
    std::vector<int> deaf;
    for (auto& [fd, client] : m_clients) {
        if (client.isSubscribed && !send(client, line))
            deaf.push_back(fd);
    }
    hangUpEach(deaf);
}

void ControlSocket::publishOutput(std::string_view bytes)
{
    std::vector<int> gone;
    for (auto& [fd, client] : m_clients) {
        if (!client.isAttached)
            continue;
        if (client.missedBytes > 0 || client.output.size() + bytes.size() > kPendingLimitBytes)
            client.missedBytes += bytes.size();
        else if (!send(client, bytes))
            gone.push_back(fd);
    }
    hangUpEach(gone);
}

void ControlSocket::hangUpEach(const std::vector<int>& fds)
{
    for (const int fd : fds)
        hangUp(fd);
}

bool ControlSocket::send(Client& client, std::string_view text)
{
    if (client.output.size() + text.size() > kPendingLimitBytes)
        return false;
    client.output.append(text);
    return flush(client);
}

/// Of the terminal: what is still known, and how much is not, for who has just been attached.
std::string ControlSocket::outputBefore() const
{
    std::string recent = m_handlers.recentOutput();
    const std::uint64_t forgotten = m_handlers.forgottenBytes ? m_handlers.forgottenBytes() : 0;
    if (forgotten == 0)
        return recent;
    const std::string_view shown = fromLineBegin(recent);
    return earlierMark(forgotten + recent.size() - shown.size(), whereItIs()).append(shown);
}

/// What a mark ends with.
std::string_view ControlSocket::whereItIs() const
{
    return m_handlers.isLogged && m_handlers.isLogged() ? "; the log has them" : "";
}

/// What it missed: a mark, and then as much of the end as is still known.
bool ControlSocket::catchUp(Client& client)
{
    const std::string recent = m_handlers.recentOutput();
    const std::size_t missed = std::exchange(client.missedBytes, 0);
    std::string_view shown(recent);
    if (missed > recent.size())
        shown = fromLineBegin(shown);
    else
        shown.remove_prefix(recent.size() - missed);
    client.output = missed > shown.size() ? gapMark(missed - shown.size(), whereItIs()) : std::string();
    client.output.append(shown);
    return flush(client);
}

bool ControlSocket::flush(Client& client)
{
    while (!client.output.empty()) {
        const ssize_t count
            = ::send(client.socket.fd(), client.output.data(), client.output.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
            break;
        if (count < 0 && errno != EINTR)
            return false;
        client.output.erase(0, count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    if (client.output.empty() && client.missedBytes > 0)
        return catchUp(client);
    const std::uint32_t read = client.isHeldUp ? 0U : std::uint32_t{ EPOLLIN };
    const std::uint32_t wanted = client.output.empty() ? read : read | EPOLLOUT;
    return static_cast<bool>(m_loop.changeEvents(client.socket.fd(), wanted));
}

void ControlSocket::drain(std::chrono::milliseconds patience)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        std::vector<pollfd> waiting;
        for (const auto& [fd, client] : m_clients) {
            if (client.isAttached && !client.output.empty())
                waiting.push_back({ fd, POLLOUT, 0 });
        }
        const auto left
            = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (waiting.empty() || left.count() <= 0
            || ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) <= 0)
            return;
        std::vector<int> gone;
        for (const auto& each : waiting) {
            if (each.revents != 0 && ((each.revents & POLLOUT) == 0 || !flush(m_clients.at(each.fd))))
                gone.push_back(each.fd);
        }
        hangUpEach(gone);
    }
}

void ControlSocket::hangUp(int fd)
{
    m_loop.unwatch(fd);
    m_clients.erase(fd);
    if (fd == m_feeder)
        m_feeder = -1;
}

} // namespace twinhull
