// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/monitor/event_loop.h"

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace twinhull {

/// Who asked, and through which socket.
struct DnsAsker {
    int socket = -1;
    sockaddr_storage address{};
    socklen_t addressSize = 0;
};

/// Passes queries on to another name server (UDP) and its answers back. Never waits; of the questions that are open the
/// oldest are forgotten, at 256 and after ten seconds.
class DnsForwarder {
public:
    /// `loop` must outlive this. The server is dotted IPv4.
    static Result<std::unique_ptr<DnsForwarder>> create(EventLoop& loop, const std::string& server);
    ~DnsForwarder();
    DnsForwarder(const DnsForwarder&) = delete;
    DnsForwarder& operator=(const DnsForwarder&) = delete;

    void ask(std::string_view packet, const DnsAsker& asker);
    /// A socket that is about to be closed.
    void forget(int socket);

private:
    struct Question {
        DnsAsker asker;
        std::uint16_t id = 0;
        std::chrono::steady_clock::time_point asked;
    };

    DnsForwarder(EventLoop& loop, UniqueFd socket) : m_loop(loop), m_socket(std::move(socket)) { }
    void onAnswer();
    void dropOld();

    EventLoop& m_loop;
    UniqueFd m_socket;
    std::map<std::uint16_t, Question> m_open; ///< by the id that the server sees
    std::deque<std::uint16_t> m_order; ///< oldest first
};

} // namespace twinhull
