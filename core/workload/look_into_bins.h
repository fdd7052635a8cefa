// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_bin.h"
#include "core/workload/workload_registry.h"

#include <QStringList>

#include <functional>
#include <optional>

namespace twinhull {

using BinsFound = Result<std::vector<BinnedWorkload>>;

/// What is in the bins that can be read, and the first reason why one cannot.
struct BinsSeen {
    std::vector<BinnedWorkload> found;
    std::optional<Error> failure = {};
};
/// Looks into the bins of one kind, or of all, and then tells, unless `owner` has gone by then. Its jobs are in no
/// list, because they change nothing. GUI thread.
void lookIntoEachBin(const WorkloadRegistry& workloads, QObject& owner, std::optional<WorkloadKind> kind,
    const std::function<void(const BinsSeen&)>& then);

/// The same of all kinds, for whoever must know of all: an error where one of them cannot be read.
void lookIntoBins(const WorkloadRegistry& workloads, QObject& owner, const std::function<void(const BinsFound&)>& then);

/// The images without which something could not come back. An error where that is not known of all: then none may go.
Result<QStringList> imagesNeededBy(const BinsFound& binned);

} // namespace twinhull
