// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_id.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What is run inside a workload.
struct InsideCommand {
    std::vector<std::string> arguments; ///< begin with the program, which is looked up in the workload's PATH
    /// A static program of this computer that is run in place of the first argument: no file of the workload's.
    std::string programPath = {};
    std::string user = {}; ///< "UID:GID", which begins in "/"; empty: the workload's, in its working folder
    bool onlyReads = false; ///< it changes no file
    std::chrono::milliseconds patience = std::chrono::hours(24); ///< with others in the files of one that is stopped
};

/// The streams of a command that is run by hand.
struct InsideStreams {
    using Sink = std::function<Result<>(std::string_view)>;

    int input = -1; ///< a descriptor that stays open; -1: none, the command finds end of file at once
    Sink output; ///< an error ends the command and becomes the result
    Sink errorOutput;
    std::function<bool()> isCancelled; ///< asked a few times a second
};

/// Runs the command to its end on the thread that calls it, which must be one that may block; returns its exit status.
using InsideRun = std::function<Result<int>(const InsideStreams&)>;

/// What a command inside a workload did.
struct CommandOutcome {
    int exitStatus = 0; ///< 0..255; 128 and the signal's number when one ended it
    std::string output; ///< each cut at kCommandOutputLimitBytes
    std::string errorOutput;
    std::chrono::nanoseconds duration{}; ///< from the request to the end, as the host sees it
};
constexpr std::size_t kCommandOutputLimitBytes = std::size_t(4) << 20U;

/// A provider in whose running workloads commands can be run, beside the entrypoint and as its user.
class CommandRunner {
public:
    virtual ~CommandRunner() = default;

    /// The job succeeds when the command has ended, whatever its status; cancelling it ends the command. `outcome` is
    /// filled by then.
    virtual std::unique_ptr<Job> runInside(
        const WorkloadId& id, InsideCommand command, std::shared_ptr<CommandOutcome> outcome)
        = 0;

    /// The same for whoever carries the command's streams. What is returned holds values only and may be called once,
    /// on any thread, also after the provider's end.
    virtual Result<InsideRun> prepareInside(const WorkloadId& id, InsideCommand command) = 0;

    /// Whether prepareInside() runs a program of ours (`programPath`) as root in the files of one that is stopped, too:
    /// without its memory file systems and processes. It is not started until the program has ended.
    virtual bool hasFilesAtRest(const WorkloadId& id) const
    {
        (void)id;
        return false;
    }
};

} // namespace twinhull
