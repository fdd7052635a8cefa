// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_id.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace twinhull {

/// What is run inside a workload.
struct InsideCommand {
    std::vector<std::string> arguments; ///< begin with the program, which is looked up in the workload's PATH
    /// A static program of this computer that is run in place of the first argument: no file of the workload's.
    std::string programPath = {};
};

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
};

} // namespace twinhull
