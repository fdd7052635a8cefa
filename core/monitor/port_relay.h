// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"
#include "core/monitor/event_loop.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace twinhull {

constexpr std::size_t kMostRelayed = 256; // connections or askers of one port at a time

/// Who listens at a port of this computer for a container, until it is destroyed.
class PortRelay {
public:
    PortRelay() = default;
    virtual ~PortRelay() = default;
    PortRelay(const PortRelay&) = delete;
    PortRelay& operator=(const PortRelay&) = delete;

    /// `socket` is bound: one of TCP that listens, or one of UDP; anything else is InvalidArgument. What comes to it
    /// goes to the first of `targets` that is not refused. `loop` must outlive the relay.
    static Result<std::unique_ptr<PortRelay>> start(
        EventLoop& loop, UniqueFd socket, std::vector<SocketAddress> targets);
};

/// As many descriptors as this process may have: each connection of a relay takes two, and one that gets none rests.
void allowManyConnections();

} // namespace twinhull
