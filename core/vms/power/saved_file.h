// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_power.h"

namespace twinhull {

// A machine's memory in a file that a person named; see MachinePower for what is promised. All of it blocks: libvirt
// threads only.

/// Whether such a VM can be saved at all.
Result<> checkCanBeSaved(virDomainPtr domain);

Result<> saveVmTo(const VmToolbox& tools, const QString& uuid, const QString& path, JobContext& context);

struct SavedMemory {
    QString key; ///< of the VM that it must be of; empty: of whichever
    QString path;
    SavedDisks disks = SavedDisks::Unchanged;
};
Result<> restoreVmFrom(
    virConnectPtr connection, const VmToolbox& tools, const SavedMemory& memory, JobContext& context);

} // namespace twinhull
