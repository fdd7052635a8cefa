// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/plan_arguments.h"

#include <CLI/CLI.hpp>

namespace twinhull {

/// What create and run are told.
struct CreateOptions {
    PlanArguments arguments;
    bool isVm = false;
    bool isContainer = false; ///< said aloud; the default
};

/// The verb with all that makes a plan; `options` must outlive the parsing. What core/workload/plan_command.h writes is
/// read back by this.
CLI::App* addPlanVerb(CLI::App& app, const std::string& name, const std::string& description, CreateOptions& options);

/// For the verb's callback: the words after IMAGE, and what follows from the flags. Throws CLI::ValidationError.
void finishPlan(const CLI::App& verb, CreateOptions& options);

/// What stands after IMAGE is the command with its own options. An option of ours that does not exist ends up there as
/// well, so it must not begin with a dash. Throws CLI::ValidationError.
std::vector<std::string> commandAfter(const CLI::App& verb);

} // namespace twinhull
