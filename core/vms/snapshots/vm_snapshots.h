// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_snapshots.h"

namespace twinhull {

/// Takes one of that VM. `name` becomes its name. Worker threads only.
Result<> createSnapshot(
    const VmToolbox& tools, const QString& uuid, const SnapshotRequest& request, QString& name, JobContext& context);

/// The snapshots of the domains of one connection. Its jobs call libvirt on the pool's threads.
class VmSnapshots : public MachineSnapshots {
public:
    /// `calls` must outlive the jobs.
    VmSnapshots(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> list(const WorkloadInfo& machine, std::shared_ptr<std::vector<MachineSnapshot>> into) override;
    std::unique_ptr<Job> create(
        const WorkloadInfo& machine, const SnapshotRequest& request, std::shared_ptr<QString> name) override;
    std::unique_ptr<Job> revert(const WorkloadInfo& machine, const QString& name) override;
    std::unique_ptr<Job> remove(const WorkloadInfo& machine, const QString& name) override;
    std::unique_ptr<Job> describe(
        const WorkloadInfo& machine, const QString& name, const QString& description) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
