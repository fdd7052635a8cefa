// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// A program as data: no shell, no PATH tricks beyond execvp's.
struct Command {
    std::vector<std::string> arguments; ///< arguments[0] is the program
    std::vector<std::string> extraEnvironment; ///< KEY=VALUE, added to ours
    std::string workingFolder; ///< empty: ours
    std::vector<unsigned> cpus = {}; ///< the processors that it and all it starts may use; empty: those that we may
};

struct CommandOutput {
    int exitStatus = 0; ///< 0..255; 128 + N when signal N ended it
    std::string standardOutput;
    std::string standardError;
};

/// A started child. Not waited for: the owner of `pidfd` decides (poll it, then waitid).
struct Child {
    pid_t pid = -1;
    UniqueFd pidfd;
};

/// Where the child's descriptors 0, 1 and 2 come from; -1 means /dev/null.
struct ChildStdio {
    int input = -1;
    int output = -1;
    int error = -1;
    int extra = -1; ///< becomes descriptor 3 where it is not -1
    int second = -1; ///< becomes descriptor 4 where it is not -1
    int third = -1; ///< becomes descriptor 5 where it is not -1
};

/// Starts the program; all other descriptors are closed in the child, its signal mask is empty. A failed exec is
/// reported here, by name. Callable from any thread.
Result<Child> spawn(const Command& command, const ChildStdio& stdio);

/// What runCommand() needs to know beside the command.
struct CommandRun {
    std::chrono::milliseconds deadline;
    std::function<bool()> isCancelled = {}; ///< asked a few times a second
    int extra = -1; ///< as ChildStdio::extra
    int input = -1; ///< as ChildStdio::input
    /// Where set, its output goes there and not into CommandOutput; an error ends the child and becomes the result.
    std::function<Result<>(std::string_view)> output = {};
    std::function<Result<>(std::string_view)> errorOutput = {};
    std::chrono::milliseconds grace{ 0 }; ///< how long it has after SIGTERM to end what it started; 0: killed at once
    int second = -1; ///< as ChildStdio::second
    int third = -1; ///< as ChildStdio::third
};

/// Runs to the end and collects both outputs (each cut at 4 MiB). Past the deadline, or when it is cancelled, the child
/// is ended and the error is Timeout or Cancelled. Blocks: not for a GUI thread.
Result<CommandOutput> runCommand(const Command& command, const CommandRun& run);
inline Result<CommandOutput> runCommand(const Command& command, std::chrono::milliseconds deadline)
{
    return runCommand(command, CommandRun{ deadline });
}

/// runCommand that fails when the exit status is not 0; the error carries the last line of standard error.
Result<std::string> runChecked(const Command& command, const CommandRun& run);
inline Result<std::string> runChecked(const Command& command, std::chrono::milliseconds deadline)
{
    return runChecked(command, CommandRun{ deadline });
}

/// Absolute path of an executable found in $PATH and the usual system folders; empty when it is nowhere.
std::string findExecutable(const std::string& name);

} // namespace twinhull
