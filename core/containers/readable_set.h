// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <QSocketNotifier>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace twinhull {

/// Tells when one of many descriptors can be read, or has ended. At each of its turns Qt's event loop asks the kernel
/// for every descriptor it watches: a thousand connections that say nothing would cost more than all else that a
/// resting window does. Of these it watches one (epoll(7)).
class ReadableSet : public std::enable_shared_from_this<ReadableSet> {
public:
    using Id = std::uint64_t;

    /// The one of this thread, which has an event loop; lives as long as somebody holds it.
    static std::shared_ptr<ReadableSet> ofThisThread();

    ReadableSet();
    ~ReadableSet();
    ReadableSet(const ReadableSet&) = delete;
    ReadableSet& operator=(const ReadableSet&) = delete;

    /// Calls as long as there is something to read; the call may add and remove. Fails where the kernel has no room.
    Result<Id> add(int fd, std::function<void()> call);
    /// Before the descriptor is closed. One that is not there is no error.
    void remove(Id id);

private:
    struct Watched {
        int fd;
        std::shared_ptr<const std::function<void()>> call;
    };

    void tellAll();

    UniqueFd m_epoll;
    std::unique_ptr<QSocketNotifier> m_notifier; ///< null where m_epoll could not be made
    std::map<Id, Watched> m_watched;
    Id m_latest = 0;
};

} // namespace twinhull
