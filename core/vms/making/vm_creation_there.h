// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/making/vm_creation.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

// VMs on a hypervisor that is another computer: nothing of this computer's files is there, so a medium or a disk is a
// volume of one of its pools, by its path there, and a new disk becomes one. All of it blocks: libvirt threads only.

/// What can be refused without asking that host.
Result<> canBeMadeThere(const MachineImport& machine);

/// The volume of that path, which a machine can have as a file. NotFound says how it gets there.
Result<MachineVolume> volumeThere(virConnectPtr connection, const QString& path);

/// Makes the disk and defines the domain; leaves nothing when it fails.
Result<> createVmThere(const VmToolbox& tools, const VmIngredients& ingredients, JobContext& context);

/// The definition that createVmThere() would give to libvirt; makes nothing.
Result<QByteArray> describeVmThere(const VmToolbox& tools, const VmIngredients& ingredients);

} // namespace twinhull
