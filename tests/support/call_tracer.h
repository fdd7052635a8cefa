// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace twinhull::test {

/// Before a system call of one of the processes: it stands still until this returns. `isFirst`: of the program itself,
/// not of what it made.
struct CallAtEntry {
    pid_t pid = -1;
    long number = -1; ///< SYS_…
    bool isFirst = false;
};

/// Runs a program and all that it starts, stopped by ptrace(2) before each system call. Its exit status, 128 + N for a
/// signal, or -1 when it could not be run. What is left of it when the test ends is killed.
int traceCalls(const std::vector<std::string>& words, const std::function<void(const CallAtEntry& call)>& onEntry);

} // namespace twinhull::test
