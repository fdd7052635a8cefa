// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_input.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace twinhull {

ScreenInputs::ScreenInputs() : m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { }

void ScreenInputs::add(ScreenInput input)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto* pointer = std::get_if<ScreenPointer>(&input);
        auto* latest = m_waiting.empty() ? nullptr : std::get_if<ScreenPointer>(&m_waiting.back());
        constexpr std::size_t kMovements = 64; // relative ones add up, so they are dropped only where nothing is taken
        if (m_waiting.size() > kMovements && pointer != nullptr && latest != nullptr
            && latest->buttons == pointer->buttons)
            *latest = *pointer;
        else if (m_waiting.size() < kMostWaiting)
            m_waiting.push_back(std::move(input));
    }
    wake();
}

std::deque<ScreenInput> ScreenInputs::take()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_waiting, {});
}

void ScreenInputs::setWatched(bool isWatched)
{
    if (m_isWatched.exchange(isWatched) != isWatched)
        wake();
}

void ScreenInputs::stop()
{
    m_isStopping = true;
    wake();
}

void ScreenInputs::wake() const
{
    const std::uint64_t one = 1;
    (void)!::write(m_wake.fd(), &one, sizeof one); // full: it is awake
}

void ScreenInputs::clearWake() const
{
    std::uint64_t count = 0;
    (void)!::read(m_wake.fd(), &count, sizeof count);
}

} // namespace twinhull
