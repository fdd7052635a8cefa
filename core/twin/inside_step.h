// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/command_runner.h"
#include "core/workload/workload_provider.h"

#include <QStringList>

#include <optional>

namespace twinhull {

/// A command inside that is a step of a run.
struct InsideStep {
    QString title; ///< of the job
    QStringList command;
    bool isOurProgram = false; ///< the first word is one of our programs, which is brought along
};

/// Succeeds when the command has ended, whatever its status; `outcome` is filled by then. Refused where the provider
/// runs no commands, and where our program is missing. `provider` must outlive the job.
std::unique_ptr<Job> makeInsideStep(WorkloadProvider& provider, const WorkloadInfo& info, const InsideStep& step,
    std::shared_ptr<CommandOutcome> outcome);

/// As makeInsideStep(), and fails when the command did.
std::unique_ptr<Job> makeCheckedInsideStep(
    WorkloadProvider& provider, const WorkloadInfo& info, const InsideStep& step);

/// Fails with NotFound when the program is not in the workload's search path.
std::unique_ptr<Job> makeProgramCheck(WorkloadProvider& provider, const WorkloadInfo& info, const QString& program);

/// Succeeds once somebody listens on that TCP port inside; Timeout after half a minute in which nobody did.
std::unique_ptr<Job> makePortWait(WorkloadProvider& provider, const WorkloadInfo& info, std::uint16_t port);

/// Why a command that ended with that outcome has not done its work: its status and the last line it wrote to its error
/// output, else to its output (sysbench), without what a terminal would take for orders. Nothing for status 0.
std::optional<Error> insideFailure(const QString& commandText, const QString& workload, const CommandOutcome& outcome);

} // namespace twinhull
