// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/vms/agent_line.h"
#include "core/workload/machine_guest.h"

namespace twinhull {

/// Runs it and asks how it stands until it has ended. Cancelled; Timeout after its limit: it was asked to end by then
/// (SIGTERM, and SIGKILL three seconds after the limit), where the guest has kill(1).
Result<AgentProgramStatus> runToEnd(const AgentLine& line, const GuestProgram& program, JobContext& context);

/// MachineGuest::run() by an agent.
Result<> runByAgent(
    const AgentLine& line, const GuestProgram& program, JobContext& context, GuestProgramOutcome& outcome);

} // namespace twinhull
