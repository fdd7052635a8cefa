// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/storage/vm_removal.h"

#include "core/vms/link/connected_job.h"
#include "core/vms/storage/removal_disks.h"

#include <QCoreApplication>

namespace twinhull {

std::unique_ptr<Job> VmRemoval::readDisks(
    const std::vector<WorkloadId>& machines, std::shared_ptr<std::vector<MachineDisk>> into)
{
    return connectedJob(QCoreApplication::translate("VmStorage", "Look which disks a VM has"), m_calls, m_tools,
        [machines, into = std::move(into)](virConnectPtr connection, const VmToolbox& tools, JobContext&) -> Result<> {
            auto disks = disksOutside(connection, tools, machines);
            if (!disks)
                return std::move(disks).error();
            *into = *std::move(disks);
            return {};
        });
}

std::unique_ptr<Job> VmRemoval::removeWithDisks(const WorkloadId& machine, const QStringList& paths)
{
    return connectedJob(QCoreApplication::translate("VmStorage", "Delete a VM and its disks"), m_calls, m_tools,
        [machine, paths](virConnectPtr connection, const VmToolbox& tools, JobContext& context) {
            return removeVmWithDisks(connection, tools, machine, paths, context);
        });
}

} // namespace twinhull
