// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/twin/compared_work.h"
#include "core/twin/comparison.h"
#include "core/workload/workload_provider.h"

#include <memory>
#include <optional>

namespace twinhull {

/// What one run of one half brought; filled while its job runs.
struct HalfRunOutcome {
    RunFigures figures;
    QString engine; ///< "hull", "kvm" or "tcg"
    QString machine; ///< of a VM, as WorkloadInfo::machine; may be empty
    std::vector<MachineFact> engineFacts; ///< of a VM
    std::optional<QString> networkPath; ///< of a work over the network: networkPathOf(), which may not know
    bool isComplete = false; ///< all figures were asked for; those that could not be read have their reason
};

/// Whether a running VM is asked which programs run it: two processes, after all figures were read.
enum class EngineFacts { Leave, Read };

/// Makes one half, starts it, lets it work, reads what it cost the host, and removes it; when cancelled or failed too.
/// `provider` must outlive the job.
std::unique_ptr<Job> makeHalfRun(WorkloadProvider& provider, const WorkloadPlan& plan, ComparedWork work,
    EngineFacts engineFacts, std::shared_ptr<HalfRunOutcome> outcome);

} // namespace twinhull
