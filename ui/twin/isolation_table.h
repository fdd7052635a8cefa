// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/isolation_report.h"
#include "ui/twin/figure_table.h"

#include <map>

namespace twinhull {

/// What keeps each workload apart, in a few words; both sides' views in the tool tips. One column a workload; one that
/// is not in `known` is being read.
FigureTable isolationTable(
    std::span<const ComparedWorkload> workloads, const std::map<WorkloadId, IsolationViews>& known);

} // namespace twinhull
