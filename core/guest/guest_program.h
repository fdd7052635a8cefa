// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/guest_setup.h"

#include <sys/types.h>

namespace twinhull {

/// Absolute path of the program: as it is when it has a slash, else the first executable in `pathVariable`.
Result<std::string> findProgram(const std::string& program, const std::string& pathVariable);

/// `over` replaces variables of the same name in `environment`; both are KEY=VALUE.
std::vector<std::string> mergedEnvironment(std::vector<std::string> environment, const std::vector<std::string>& over);

/// What a program is given as its three streams; -1: /dev/null.
struct ProgramStreams {
    int input = -1;
    int output = -1;
    int errorOutput = -1;
    bool isTerminal = false; ///< input is a terminal, which becomes the session's own
    int program = -1; ///< executed in place of the setup's first argument (execveat(2), AT_EMPTY_PATH)
};

/// Starts the program of the setup in a session of its own and in the entrypoint's cgroup. Returns once its exec went
/// through; the caller reaps it.
Result<pid_t> startProgram(const GuestSetup& setup, const ProgramStreams& streams);

} // namespace twinhull
