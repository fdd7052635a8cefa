// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"
#include "core/base/result.h"
#include "core/images/worker_report.h"

#include <functional>
#include <string>
#include <vector>

namespace twinhull {

/// What the caller of a worker hears and says while it runs.
struct WorkerObserver {
    ProgressFunction progress = [](std::uint64_t, std::uint64_t) {};
    std::function<bool()> isCancelled = [] { return false; };
    std::vector<std::uint64_t>* sizes = nullptr; ///< where set: what its "measure" verb tells
    std::vector<LayerChange>* changes = nullptr; ///< where set: what its "changes" verb tells
};

/// Its arguments for work in the ownership of containers in which the person is `kept`.
std::vector<std::string> workerWords(const KeptIds& kept, std::vector<std::string> verb);

/// Runs image-worker to its end. A worker that is cancelled is killed; what it had half made stays under a partial name
/// for its "sweep" verb. Blocks: for worker threads.
Result<> runImageWorker(const std::vector<std::string>& arguments, const WorkerObserver& observer);

} // namespace twinhull
