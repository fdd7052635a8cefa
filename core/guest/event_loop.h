// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace twinhull {

/// epoll(7) with a handler for each descriptor. One thread. Whoever watches a descriptor forgets it before closing it.
class EventLoop {
public:
    using Handler = std::function<void()>;

    static Result<EventLoop> make();

    /// `events` as of epoll_ctl(2); a hang-up and an error call the handler too.
    Result<> watch(const UniqueFd& fd, std::uint32_t events, Handler handler);
    /// Other events of a watched descriptor; 0 leaves hang-up and error.
    void change(const UniqueFd& fd, std::uint32_t events) const;
    void forget(const UniqueFd& fd); ///< nothing when it is not watched

    /// Waits for something to happen and calls who watches it. Handlers may watch and forget.
    void turn() const;

private:
    explicit EventLoop(UniqueFd epoll) : m_epoll(std::move(epoll)) { }

    UniqueFd m_epoll;
    std::map<int, std::shared_ptr<const Handler>> m_handlers; ///< shared: one may forget itself while it runs
};

} // namespace twinhull
