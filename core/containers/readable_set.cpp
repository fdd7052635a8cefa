// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/readable_set.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace twinhull {

std::shared_ptr<ReadableSet> ReadableSet::ofThisThread()
{
    thread_local std::weak_ptr<ReadableSet> current;
    auto set = current.lock();
    if (!set) {
        set = std::make_shared<ReadableSet>();
        current = set;
    }
    return set;
}

ReadableSet::ReadableSet() : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
{
    if (!m_epoll)
        return;
    m_notifier = std::make_unique<QSocketNotifier>(m_epoll.fd(), QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this] { tellAll(); });
}

/// The last call may have let go of it: the notifier is not done with that then.
ReadableSet::~ReadableSet()
{
    if (!m_notifier)
        return;
    m_notifier->setEnabled(false);
    m_notifier.release()->deleteLater();
}

Result<ReadableSet::Id> ReadableSet::add(int fd, std::function<void()> call)
{
    const Id id = m_latest + 1;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP;
    event.data.u64 = id;
    if (::epoll_ctl(m_epoll.fd(), EPOLL_CTL_ADD, fd, &event) != 0)
        return Error::fromErrno(errno, "watch a connection");
    m_watched.emplace(id, Watched{ fd, std::make_shared<const std::function<void()>>(std::move(call)) });
    return m_latest = id;
}

void ReadableSet::remove(Id id)
{
    const auto found = m_watched.find(id);
    if (found == m_watched.end())
        return;
    (void)::epoll_ctl(m_epoll.fd(), EPOLL_CTL_DEL, found->second.fd, nullptr); // what is closed has left by itself
    m_watched.erase(found);
}

/// What does not fit into one answer comes with the next turn of the event loop.
void ReadableSet::tellAll()
{
    const auto alive = shared_from_this();
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(m_epoll.fd(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const Id id = events.at(static_cast<std::size_t>(i)).data.u64; // packed: not to be bound to
        const auto found = m_watched.find(id);
        if (found == m_watched.end()) // an earlier call removed it
            continue;
        const auto call = found->second.call; // it may remove itself
        (*call)();
    }
}

} // namespace twinhull
