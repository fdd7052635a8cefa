// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/poll_loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace twinhull {

namespace {

short pollEventsOf(int events)
{
    int polled = 0;
    polled |= (events & VIR_EVENT_HANDLE_READABLE) != 0 ? POLLIN : 0;
    polled |= (events & VIR_EVENT_HANDLE_WRITABLE) != 0 ? POLLOUT : 0;
    return static_cast<short>(polled);
}

int libvirtEventsOf(int polled)
{
    int events = 0;
    events |= (polled & POLLIN) != 0 ? VIR_EVENT_HANDLE_READABLE : 0;
    events |= (polled & POLLOUT) != 0 ? VIR_EVENT_HANDLE_WRITABLE : 0;
    events |= (polled & (POLLERR | POLLNVAL)) != 0 ? VIR_EVENT_HANDLE_ERROR : 0;
    events |= (polled & POLLHUP) != 0 ? VIR_EVENT_HANDLE_HANGUP : 0;
    return events;
}

} // namespace

struct PollLoop::Waiting {
    std::vector<pollfd> files; ///< the first wakes
    std::vector<int> watches; ///< of the others, in their order
    int milliseconds = -1;
};

PollLoop::PollLoop() : m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { }

int PollLoop::addHandle(int fd, int events, virEventHandleCallback call, void* opaque, virFreeCallback free)
{
    const std::lock_guard lock(m_mutex);
    m_handles.emplace(++m_lastNumber, Handle{ fd, events, call, { free, opaque } });
    wake();
    return m_lastNumber;
}

void PollLoop::updateHandle(int watch, int events)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_handles.find(watch);
    if (found == m_handles.end())
        return;
    found->second.events = events;
    wake();
}

int PollLoop::removeHandle(int watch)
{
    const std::lock_guard lock(m_mutex);
    const auto node = m_handles.extract(watch);
    if (!node)
        return -1;
    m_left.push_back(node.mapped().left);
    wake();
    return 0;
}

int PollLoop::addTimeout(int milliseconds, virEventTimeoutCallback call, void* opaque, virFreeCallback free)
{
    const std::lock_guard lock(m_mutex);
    const auto due = Clock::now() + std::chrono::milliseconds(milliseconds);
    m_timers.emplace(++m_lastNumber, Timer{ milliseconds, due, call, { free, opaque } });
    wake();
    return m_lastNumber;
}

void PollLoop::updateTimeout(int timer, int milliseconds)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_timers.find(timer);
    if (found == m_timers.end())
        return;
    found->second.milliseconds = milliseconds;
    found->second.due = Clock::now() + std::chrono::milliseconds(milliseconds);
    wake();
}

int PollLoop::removeTimeout(int timer)
{
    const std::lock_guard lock(m_mutex);
    const auto node = m_timers.extract(timer);
    if (!node)
        return -1;
    m_left.push_back(node.mapped().left);
    wake();
    return 0;
}

void PollLoop::stop()
{
    const std::lock_guard lock(m_mutex);
    m_isStopping = true;
    wake();
}

void PollLoop::wake()
{
    const std::uint64_t one = 1;
    (void)!::write(m_wake.fd(), &one, sizeof one); // full: it wakes anyhow
}

void PollLoop::run()
{
    while (true) {
        Waiting waiting = whatToWaitFor();
        if (waiting.files.empty())
            return;
        if (::poll(waiting.files.data(), waiting.files.size(), waiting.milliseconds) < 0 && errno != EINTR)
            return; // no memory: nothing can be waited for any more
        std::uint64_t woken = 0;
        (void)!::read(m_wake.fd(), &woken, sizeof woken); // none: it was another
        callTimers();
        for (std::size_t i = 0; i < waiting.watches.size(); ++i) {
            if (waiting.files[i + 1].revents != 0)
                callHandle(waiting.watches[i], waiting.files[i + 1].revents);
        }
        freeLeft();
    }
}

/// No files when it is time to stop.
PollLoop::Waiting PollLoop::whatToWaitFor()
{
    const std::lock_guard lock(m_mutex);
    Waiting waiting;
    if (m_isStopping)
        return waiting;
    waiting.files.push_back({ m_wake.fd(), POLLIN, 0 });
    for (const auto& [watch, handle] : m_handles) {
        if (handle.events == 0)
            continue;
        waiting.files.push_back({ handle.fd, pollEventsOf(handle.events), 0 });
        waiting.watches.push_back(watch);
    }
    const auto now = Clock::now();
    for (const auto& [number, timer] : m_timers) {
        if (timer.milliseconds < 0)
            continue;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(timer.due - now).count();
        const int wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
        waiting.milliseconds = waiting.milliseconds < 0 ? wait : std::min(waiting.milliseconds, wait);
    }
    return waiting;
}

/// A callback may remove any of them.
void PollLoop::callTimers()
{
    std::unique_lock lock(m_mutex);
    std::vector<int> numbers;
    for (const auto& [number, timer] : m_timers)
        numbers.push_back(number);
    for (const int number : numbers) {
        const auto found = m_timers.find(number);
        const auto now = Clock::now();
        if (found == m_timers.end() || found->second.milliseconds < 0 || found->second.due > now)
            continue;
        found->second.due = now + std::chrono::milliseconds(found->second.milliseconds);
        const Timer timer = found->second;
        lock.unlock();
        timer.call(number, timer.left.opaque);
        lock.lock();
    }
}

void PollLoop::callHandle(int watch, int polled)
{
    std::unique_lock lock(m_mutex);
    const auto found = m_handles.find(watch);
    if (found == m_handles.end())
        return;
    const Handle handle = found->second;
    lock.unlock();
    const int always = VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP;
    const int events = libvirtEventsOf(polled) & (handle.events | always);
    if (events != 0)
        handle.call(watch, handle.fd, events, handle.left.opaque);
}

void PollLoop::freeLeft()
{
    std::vector<Left> left;
    {
        const std::lock_guard lock(m_mutex);
        left.swap(m_left);
    }
    for (const Left& each : left) {
        if (each.free != nullptr)
            each.free(each.opaque);
    }
}

} // namespace twinhull
