// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job.h"
#include "core/twin/isolation_report.h"
#include "core/workload/command_runner.h"
#include "core/workload/workload_registry.h"

#include <memory>

namespace twinhull {

/// Reads the three views of one workload; the inner one by running isolation-probe inside, as the workload's user. It
/// succeeds also where a view cannot be read: the reason stands in its place. Some milliseconds in a container, up to
/// seconds in an emulated VM.
class IsolationReading : public Job {
    Q_OBJECT

public:
    /// The registry and its providers must outlive it.
    IsolationReading(const WorkloadRegistry& workloads, WorkloadInfo info);
    ~IsolationReading() override;

    const WorkloadInfo& info() const { return m_info; }
    const IsolationViews& views() const { return m_views; } ///< once finished

protected:
    void doStart() override;
    void doCancel() override;

private:
    void readInside();
    Result<IsolationView> viewFromInside() const;
    void finishReading();

    const WorkloadRegistry& m_workloads;
    WorkloadInfo m_info;
    IsolationViews m_views;
    std::unique_ptr<Job> m_probe;
    std::shared_ptr<CommandOutcome> m_outcome;
};

} // namespace twinhull
