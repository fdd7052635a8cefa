// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/link/libvirt_handles.h"
#include "core/vms/vm_actions.h"

namespace twinhull {

/// Busy where another VM, of this libvirt or in the bin, has a file of these folders: its disk, what that stands on, a
/// medium, what a snapshot of it goes back to. Unavailable where that is not known. `key` is the VM whose folders they
/// are.
Result<> checkNobodyUsesFolders(
    const VmToolbox& tools, virConnectPtr connection, const QString& key, const QStringList& folders);

} // namespace twinhull
