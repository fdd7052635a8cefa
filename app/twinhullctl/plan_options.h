// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/command_tail.h"
#include "app/twinhullctl/plan_arguments.h"

namespace twinhull {

/// What create and run are told.
struct CreateOptions {
    PlanArguments arguments;
    bool isVm = false;
    bool isContainer = false; ///< said aloud; the default
    std::string from; ///< the container whose settings are taken over; empty: none
    std::string pull = "missing"; ///< when the image comes from a registry: missing, always or never
};

/// "--machine"; `machine` must outlive the parsing.
void addMachineOption(CLI::App& verb, std::string& machine);

/// The verb with all that makes a plan; `options` must outlive the parsing. What core/workload/plan_command.h writes is
/// read back by this.
CLI::App* addPlanVerb(CLI::App& app, const std::string& name, const std::string& description, CreateOptions& options);

/// For the verb's callback: the command, and what follows from the flags. Throws CLI::ValidationError.
void finishPlan(const CLI::App& verb, const CommandTail& tail, CreateOptions& options);

} // namespace twinhull
