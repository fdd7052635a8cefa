// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"
#include "core/monitor/port_relay.h"
#include "core/monitor/event_loop.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace twinhull {

/// Passes each connection of a TCP socket that listens, wherever that is, on to the first of some addresses that takes
/// it, in the network namespace of this process. An end of one side is told to the other side, which may go on.
class StreamRelay final : public PortRelay {
public:
    /// `listener` does not block. `loop` must outlive this.
    static Result<std::unique_ptr<PortRelay>> start(
        EventLoop& loop, UniqueFd listener, std::vector<SocketAddress> targets);
    ~StreamRelay() override;
    StreamRelay(const StreamRelay&) = delete;
    StreamRelay& operator=(const StreamRelay&) = delete;

private:
    /// What one side has said and the other has not taken yet.
    struct Half {
        UniqueFd socket;
        std::string waiting; ///< for this socket; while there is some, the other side is not read
        bool isReadToEnd = false;
        bool isEndTold = false; ///< to this socket, that the other is at its end
        bool isOver() const { return isReadToEnd && isEndTold; }
    };
    struct Connection {
        Half client;
        Half target;
        std::size_t nextTarget = 0;
        bool isConnecting = false;
    };

    StreamRelay(EventLoop& loop, UniqueFd listener, std::vector<SocketAddress> targets, Deadline pause);
    void accept();
    void rest();
    bool connectNext(std::uint64_t number);
    void onEvent(std::uint64_t number, int fd, std::uint32_t events);
    bool finishConnecting(std::uint64_t number);
    bool carry(Connection& connection) const;
    void await(Connection& connection) const;
    void breakOff(std::uint64_t number);
    void drop(std::uint64_t number);

    EventLoop& m_loop;
    UniqueFd m_listener;
    std::vector<SocketAddress> m_targets;
    Deadline m_pause; ///< nobody is accepted until it is over
    std::map<std::uint64_t, Connection> m_connections;
    std::uint64_t m_lastNumber = 0;
};

} // namespace twinhull
