// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_removal.h"

namespace twinhull {

// What a machine has outside its own folder; see MachineRemoval for what is promised. All of it blocks: libvirt threads
// only.

Result<std::vector<MachineDisk>> disksOutside(
    virConnectPtr connection, const VmToolbox& tools, const std::vector<WorkloadId>& machines);

Result<> removeVmWithDisks(virConnectPtr connection, const VmToolbox& tools, const WorkloadId& machine,
    const QStringList& paths, JobContext& context);

} // namespace twinhull
