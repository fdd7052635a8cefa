// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/wait_probe.h"

#include "core/base/clock.h"

#include <utility>

namespace twinhull {

WaitProbe::WaitProbe(FrameLog& log, QObject* parent)
    : QObject(parent), m_log(log), m_cpuBefore(threadCpuNanoseconds()), m_thread([this] { run(); })
{
}

WaitProbe::~WaitProbe()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_stopped.notify_all();
    m_thread.join();
}

void WaitProbe::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopped.wait_for(lock, kBetween, [this] { return m_isStopping; })) {
        if (m_isAsked.exchange(true))
            continue;
        QMetaObject::invokeMethod(
            this, [this, asked = monotonicNanoseconds()] { answer(asked); }, Qt::QueuedConnection);
    }
}

void WaitProbe::answer(std::int64_t asked)
{
    const std::int64_t cpu = threadCpuNanoseconds();
    m_log.addWait({ asked, monotonicNanoseconds() - asked, cpu - std::exchange(m_cpuBefore, cpu) });
    m_isAsked = false;
}

} // namespace twinhull
