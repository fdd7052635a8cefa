// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/load_clock.h"

#include "core/base/clock.h"

#include <ctime>
#include <sys/resource.h>

namespace twinhull {

namespace {

constexpr double kNanosecondsInSecond = 1e9;

std::int64_t nanosecondsOf(const timeval& time)
{
    return std::int64_t{ time.tv_sec } * 1'000'000'000 + std::int64_t{ time.tv_usec } * 1000;
}

/// Of this process and of its children that were waited for.
std::int64_t cpuNanoseconds()
{
    std::int64_t sum = 0;
    for (const int who : { RUSAGE_SELF, RUSAGE_CHILDREN }) {
        rusage usage{};
        (void)::getrusage(who, &usage); // cannot fail with these arguments
        sum += nanosecondsOf(usage.ru_utime) + nanosecondsOf(usage.ru_stime);
    }
    return sum;
}

} // namespace

LoadClock::LoadClock() : m_wall(monotonicNanoseconds()), m_cpu(cpuNanoseconds()) { }

double LoadClock::seconds() const
{
    return static_cast<double>(monotonicNanoseconds() - m_wall) / kNanosecondsInSecond;
}

double LoadClock::cpuSeconds() const
{
    return static_cast<double>(cpuNanoseconds() - m_cpu) / kNanosecondsInSecond;
}

void LoadClock::rest(std::chrono::nanoseconds time)
{
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec length{ whole.count(), (time - whole).count() };
    (void)::nanosleep(&length, nullptr); // cut short, the load looks at the clock and asks again
}

LoadReport LoadClock::report(std::uint64_t amount) const
{
    LoadReport report;
    report.amount = amount;
    report.wallNanoseconds = monotonicNanoseconds() - m_wall;
    report.lifeCpuNanoseconds = cpuNanoseconds();
    report.cpuNanoseconds = report.lifeCpuNanoseconds - m_cpu;
    return report;
}

LoadReport LoadClock::reportRate(std::uint64_t amount, double divisor) const
{
    LoadReport made = report(amount);
    made.value
        = static_cast<double>(amount) / divisor * kNanosecondsInSecond / static_cast<double>(made.wallNanoseconds);
    return made;
}

LoadReport LoadClock::reportCost(std::uint64_t amount, double unitSeconds) const
{
    LoadReport made = report(amount);
    made.value
        = static_cast<double>(made.wallNanoseconds) / kNanosecondsInSecond / unitSeconds / static_cast<double>(amount);
    return made;
}

} // namespace twinhull
