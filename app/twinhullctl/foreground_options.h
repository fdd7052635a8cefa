// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/twinhullctl/command_tail.h"
#include "core/base/result.h"
#include "core/workload/workload_plan.h"

namespace twinhull {

/// Whether run returns once the workload runs, or stays with it; podman's words.
struct ForegroundOptions {
    bool isDetached = false; ///< said aloud; the default
    bool isAttached = false;
    bool isInteractive = false;

    /// It ends as the workload ends.
    bool stays() const { return isAttached || (isInteractive && !isDetached); }
    bool passesInput() const { return isInteractive && !isDetached; } ///< to a terminal, where the plan has one
};

void addForegroundOptions(CLI::App& verb, ForegroundOptions& options);
/// For create, which never stays: a command line that was typed for run.
void addInteractiveOption(CLI::App& verb, ForegroundOptions& options);

/// What cannot be done with this plan, with the next step.
Result<> checkForeground(const ForegroundOptions& options, const WorkloadPlan& plan, WorkloadKind kind);

} // namespace twinhull
