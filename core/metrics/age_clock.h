// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

namespace twinhull {

/// CLOCK_BOOTTIME in nanoseconds: the clock of rings, charts, history and events. It goes on while the computer sleeps,
/// which CLOCK_MONOTONIC does not (clock_gettime(2)), so an age is true and a sleep is a gap; and who sets the wall
/// clock does not move it. Rates are of CLOCK_MONOTONIC: no counter goes on in a sleep.
inline std::int64_t ageClockNanoseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{ now.tv_sec } * 1'000'000'000 + now.tv_nsec;
}

/// What it is ahead of CLOCK_MONOTONIC: how long the computer slept since its boot. To the millisecond, because the two
/// cannot be read at once.
inline std::int64_t sleptNanoseconds()
{
    constexpr std::int64_t kMillisecond = 1'000'000;
    return (ageClockNanoseconds() - monotonicNanoseconds() + kMillisecond / 2) / kMillisecond * kMillisecond;
}

} // namespace twinhull
