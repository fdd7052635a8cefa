// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/seccomp_agent.h"

#include "core/base/descriptor_passing.h"
#include "core/base/files.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdio>

namespace twinhull::runtime {

namespace {

constexpr timeval kPatience{ 5, 0 };

/// By descriptor: the path may be longer than a socket address.
Result<UniqueFd> connectTo(const std::string& path)
{
    auto place = openPath(path, O_PATH);
    if (!place)
        return place;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (void)std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", place->fd()); // always fits
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket || ::setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience) != 0)
        return Error::fromErrno(errno, "make a socket");
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, path);
    return socket;
}

} // namespace

Result<> tellSeccompAgent(
    const oci::SeccompAgent& agent, const oci::ContainerView& container, pid_t pid, const UniqueFd& listener)
{
    auto socket = connectTo(agent.path);
    auto told = socket
        ? sendWithDescriptor(*socket, oci::encodeProcessState(container, pid, agent.metadata), listener.fd())
        : Result<>(std::move(socket).error());
    if (told)
        return told;
    return std::move(told)
        .error()
        .withContext("config.json: linux.seccomp.listenerPath")
        .withHint("An agent that decides the calls of SCMP_ACT_NOTIFY must listen on that socket");
}

} // namespace twinhull::runtime
