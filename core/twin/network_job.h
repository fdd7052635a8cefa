// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/network_work.h"
#include "core/workload/workload_provider.h"

#include <memory>

namespace twinhull {

/// Runs our server inside and measures against it from here through the port that the workload publishes.
/// `provider` must outlive the job; `figures` are filled when it succeeds.
std::unique_ptr<Job> makeNetworkJob(WorkloadProvider& provider, const WorkloadInfo& info, const NetworkWork& work,
    std::uint16_t hostPort, std::shared_ptr<NetworkFigures> figures);

/// As measureHttpRate(), until the workload ends.
std::unique_ptr<Job> makeHttpRateJob(WorkloadProvider& provider, const WorkloadInfo& info, std::uint16_t hostPort,
    const QString& path, std::shared_ptr<NetworkFigures> figures);

} // namespace twinhull
