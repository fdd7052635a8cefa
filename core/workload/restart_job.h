// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_provider.h"

namespace twinhull {

/// Stops what runs, politely, and starts it; what is stopped is only started. `provider` must outlive the job.
std::unique_ptr<Job> restartJob(WorkloadProvider& provider, const WorkloadInfo& info, StopMode mode);

} // namespace twinhull
