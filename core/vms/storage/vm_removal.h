// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_removal.h"

namespace twinhull {

/// Removes the domains of one connection with their disks. Its jobs call libvirt on the pool's threads.
class VmRemoval : public MachineRemoval {
public:
    /// `calls` must outlive the jobs.
    VmRemoval(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> readDisks(
        const std::vector<WorkloadId>& machines, std::shared_ptr<std::vector<MachineDisk>> into) override;
    std::unique_ptr<Job> removeWithDisks(const WorkloadId& machine, const QStringList& paths) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
