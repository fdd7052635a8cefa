// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/twin_plan.h"
#include "core/twin/verdict.h"
#include "core/twin/work_definition.h"

namespace twinhull {

constexpr int kMostRounds = 1000; ///< of the counted ones, and of warm-up

/// What is done about the page cache of this computer before each run of a side.
enum class FileCaches {
    Kept, ///< nothing
    Cold, ///< the image's own files (layers, root disk) are dropped from it
};

/// What a comparison run measures and how often.
struct ComparisonPlan {
    TwinPlan twin;
    QString work; ///< as comparedWork() takes it; empty: the image's own
    std::optional<WorkDefinition> definition; ///< in place of `work`
    std::optional<WorkScale> figure; ///< that a command tells of itself; of other works none
    std::optional<WorkloadKind> bothAs; ///< A against A: this kind on both sides, in place of container and VM
    int rounds = kFewestRounds; ///< counted runs of each side
    int warmUpRounds = 1; ///< made before them and left out
    FileCaches caches = FileCaches::Kept;
};

} // namespace twinhull
