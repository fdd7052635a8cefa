// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/metrics/metric.h"
#include "core/workload/workload_id.h"

#include <QString>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace twinhull {

/// What a figure did in a stretch of time.
struct PastPoint {
    std::int64_t wallMilliseconds = 0; ///< since the epoch; the middle of the stretch
    float least = 0;
    float mean = 0;
    float greatest = 0;
};

/// Which figures of which workloads, how finely. Who asked may drop it at any time, from any thread.
struct PastQuestion {
    std::vector<WorkloadId> workloads;
    std::vector<Metric> metrics;
    std::int64_t fromMilliseconds = 0; ///< since the epoch; belongs to it
    std::int64_t toMilliseconds = 0; ///< does not
    std::int64_t stepMilliseconds = 1000; ///< one point stands for so much; > 0
    std::atomic<bool> isDropped = false;
};

/// Points stand at equal times in every column, whatever was asked before; where nothing was read there is none.
struct PastAnswer {
    std::int64_t stepMilliseconds = 0; ///< as asked, or a minute where no seconds are kept any more
    std::map<std::pair<WorkloadId, Metric>, std::vector<PastPoint>> columns;
    /// Why an empty column has no point: "needs X: how to get it". Without what nobody wrote down.
    std::map<std::pair<WorkloadId, Metric>, QString> absences = {};
};

/// The figures that are older than the rings. GUI thread; asking never blocks.
class PastFigures {
public:
    using Receive = std::function<void(const Result<PastAnswer>& answer)>;

    virtual ~PastFigures() = default;

    /// Calls `receive` later on this thread, unless the question was dropped by then. Where nothing was ever written
    /// down the answer is empty.
    virtual void ask(std::shared_ptr<PastQuestion> question, Receive receive) = 0;
};

} // namespace twinhull
