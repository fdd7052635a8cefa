// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/vms/link/libvirt_functions.h"

#include <chrono>
#include <map>
#include <mutex>
#include <vector>

namespace twinhull {

/// What libvirt waits for, by poll(2) on one thread of our own: an implementation for virEventRegisterImpl. Its default
/// one is GLib's main context, and that is run by Qt's event loop on the window's thread as well.
///
/// Everything but run() may be called on any thread, from callbacks, too. What a callback was given is freed on the
/// loop's thread, never inside of remove…(), as libvirt asks for.
class PollLoop {
public:
    PollLoop();

    /// `events` of virEventHandleType. The number of the watch, above 0.
    int addHandle(int fd, int events, virEventHandleCallback call, void* opaque, virFreeCallback free);
    void updateHandle(int watch, int events);
    int removeHandle(int watch); ///< -1 where there is none

    /// Again and again in so many milliseconds; below 0 it waits for an update.
    int addTimeout(int milliseconds, virEventTimeoutCallback call, void* opaque, virFreeCallback free);
    void updateTimeout(int timer, int milliseconds);
    int removeTimeout(int timer); ///< -1 where there is none

    /// Waits and calls until stop().
    void run();
    void stop();

private:
    using Clock = std::chrono::steady_clock;
    struct Left {
        virFreeCallback free;
        void* opaque;
    };
    struct Handle {
        int fd;
        int events;
        virEventHandleCallback call;
        Left left;
    };
    struct Timer {
        int milliseconds;
        Clock::time_point due;
        virEventTimeoutCallback call;
        Left left;
    };
    struct Waiting;

    Waiting whatToWaitFor();
    void callTimers();
    void callHandle(int watch, int polled);
    void freeLeft();
    void wake();

    UniqueFd m_wake;
    std::mutex m_mutex; ///< guards all below
    std::map<int, Handle> m_handles;
    std::map<int, Timer> m_timers;
    std::vector<Left> m_left; ///< of what was removed
    int m_lastNumber = 0;
    bool m_isStopping = false;
};

} // namespace twinhull
