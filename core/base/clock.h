// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <ctime>

namespace twinhull {

/// CLOCK_MONOTONIC in nanoseconds: the one clock that every start-up mark and sample of the host side is taken on,
/// comparable between processes.
inline std::int64_t monotonicNanoseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{ now.tv_sec } * 1'000'000'000 + now.tv_nsec;
}

/// CLOCK_REALTIME in nanoseconds since the epoch: for files whose format wants them.
inline std::int64_t wallClockNanoseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{ now.tv_sec } * 1'000'000'000 + now.tv_nsec;
}

/// CLOCK_REALTIME in milliseconds since the epoch: for what a person reads.
inline std::int64_t wallClockMilliseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{ now.tv_sec } * 1000 + now.tv_nsec / 1'000'000;
}

/// CPU time that the calling thread has used.
inline std::int64_t threadCpuNanoseconds()
{
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::int64_t{ used.tv_sec } * 1'000'000'000 + used.tv_nsec;
}

} // namespace twinhull
