// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_rings.h"
#include "core/workload/workload_info.h"
#include "ui/widgets/fact_grid.h"

#include <vector>

namespace twinhull {

using Facts = std::vector<Fact>;

/// What it costs now, each with its meaning and source; a figure that could not be read says what it needs.
Facts costFacts(const WorkloadInfo& info, const MetricRings& rings);
/// What those are made of and what it waited for, a line each; empty where it costs nothing.
Facts partFacts(const WorkloadInfo& info, const MetricRings& rings);
/// What its inside says, of a container its cgroup; never mixed with the others. Empty where it does not run.
Facts guestFacts(const WorkloadInfo& info, const MetricRings& rings);
/// Where it answers (as links), what it is made of, what limits it.
Facts placeFacts(const WorkloadInfo& info);
/// The start-up marks as milliseconds since the request.
Facts startupFacts(const WorkloadInfo& info);

} // namespace twinhull
