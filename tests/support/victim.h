// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace twinhull::test {

/// What a victim tells of itself when it is asked.
struct VictimReport {
    std::uint64_t cpuNanoseconds = 0; ///< getrusage: itself, its ended threads, the children that it waited for
    std::uint64_t diskWrittenBytes = 0; ///< its own /proc/self/io
    pid_t child = -1; ///< as the act set it
};

/// A forked child of the test that does one step of its act when told and then sleeps. Killed and reaped at the end.
class Victim {
public:
    /// Runs in the child. `step` counts from 0.
    using Act = std::function<void(int step, VictimReport& report)>;

    explicit Victim(const Act& act);
    ~Victim();
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    VictimReport doStep(); ///< waits for its end; the process sleeps afterwards
    void end(); ///< killed and reaped
    pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = -1;
    UniqueFd m_orders;
    UniqueFd m_answers;
};

/// Spins until the calling thread has used that much CPU time.
void burnCpu(std::uint64_t nanoseconds);

/// Forks a child that runs `work` and exits; waits for it.
void runInChild(const std::function<void()>& work);

/// Maps and touches memory that stays; MAP_PRIVATE or MAP_SHARED.
void takeMemory(std::size_t bytes, int sharing);

} // namespace twinhull::test
