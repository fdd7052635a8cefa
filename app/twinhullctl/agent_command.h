// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/program.h"

namespace twinhull {

struct AgentCommand {
    std::vector<std::string> arguments;
    bool takesInput = false; ///< all of standard input, which is read to its end first
    std::chrono::milliseconds limit{}; ///< 0: none
};

/// Runs it in a machine made by others, by its qemu-guest-agent; the program then ends as GuestCommandRun does.
void execByAgent(Program& program, const WorkloadInfo& machine, const AgentCommand& command);

enum class AgentCopy { Out, In };
/// Copies a file out of such a machine or into it.
void copyByAgent(Program& program, const WorkloadInfo& machine, AgentCopy direction, const GuestFileCopy& copy);

/// It was made by others: no agent of ours is inside.
bool isForeignMachine(const Program& program, const WorkloadInfo& info);

} // namespace twinhull
