// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/start_gate.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull::runtime {

namespace {

constexpr const char* kGateName = "start";

/// By descriptor: the folder's own path may be longer than a socket address.
sockaddr_un addressIn(const UniqueFd& folder)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (void)std::snprintf(
        address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder.fd(), kGateName); // always fits
    return address;
}

UniqueFd makeSocket()
{
    return UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
}

} // namespace

Result<UniqueFd> makeGate(const UniqueFd& stateFolder)
{
    UniqueFd socket = makeSocket();
    const sockaddr_un address = addressIn(stateFolder);
    if (!socket || ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(socket.fd(), 1) != 0)
        return Error::fromErrno(errno, "make the start socket");
    return socket;
}

Result<SyncChannel> waitAtGate(const UniqueFd& gate)
{
    int connection = -1;
    do {
        connection = ::accept4(gate.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    } while (connection < 0 && errno == EINTR);
    if (connection < 0)
        return Error::fromErrno(errno, "wait for start");
    return SyncChannel(UniqueFd(connection));
}

Result<std::int64_t> awaitExec(const SyncChannel& channel, const ListenerSink& onListener)
{
    std::int64_t executedAt = 0;
    while (true) {
        auto received = channel.receive();
        if (!received)
            return std::move(received).error();
        if (!*received)
            break;
        const SyncMessage& message = (*received)->message;
        if (message.kind == SyncKind::Executing)
            executedAt = message.value;
        else if (message.kind == SyncKind::Failed)
            return message.toError();
        else if (message.kind == SyncKind::Warning)
            (void)std::fprintf(stderr, "hull: warning: %s\n", message.text);
        else if (message.kind == SyncKind::Listener) {
            auto passed = onListener((*received)->attached);
            if (passed)
                passed = channel.send(SyncMessage::of(SyncKind::GoOn));
            if (!passed)
                return std::move(passed).error();
        }
    }
    if (executedAt == 0)
        return Error{ ErrorCode::Unavailable, "the container ended before its program was started", 0, {} };
    return executedAt;
}

Result<std::int64_t> openGate(const UniqueFd& stateFolder, const ListenerSink& onListener)
{
    UniqueFd socket = makeSocket();
    const sockaddr_un address = addressIn(stateFolder);
    if (!socket || ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error::fromErrno(errno, "reach the created container");
    return awaitExec(SyncChannel(std::move(socket)), onListener);
}

void removeGate(const UniqueFd& stateFolder)
{
    (void)::unlinkat(stateFolder.fd(), kGateName, 0); // gone already: the same
}

bool hasGate(const UniqueFd& stateFolder)
{
    return ::faccessat(stateFolder.fd(), kGateName, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

} // namespace twinhull::runtime
