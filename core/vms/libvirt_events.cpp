// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/libvirt_events.h"

#include "core/vms/libvirt_functions.h"

#include <atomic>
#include <csignal>
#include <thread>

namespace twinhull {

namespace {

void beSilent(void*, virErrorPtr) { }

class EventLoop {
public:
    EventLoop()
    {
        virInitialize();
        virSetErrorFunc(nullptr, beSilent);
        virEventRegisterDefaultImpl();
        m_wakeUp = virEventAddTimeout(
            -1, [](int, void*) {}, nullptr, nullptr);
        m_thread = std::thread([this] {
            sigset_t broken; // libvirt writes to connections that are gone
            ::sigemptyset(&broken);
            ::sigaddset(&broken, SIGPIPE);
            ::pthread_sigmask(SIG_BLOCK, &broken, nullptr);
            while (!m_isStopping) {
                if (virEventRunDefaultImpl() < 0)
                    return; // poll itself failed: nothing can be waited for any more
            }
        });
    }

    ~EventLoop()
    {
        m_isStopping = true;
        virEventUpdateTimeout(m_wakeUp, 0);
        m_thread.join();
    }

    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

private:
    std::atomic<bool> m_isStopping = false;
    int m_wakeUp = -1;
    std::thread m_thread;
};

} // namespace

void ensureLibvirtEvents()
{
    static EventLoop loop;
}

} // namespace twinhull
