// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace twinhull::runtime {

/// What the two halves of a container start say to each other.
enum class SyncKind : std::uint32_t {
    Started, ///< child: in its namespaces; `value` is the time
    StagePid, ///< stage: `value` is the pid of the child it made
    Equipped, ///< parent: ids are mapped, devices of the network are there
    Warning, ///< child: `text`
    RootUsers, ///< child: its user namespace is attached, for what serves its root
    RootDevice, ///< child: /dev/fuse of its root is attached; it waits for GoOn
    Prepared, ///< child: all mounts stand and the root is still the host's; it waits for GoOn
    GoOn, ///< parent: what the child stopped for (RootDevice, Prepared, Listener) is done
    Ready, ///< child: everything but the entrypoint; `value` is the time; a console may be attached
    Proceed, ///< parent: the record is written
    Listener, ///< child: its seccomp listener is attached; it waits for GoOn
    Executing, ///< child: the next instruction is execve; `value` is the time
    Failed, ///< child: code, number, text, hint
};

/// Plain memory, one packet: the child sends it without the heap.
struct SyncMessage {
    SyncKind kind = SyncKind::Failed;
    std::int32_t errorCode = 0;
    std::int32_t sysErrno = 0;
    std::int64_t value = 0; ///< nanoseconds of CLOCK_MONOTONIC, or a pid
    char text[704] = {};
    char hint[256] = {};

    static SyncMessage of(SyncKind kind, std::int64_t value = 0);
    static SyncMessage warning(std::string_view text);
    static SyncMessage failure(const Error& error);
    Error toError() const;
};

struct ReceivedMessage {
    SyncMessage message;
    UniqueFd attached;
};

/// One end of a SOCK_SEQPACKET pair. End of file means that the other side is gone or has executed the entrypoint.
class SyncChannel {
public:
    SyncChannel() = default;
    explicit SyncChannel(UniqueFd socket) : m_socket(std::move(socket)) { }

    static Result<std::pair<SyncChannel, SyncChannel>> makePair();

    int fd() const { return m_socket.fd(); }
    void close() { m_socket.reset(); }

    /// `attachment` -1: none.
    Result<> send(const SyncMessage& message, int attachment = -1) const;

    /// Blocks; no value at end of file.
    Result<std::optional<ReceivedMessage>> receive() const;

private:
    UniqueFd m_socket;
};

} // namespace twinhull::runtime
