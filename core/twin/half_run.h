// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/twin/comparison.h"
#include "core/twin/half_plan.h"
#include "core/workload/workload_provider.h"

#include <memory>
#include <optional>

namespace twinhull {

/// What one run of one half brought; filled while its job runs.
struct HalfRunOutcome {
    RunFigures figures;
    QString engine; ///< "hull", "kvm" or "tcg"
    bool isComplete = false; ///< all figures were asked for; those that could not be read have their reason
};

/// How both halves are kept busy: the image's own work, or rest for a stated time.
struct ComparedWork {
    std::optional<HttpWorkload> http;

    QString sentence() const; ///< for Comparison::work
};

/// Makes one half, starts it, lets it work, reads what it cost the host, and removes it; when cancelled or failed too.
/// `provider` must outlive the job.
std::unique_ptr<Job> makeHalfRun(
    WorkloadProvider& provider, const WorkloadPlan& plan, ComparedWork work, std::shared_ptr<HalfRunOutcome> outcome);

} // namespace twinhull
