// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

// What is done with volumes; see MachineStorage for what each promises. All of it blocks: libvirt threads only.

Result<> createVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeWish& wish);
Result<> resizeVolumeTo(
    virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, std::uint64_t bytes, ShrinkRule rule);

struct VolumeCopy {
    VolumeName from;
    VolumeName to;
    QString format; ///< empty: as the first
};
Result<> cloneVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeCopy& copy, JobContext& context);
Result<> wipeVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, JobContext& context);
Result<> deleteVolumeOf(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, VolumeUse use);

/// Busy, with who uses it and that as the next step.
Error volumeIsUsed(const MachineVolume& volume, const std::string& hint);

} // namespace twinhull
