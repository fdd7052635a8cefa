// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/ready_notice.h"

#include "core/base/descriptor_passing.h"
#include "core/base/files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace twinhull::runtime {

namespace {

constexpr const char* kSocketName = "notify.sock";
constexpr std::size_t kMessageLimitBytes = 4096;
constexpr int kBarrierMilliseconds = 5'000;

Result<UniqueFd> openFolder(const UniqueFd& stateFolder)
{
    UniqueFd folder(
        ::openat(stateFolder.fd(), ReadyNotice::kFolderName, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return folder ? Result(std::move(folder)) : Error::fromErrno(errno, "open the folder of the notify socket");
}

UniqueFd makeSocket()
{
    return UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

/// A name that starts with "@" is an abstract one (sd_notify(3)).
Result<UniqueFd> connectTo(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Error{ ErrorCode::InvalidArgument, "the path is longer than a socket's address", 0, {} };
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    UniqueFd socket = makeSocket();
    if (!socket || ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), length) != 0)
        return Error::fromErrno(errno, "connect");
    return socket;
}

/// The listener looks up who wrote: hull must not end before it has (sd_notify_barrier(3)). One that knows no barrier
/// closes the descriptor as well, or never looks: then patience ends it.
Result<> awaitBarrier(const UniqueFd& listener)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "make a pipe");
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    if (auto sent = sendWithDescriptor(listener, "BARRIER=1", theirs.fd()); !sent)
        return sent;
    theirs.reset();
    pollfd wait{ ours.fd(), POLLIN, 0 };
    while (::poll(&wait, 1, kBarrierMilliseconds) < 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for the listener");
    }
    return {};
}

Result<> tellListener(const std::string& path, pid_t pid)
{
    const std::string what = "tell NOTIFY_SOCKET " + path + " that the container is ready";
    auto socket = connectTo(path);
    if (!socket)
        return std::move(socket).error().withContext(what);
    auto told = sendWithDescriptor(*socket, "READY=1\nMAINPID=" + std::to_string(pid), -1);
    if (told)
        told = awaitBarrier(*socket);
    return std::move(told).withContext(what);
}

bool saysReady(std::string_view text)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (text.substr(0, end) == "READY=1")
            return true;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return false;
}

} // namespace

std::string ReadyNotice::listener()
{
    const char* text = std::getenv("NOTIFY_SOCKET");
    const bool isSocket = text != nullptr && (text[0] == '/' || text[0] == '@');
    return isSocket ? text : std::string();
}

Result<> ReadyNotice::makeFolder(const UniqueFd& stateFolder)
{
    if (::mkdirat(stateFolder.fd(), kFolderName, 0700) != 0)
        return Error::fromErrno(errno, "make the folder of the notify socket");
    if (::fchmodat(stateFolder.fd(), kFolderName, 0755, 0)
        != 0) // whatever the caller's umask: any user inside enters it
        return Error::fromErrno(errno, "open the folder of the notify socket");
    return {};
}

bool ReadyNotice::hasFolder(const UniqueFd& stateFolder)
{
    return ::faccessat(stateFolder.fd(), kFolderName, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<ReadyNotice> ReadyNotice::bind(const UniqueFd& stateFolder, std::string listener)
{
    auto folder = openFolder(stateFolder);
    if (!folder)
        return std::move(folder).error();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (void)std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder->fd(),
        kSocketName); // always fits
    UniqueFd socket = makeSocket();
    if (!socket || ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::fchmodat(folder->fd(), kSocketName, 0777, 0) != 0)
        return Error::fromErrno(errno, "make the notify socket");
    return ReadyNotice(std::move(socket), std::move(listener));
}

Result<bool> ReadyNotice::pass(pid_t pid) const
{
    char buffer[kMessageLimitBytes];
    const ssize_t count = ::recv(m_socket.fd(), buffer, sizeof buffer, MSG_DONTWAIT); // descriptors in it are dropped
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? Result<bool>(false) : Error::fromErrno(errno, "read a notice");
    if (!saysReady({ buffer, static_cast<std::size_t>(count) }))
        return false;
    auto told = tellListener(m_listener, pid);
    return told ? Result<bool>(true) : std::move(told).error();
}

Result<> ReadyNotice::await(const UniqueFd& pidfd, pid_t pid) const
{
    std::array<pollfd, 2> polls{ pollfd{ m_socket.fd(), POLLIN, 0 }, pollfd{ pidfd.fd(), POLLIN, 0 } };
    while (true) {
        if (::poll(polls.data(), polls.size(), -1) < 0) {
            if (errno != EINTR)
                return Error::fromErrno(errno, "wait until the container is ready");
            continue;
        }
        const bool hasWord = (polls[0].revents & POLLIN) != 0;
        auto isReady = hasWord ? pass(pid) : Result<bool>(false);
        if (!isReady)
            return std::move(isReady).error();
        if (*isReady || (!hasWord && (polls[1].revents & POLLIN) != 0))
            return {};
    }
}

} // namespace twinhull::runtime
