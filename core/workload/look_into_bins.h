// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_bin.h"
#include "core/workload/workload_registry.h"

#include <QStringList>

#include <functional>

namespace twinhull {

using BinsFound = Result<std::vector<BinnedWorkload>>;

/// Looks into the bins of all kinds and then tells what can be brought back, unless `owner` has gone by then: an error
/// where one of them cannot be read. Its jobs
/// are in no list, because they change nothing. GUI thread.
void lookIntoBins(const WorkloadRegistry& workloads, QObject& owner, const std::function<void(const BinsFound&)>& then);

/// The images without which something could not come back. An error where that is not known of all: then none may go.
Result<QStringList> imagesNeededBy(const BinsFound& binned);

} // namespace twinhull
