// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/machine_power.h"
#include "core/workload/workload_provider.h"

namespace twinhull {

/// Stops what runs, politely, and starts it; what is stopped is only started. `provider` must outlive the job.
std::unique_ptr<Job> restartJob(WorkloadProvider& provider, const WorkloadInfo& info, StopMode mode);

/// Starts a machine from the installer that is kept for it (MachinePower::hasInstaller()). Both must outlive the job.
std::unique_ptr<Job> installAgainJob(WorkloadProvider& provider, MachinePower& power, const WorkloadInfo& info);

} // namespace twinhull
