// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/event_loop.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace twinhull {

Result<EventLoop> EventLoop::create()
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll)
        return Error::fromErrno(errno, "epoll");
    return EventLoop(std::move(epoll));
}

Result<> EventLoop::watch(int fd, std::uint32_t events, Handler handler)
{
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (::epoll_ctl(m_epoll.fd(), EPOLL_CTL_ADD, fd, &event) != 0)
        return Error::fromErrno(errno, "watch a descriptor");
    m_handlers[fd] = std::make_shared<Handler>(std::move(handler));
    return {};
}

Result<> EventLoop::changeEvents(int fd, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (::epoll_ctl(m_epoll.fd(), EPOLL_CTL_MOD, fd, &event) != 0)
        return Error::fromErrno(errno, "watch a descriptor");
    return {};
}

void EventLoop::unwatch(int fd)
{
    if (m_handlers.erase(fd) != 0)
        (void)::epoll_ctl(
            m_epoll.fd(), EPOLL_CTL_DEL, fd, nullptr); // it was watched: cannot fail in a way that matters
}

Result<> EventLoop::run()
{
    std::array<epoll_event, 16> events{};
    m_isStopping = false;
    while (!m_isStopping) {
        const int count = ::epoll_wait(m_epoll.fd(), events.data(), static_cast<int>(events.size()), -1);
        if (count < 0 && errno != EINTR)
            return Error::fromErrno(errno, "wait for events");
        for (int i = 0; i < count && !m_isStopping; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            const auto found = m_handlers.find(event.data.fd); // an earlier handler of this round may have dropped it
            if (found == m_handlers.end())
                continue;
            const auto handler = found->second;
            (*handler)(event.events);
        }
    }
    return {};
}

Result<Deadline> Deadline::create()
{
    UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer)
        return Error::fromErrno(errno, "timer");
    return Deadline(std::move(timer));
}

Result<> Deadline::set(std::chrono::milliseconds fromNow)
{
    const auto count = std::max<std::int64_t>(fromNow.count(), 1); // 0 would disarm it
    itimerspec when{};
    when.it_value.tv_sec = count / 1000;
    when.it_value.tv_nsec = (count % 1000) * 1'000'000;
    if (::timerfd_settime(m_timer.fd(), 0, &when, nullptr) != 0)
        return Error::fromErrno(errno, "set timer");
    return {};
}

void Deadline::clear()
{
    const itimerspec never{};
    (void)::timerfd_settime(m_timer.fd(), 0, &never, nullptr); // a valid time and a timer: cannot fail
}

} // namespace twinhull
