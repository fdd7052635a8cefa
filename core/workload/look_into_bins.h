// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_bin.h"
#include "core/workload/workload_registry.h"

#include <functional>

namespace twinhull {

/// Looks into the bins of all kinds and then tells what can be brought back, unless `owner` has gone by then. Its jobs
/// are in no list, because they change nothing. GUI thread.
void lookIntoBins(const WorkloadRegistry& workloads, QObject& owner,
    const std::function<void(const std::vector<BinnedWorkload>&)>& then);

} // namespace twinhull
