// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

// What libvirt has of pools and volumes. All of it blocks: libvirt threads only.

Result<MachinePool> describePool(virStoragePoolPtr pool); ///< without what only libvirt's calls tell
Result<QByteArray> volumeXmlFrom(virStorageVolPtr volume); ///< never empty
Result<PoolHandle> findPool(virConnectPtr connection, const QString& name);
/// The error tells which of the two is not there, or that the pool does not run.
Result<VolumeHandle> findVolume(virConnectPtr connection, const VolumeName& name);

/// Those of these names, all where there are none, with their volumes, who uses each, and what keeps machines from
/// them.
Result<std::vector<MachinePool>> readPoolsOf(
    virConnectPtr connection, const VmToolbox& tools, const QStringList& names);
/// One volume with its users.
Result<MachineVolume> readVolume(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name);

struct VolumeWithDoubt {
    MachineVolume volume;
    QStringList unclear; ///< what of the machines cannot be looked at: it may use the volume as well
};
Result<VolumeWithDoubt> readVolumeWithDoubt(virConnectPtr connection, const VmToolbox& tools, const VolumeName& name);

/// Who uses it: "web (disk vda, runs), db (disk vda)".
QString usersInWords(const std::vector<MachineVolumeUser>& users);

/// The next step for what libvirt refused, where its sentence tells none.
Error withStorageStep(Error error, const VmToolbox& tools, const QString& poolType);

} // namespace twinhull
