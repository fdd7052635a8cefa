// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace twinhull {

/// How long a measuring client waits for the other side, and who may end it before.
struct ClientPatience {
    std::function<bool()> isOver; ///< asked a few times a second while it waits
    std::chrono::milliseconds silence = std::chrono::seconds(10); ///< of the other side at most

    bool isWorn() const { return isOver && isOver(); }
    /// A moment before nobody's port is asked again: there is no event for a port that opens.
    static void pause();
};

/// A TCP connection to a published port of 127.0.0.1, for measuring: blocking, one system call a turn, small packets
/// leave at once. What comes from the other side is a stranger's. Not for a GUI thread.
class LoopbackClient {
public:
    /// Unavailable when nobody listens.
    static Result<LoopbackClient> connectTo(std::uint16_t port, ClientPatience patience);

    Result<> send(std::string_view bytes) const;
    /// At least one byte, or 0 at the end of the connection.
    Result<std::size_t> receive(std::span<char> buffer) const;
    /// Exactly as many; Io when the connection ends before.
    Result<> receiveAll(std::span<char> buffer) const;

private:
    LoopbackClient(UniqueFd socket, ClientPatience patience);

    UniqueFd m_socket;
    ClientPatience m_patience;
};

} // namespace twinhull
