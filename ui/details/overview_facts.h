// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "core/workload/workload_info.h"

#include <utility>
#include <vector>

namespace twinhull {

using Facts = std::vector<std::pair<QString, QString>>;

/// What it costs now; a figure that could not be read says why.
Facts costFacts(const WorkloadInfo& info, const MetricRings& rings);
/// Where it answers (as links), what it is made of, what limits it.
Facts placeFacts(const WorkloadInfo& info);
/// The start-up marks as milliseconds since the request.
Facts startupFacts(const WorkloadInfo& info);

} // namespace twinhull
