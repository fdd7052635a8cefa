// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/libvirt_events.h"

#include "core/vms/link/libvirt_functions.h"
#include "core/vms/link/poll_loop.h"

#include <csignal>
#include <thread>

namespace twinhull {

namespace {

void beSilent(void*, virErrorPtr) { }

/// libvirt's functions have no place for whose loop it is. It stays where it is when the program ends: libvirt may let
/// go of something after that.
PollLoop& theLoop()
{
    static auto* const loop = new PollLoop;
    return *loop;
}

class EventThread {
public:
    EventThread()
    {
        virInitialize();
        virSetErrorFunc(nullptr, beSilent);
        virEventRegisterImpl([](int fd, int events, virEventHandleCallback call, void* opaque,
                                 virFreeCallback free) { return theLoop().addHandle(fd, events, call, opaque, free); },
            [](int watch, int events) { theLoop().updateHandle(watch, events); },
            [](int watch) { return theLoop().removeHandle(watch); },
            [](int milliseconds, virEventTimeoutCallback call, void* opaque, virFreeCallback free) {
                return theLoop().addTimeout(milliseconds, call, opaque, free);
            },
            [](int timer, int milliseconds) { theLoop().updateTimeout(timer, milliseconds); },
            [](int timer) { return theLoop().removeTimeout(timer); });
        m_thread = std::thread([] {
            sigset_t broken; // libvirt writes to connections that are gone
            ::sigemptyset(&broken);
            ::sigaddset(&broken, SIGPIPE);
            ::pthread_sigmask(SIG_BLOCK, &broken, nullptr);
            theLoop().run();
        });
    }

    ~EventThread()
    {
        theLoop().stop();
        m_thread.join();
    }

    EventThread(const EventThread&) = delete;
    EventThread& operator=(const EventThread&) = delete;

private:
    std::thread m_thread;
};

} // namespace

void ensureLibvirtEvents()
{
    static EventThread thread;
}

} // namespace twinhull
