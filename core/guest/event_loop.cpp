// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/event_loop.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace twinhull {

namespace {

epoll_event eventOf(int fd, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return event;
}

} // namespace

Result<EventLoop> EventLoop::make()
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll)
        return Error::fromErrno(errno, "prepare to wait");
    return EventLoop(std::move(epoll));
}

Result<> EventLoop::watch(const UniqueFd& fd, std::uint32_t events, Handler handler)
{
    epoll_event event = eventOf(fd.fd(), events);
    if (::epoll_ctl(m_epoll.fd(), EPOLL_CTL_ADD, fd.fd(), &event) != 0)
        return Error::fromErrno(errno, "watch a descriptor");
    m_handlers[fd.fd()] = std::make_shared<const Handler>(std::move(handler));
    return {};
}

void EventLoop::change(const UniqueFd& fd, std::uint32_t events) const
{
    epoll_event event = eventOf(fd.fd(), events);
    (void)::epoll_ctl(m_epoll.fd(), EPOLL_CTL_MOD, fd.fd(), &event); // fails only for what is not watched
}

void EventLoop::forget(const UniqueFd& fd)
{
    if (m_handlers.erase(fd.fd()) > 0)
        (void)::epoll_ctl(m_epoll.fd(), EPOLL_CTL_DEL, fd.fd(), nullptr); // as above
}

void EventLoop::turn() const
{
    std::array<epoll_event, 8> events{};
    const int count = ::epoll_wait(m_epoll.fd(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
        const auto found = m_handlers.find(events[static_cast<std::size_t>(i)].data.fd);
        if (found == m_handlers.end()) // forgotten by one before it
            continue;
        const auto handler = found->second;
        (*handler)();
    }
}

} // namespace twinhull
