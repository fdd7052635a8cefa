// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

// Volumes carried through libvirt's streams, from and to this computer wherever the pool is. Holes are told, not sent.
// Cancelled within a piece of 256 KiB; a libvirtd that stops answering ends it when the connection's keep-alive does.
// All of it blocks: libvirt threads only.

/// A new volume of a file, byte for byte; it is deleted again when that fails or is cancelled. A disk that names other
/// files is refused (disk_probe.h).
Result<> uploadVolumeOf(
    virConnectPtr connection, const VmToolbox& tools, const VolumeName& to, const QString& path, JobContext& context);
/// AlreadyExists where something is at `path`; nothing is there when it fails.
Result<> downloadVolumeOf(
    virConnectPtr connection, const VmToolbox& tools, const VolumeName& name, const QString& path, JobContext& context);

} // namespace twinhull
