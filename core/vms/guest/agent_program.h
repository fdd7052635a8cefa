// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/thread_job.h"
#include "core/vms/guest/agent_line.h"
#include "core/workload/machine_guest.h"

namespace twinhull {

enum class AgentOutput { AsItIs, Bounded };

/// Runs it and asks how it stands until it has ended. Cancelled; Timeout after its limit: it was asked to end by then
/// (SIGTERM, and SIGKILL three seconds after the limit), where the guest has kill(1).
Result<AgentProgramStatus> runToEnd(
    const AgentLine& line, const GuestProgram& program, JobContext& context, AgentOutput output = AgentOutput::AsItIs);

/// What is kept of each stream where the guest has a POSIX shell, so that the answer stays below what libvirt carries.
constexpr std::size_t kAgentOutputLimitBytes = std::size_t(2) << 20U;
constexpr std::size_t kAgentErrorLimitBytes = std::size_t(768) << 10U;

/// As it is given, but through the guest's sh, which becomes the program itself: two programs beside it keep the
/// beginning of what it says and read the rest away. Where sh or what that needs is missing inside, it runs as it is.
std::vector<std::string> boundedProgram(const std::vector<std::string>& arguments);

/// MachineGuest::run() by an agent.
Result<> runByAgent(
    const AgentLine& line, const GuestProgram& program, JobContext& context, GuestProgramOutcome& outcome);

} // namespace twinhull
