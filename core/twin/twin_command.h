// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/capacity_run.h"
#include "core/twin/comparison_plan.h"

namespace twinhull {

/// The command line of twinhullctl that makes both halves and starts them, word by word.
QStringList twinCommand(const TwinPlan& plan);

/// That makes this comparison run.
QStringList compareCommand(const ComparisonPlan& plan);

/// That measures this capacity: `kind` is nothing for both kinds, one after the other.
QStringList capacityCommand(const CapacityPlan& plan, std::optional<WorkloadKind> kind);

} // namespace twinhull
