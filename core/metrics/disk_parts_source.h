// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric_source.h"

#include <chrono>
#include <functional>
#include <memory>

namespace twinhull {

/// From one reading of a workload to the next.
struct DiskPartsPace {
    std::chrono::milliseconds lookedAt{ std::chrono::minutes(1) };
    std::chrono::milliseconds otherwise{ std::chrono::minutes(10) };
};

/// What workloads of one kind take of disks, where that is found by looking at each of their files: on a thread of its
/// own, one after the other, each every minute while somebody looks and every ten minutes else, and so slowly that it
/// costs at most a tenth of a percent of a core. Between readings the latest one stands. Thread-safe.
class DiskPartsSource : public MetricSource {
public:
    /// Blocks for as long as it likes, but ends soon once it is to stop; what it brings then is not used.
    using Question = std::function<DiskParts(const WorkloadId& id, const std::function<bool()>& isStopping)>;

    DiskPartsSource(WorkloadKind kind, Question question, DiskPartsPace pace = {});
    ~DiskPartsSource() override; ///< a question that hangs in the kernel is left behind, not waited for

    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override;
    void setAttention(Attention attention) override;

private:
    struct Core;
    WorkloadKind m_kind;
    std::shared_ptr<Core> m_core;
};

} // namespace twinhull
