// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_access.h"

namespace twinhull {

/// Whether the domains of one connection come to their files. Its jobs call libvirt on the pool's threads.
class VmAccess : public MachineAccess {
public:
    /// `calls` must outlive the jobs.
    VmAccess(VmToolbox tools, QThreadPool* calls) : m_tools(std::move(tools)), m_calls(calls) { }

    std::unique_ptr<Job> readObstacles(
        const WorkloadInfo& machine, std::shared_ptr<std::vector<AccessObstacle>> into) override;
    std::unique_ptr<Job> letThrough(const WorkloadInfo& machine, const QStringList& folders) override;

private:
    VmToolbox m_tools;
    QThreadPool* m_calls;
};

} // namespace twinhull
