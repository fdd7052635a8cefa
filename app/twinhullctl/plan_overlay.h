// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/plan_options.h"

namespace twinhull {

/// The command line that makes `plan`, with what was typed on `verb` (of addPlanVerb, parsed into `typed`) laid over
/// it: an option that was typed takes the place of the plan's, variables and labels that were typed are added and win,
/// and an image that was typed brings its own command. InvalidArgument as from reading a command line.
Result<PlanArguments> laidOver(const WorkloadPlan& plan, const CLI::App& verb, const PlanArguments& typed);

} // namespace twinhull
