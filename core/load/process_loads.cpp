// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/load/process_loads.h"

#include "core/load/load_clock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace twinhull {

namespace {

[[noreturn]] void becomeNothing()
{
    const std::array<const char*, 3> words{ "twinhull-load", kEndAtOnce, nullptr };
    char* const none[] = { nullptr };
    ::execve("/proc/self/exe", const_cast<char* const*>(words.data()), none); // does not write to them
    ::_exit(127);
}

} // namespace

Result<LoadReport> forkAndExecute(const LoadOptions& options)
{
    const LoadClock clock;
    for (std::uint64_t child = 0; child < options.amount; ++child) {
        const pid_t pid = ::fork();
        if (pid < 0)
            return Error::fromErrno(errno, "fork");
        if (pid == 0)
            becomeNothing();
        int status = 0;
        if (::waitpid(pid, &status, 0) != pid)
            return Error::fromErrno(errno, "wait for a child");
        if (status != 0)
            return Error{ ErrorCode::Unknown, "a child could not execute /proc/self/exe", 0, "Mount /proc" };
    }
    return clock.reportCost(options.amount, 1e-6);
}

} // namespace twinhull
