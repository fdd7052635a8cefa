// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/vms/guest/agent_line.h"
#include "core/workload/machine_guest.h"

namespace twinhull {

/// MachineGuest::copyOut() by an agent. Of a file whose size is told, no more than that is read; else, where the agent
/// does not allow programs or has no stat(1), 1 GiB at most.
Result<> copyOutByAgent(
    const AgentLine& line, const GuestFileCopy& copy, JobContext& context, GuestFileOutcome& outcome);

/// MachineGuest::copyIn() by an agent: under a name of its own in the target's folder, then by mv(1) inside. What fails
/// is removed by rm(1).
Result<> copyInByAgent(
    const AgentLine& line, const GuestFileCopy& copy, JobContext& context, GuestFileOutcome& outcome);

/// A file inside, by its stat(1).
struct AgentFileFacts {
    unsigned mode = 0; ///< as st_mode
    std::uint64_t bytes = 0;

    friend bool operator==(const AgentFileFacts&, const AgentFileFacts&) = default;
};

/// What `stat -L -c "%f %s"` wrote; nothing where it is anything else.
std::optional<AgentFileFacts> fileFactsIn(std::string_view text);

} // namespace twinhull
