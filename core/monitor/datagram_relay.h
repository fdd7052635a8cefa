// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/socket_address.h"
#include "core/base/unique_fd.h"
#include "core/monitor/port_relay.h"
#include "core/monitor/event_loop.h"

#include <netinet/in.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace twinhull {

/// As StreamRelay for a UDP socket: each asker has a socket of its own towards the container until both have been
/// silent for a while, and is answered from the address that it had asked.
class DatagramRelay final : public PortRelay {
public:
    static Result<std::unique_ptr<PortRelay>> start(
        EventLoop& loop, UniqueFd socket, std::vector<SocketAddress> targets);
    ~DatagramRelay() override;
    DatagramRelay(const DatagramRelay&) = delete;
    DatagramRelay& operator=(const DatagramRelay&) = delete;

private:
    using Clock = std::chrono::steady_clock;
    struct Asker {
        SocketAddress address;
        in6_pktinfo asked{}; ///< of IPv6; the address of ours
        UniqueFd socket; ///< towards the container
        std::size_t target = 0;
        Clock::time_point lastUse;
    };
    struct Arrival {
        SocketAddress from;
        in6_pktinfo asked{};
        std::size_t size = 0;
    };

    DatagramRelay(EventLoop& loop, UniqueFd socket, std::vector<SocketAddress> targets, Deadline sweep);
    void onAsked();
    bool receive(Arrival& arrival);
    std::map<std::string, Asker>::iterator askerOf(const Arrival& arrival);
    bool open(Asker& asker, const std::string& key);
    void onAnswer(const std::string& key);
    void answer(const Asker& asker, std::size_t size);
    void forget(std::map<std::string, Asker>::iterator asker);
    void sweep();

    EventLoop& m_loop;
    UniqueFd m_socket;
    std::vector<SocketAddress> m_targets;
    Deadline m_sweep; ///< set while there is an asker
    std::map<std::string, Asker> m_askers; ///< by the bytes of their address
    std::vector<char> m_buffer;
};

} // namespace twinhull
