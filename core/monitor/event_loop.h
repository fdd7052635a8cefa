// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace twinhull {

/// One epoll set; level-triggered. A handler may watch and unwatch anything, itself too.
class EventLoop {
public:
    using Handler = std::function<void(std::uint32_t events)>; ///< EPOLLIN, EPOLLOUT, EPOLLHUP …

    static Result<EventLoop> create();

    /// The descriptor stays the caller's; unwatch it before it is closed.
    Result<> watch(int fd, std::uint32_t events, Handler handler);
    Result<> changeEvents(int fd, std::uint32_t events);
    void unwatch(int fd);

    /// Turns until a handler calls stop().
    Result<> run();
    void stop() { m_isStopping = true; }

private:
    explicit EventLoop(UniqueFd epoll) : m_epoll(std::move(epoll)) { }

    UniqueFd m_epoll;
    std::map<int, std::shared_ptr<Handler>> m_handlers;
    bool m_isStopping = false;
};

/// A timer that can be watched; readable from when the time has come until it is set or cleared.
class Deadline {
public:
    static Result<Deadline> create();

    int fd() const { return m_timer.fd(); }
    Result<> set(std::chrono::milliseconds fromNow);
    void clear(); ///< there is no time to come

private:
    explicit Deadline(UniqueFd timer) : m_timer(std::move(timer)) { }

    UniqueFd m_timer;
};

} // namespace twinhull
