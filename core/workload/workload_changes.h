// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/workload/workload_plan.h"

#include <memory>

namespace twinhull {

/// What is to be another value; what is absent stays as it is.
struct WorkloadChange {
    std::optional<std::uint64_t> memoryBytes; ///< 0: no limit
    std::optional<double> cpus; ///< 0: no limit
    std::optional<std::uint32_t> pids; ///< 0: no limit
    std::optional<RestartPolicy> restart; ///< counts from the end of the run that is under way
    std::optional<std::int64_t> memoryAndSwapBytes = {}; ///< together; -1: all swap there is, 0: none beyond the memory
    std::optional<QString> cpuSet = {}; ///< empty: any processor
    std::optional<std::uint32_t> cpuShares = {}; ///< 0: as others
    /// Each in place of the rate of its kind that its disk had; here 0 a second is no limit.
    std::vector<DeviceRateOption> deviceRates = {};

    friend bool operator==(const WorkloadChange&, const WorkloadChange&) = default;
};

/// A provider whose workloads can be changed while they are there; found by dynamic_cast.
class WorkloadChanges {
public:
    virtual ~WorkloadChanges() = default;

    /// To its first process. Succeeds when it was sent.
    virtual std::unique_ptr<Job> kill(const WorkloadId& id, int signalNumber) = 0;
    /// Its host name inside stays what it was.
    virtual std::unique_ptr<Job> rename(const WorkloadId& id, const QString& name) = 0;
    /// What would make one like it, but for its name; NotFound. What the two cannot share (a port, an address) is in
    /// it.
    virtual Result<WorkloadPlan> planOf(const WorkloadId& id) const = 0;
    /// A new one with the same settings, stopped; nothing of what the first wrote.
    virtual std::unique_ptr<Job> duplicate(const WorkloadId& id, const QString& name) = 0;
    /// At once where it runs, and kept for its next start. All or nothing where this computer cannot do it.
    virtual std::unique_ptr<Job> update(const WorkloadId& id, const WorkloadChange& change) = 0;
    /// Writes down that its stop and its start were one restart; null: there is nothing to write it into.
    virtual std::unique_ptr<Job> noteRestart(const WorkloadId& id);
};

inline std::unique_ptr<Job> WorkloadChanges::noteRestart(const WorkloadId&)
{
    return nullptr;
}

} // namespace twinhull
