// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/keeper_socket.h"

#include "core/base/descriptor_passing.h"
#include "core/base/files.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

namespace {

constexpr std::size_t kMostClients = 1024; // a monitor each

Result<UniqueFd> openOwnFolder(const std::string& path)
{
    auto folder = openPath(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    struct stat info { };
    if (!folder)
        return folder;
    if (::fstat(folder->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + path);
    if (info.st_uid != ::geteuid() || (info.st_mode & 077U) != 0)
        return Error{ ErrorCode::PermissionDenied, path + ": is not ours alone", 0, "Remove that folder." };
    return folder;
}

/// The person is 0 in the keeper's user namespace, and root outside has no number there.
bool isOwner(int socket)
{
    ucred peer{};
    socklen_t length = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == ::geteuid();
}

} // namespace

Result<std::unique_ptr<KeeperSocket>> KeeperSocket::listen(
    EventLoop& loop, const std::string& folderPath, Handlers handlers)
{
    auto folder = openOwnFolder(folderPath);
    if (!folder)
        return std::move(folder).error();
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener)
        return Error::fromErrno(errno, "make socket");
    (void)::unlinkat(folder->fd(), kKeeperSocketName, 0); // of one that was killed
    sockaddr_un address{}; // sun_path has 108 bytes (unix(7)), and a folder may be deeper
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(folder->fd()) + "/" + kKeeperSocketName;
    std::copy(path.begin(), path.end(), address.sun_path);
    if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(listener.fd(), 64) != 0)
        return Error::fromErrno(errno, "listen at " + folderPath + "/" + kKeeperSocketName);
    std::unique_ptr<KeeperSocket> made(
        new KeeperSocket(loop, *std::move(folder), std::move(listener), std::move(handlers)));
    auto watched = loop.watch(made->m_listener.fd(), EPOLLIN, [raw = made.get()](std::uint32_t) { raw->accept(); });
    if (!watched)
        return std::move(watched).error();
    return made;
}

KeeperSocket::KeeperSocket(EventLoop& loop, UniqueFd folder, UniqueFd listener, Handlers handlers)
    : m_loop(loop), m_folder(std::move(folder)), m_listener(std::move(listener)), m_handlers(std::move(handlers))
{
}

KeeperSocket::~KeeperSocket()
{
    (void)::unlinkat(m_folder.fd(), kKeeperSocketName, 0); // gone with the folder at the latest
    m_loop.unwatch(m_listener.fd());
    for (const auto& [fd, client] : m_clients)
        m_loop.unwatch(fd);
}

void KeeperSocket::accept()
{
    UniqueFd socket(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket || m_clients.size() >= kMostClients || !isOwner(socket.fd()))
        return;
    const int fd = socket.fd();
    if (m_loop.watch(fd, EPOLLIN, [this, fd](std::uint32_t) { onClient(fd); }))
        m_clients[fd].socket = std::move(socket);
}

void KeeperSocket::onClient(int fd)
{
    const auto found = m_clients.find(fd);
    if (found == m_clients.end())
        return;
    std::array<char, 4096> bytes{};
    auto received = receiveWithDescriptor(found->second.socket, bytes.data(), bytes.size());
    if (!received && received.error().sysErrno == EAGAIN)
        return;
    if (!received || received->count == 0)
        return hangUp(fd);
    if (received->descriptor)
        found->second.given = std::move(received->descriptor);
    found->second.input.append({ bytes.data(), received->count });
    while (auto line = found->second.input.takeLine()) {
        const auto request = decodeKeeperRequest(*line);
        const std::string reply
            = encodeKeeperReply(request ? m_handlers.request(*request, std::move(found->second.given))
                                        : Result<KeeperReply>(request.error()));
        // short beside a socket's buffer
        if (::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL | MSG_DONTWAIT) != static_cast<ssize_t>(reply.size()))
            return hangUp(fd);
    }
}

void KeeperSocket::hangUp(int fd)
{
    m_loop.unwatch(fd);
    m_clients.erase(fd);
    if (m_clients.empty())
        m_handlers.emptied();
}

} // namespace twinhull
