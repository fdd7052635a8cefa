// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/cpu_loads.h"

#include "core/load/load_clock.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace twinhull {

namespace {

/// xorshift64: each round waits for the one before it, so it is the core's speed and not its width that counts.
std::uint64_t xorshift(std::uint64_t state, std::uint64_t rounds)
{
    for (std::uint64_t round = 0; round < rounds; ++round) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
    }
    return state;
}

/// Keeps the compiler from leaving out what nobody asks for.
void use(std::uint64_t value)
{
    asm volatile("" : : "r"(value) : "memory");
}

} // namespace

Result<LoadReport> spin(const LoadOptions& options)
{
    const LoadClock clock;
    use(xorshift(88172645463325252ULL, options.amount));
    return clock.reportRate(options.amount, 1e6);
}

Result<LoadReport> burn(const LoadOptions& options)
{
    constexpr std::uint64_t kRoundsAtOnce = 20'000; // some tens of microseconds
    constexpr std::chrono::milliseconds kRest{ 10 };
    if (options.amount > 1000)
        return Error{ ErrorCode::InvalidArgument, "more than 1000 thousandths of a core", 0, "It has one thread" };
    const double share = static_cast<double>(options.amount) / 1000;
    std::uint64_t state = 1;
    const LoadClock clock;
    while (clock.seconds() < options.seconds) {
        // where it gets less than its share, it never has what it may have
        while (clock.seconds() < options.seconds && clock.cpuSeconds() < clock.seconds() * share)
            use(state = xorshift(state, kRoundsAtOnce));
        LoadClock::rest(kRest);
    }
    return clock.report(options.amount);
}

Result<LoadReport> callKernel(const LoadOptions& options)
{
    const LoadClock clock;
    for (std::uint64_t call = 0; call < options.amount; ++call)
        (void)::syscall(SYS_getppid); // not the C library's, which may remember
    return clock.reportCost(options.amount, 1e-9);
}

} // namespace twinhull
