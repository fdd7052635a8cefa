// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/screens/vm_consoles.h"
#include "core/vms/making/vm_copies.h"
#include "core/vms/guest/vm_guest.h"
#include "core/vms/domain/vm_hardware.h"
#include "core/vms/making/vm_making.h"
#include "core/vms/migration/vm_migration.h"
#include "core/vms/networks/vm_networks.h"
#include "core/vms/power/vm_power.h"
#include "core/vms/screens/vm_screens.h"
#include "core/vms/snapshots/vm_snapshots.h"
#include "core/vms/storage/vm_access.h"
#include "core/vms/storage/vm_removal.h"
#include "core/vms/storage/vm_storage.h"

namespace twinhull {

/// The interfaces that machines have beside a workload's, each with the tools of the same connection. `calls` must
/// outlive them.
struct VmServices {
    VmServices(const VmToolbox& tools, const VmOptions& options, QThreadPool* calls);

    VmHardware hardware;
    VmPower power;
    VmStorage storage;
    VmAccess access;
    VmRemoval removal;
    VmNetworks networks;
    VmMaking making;
    VmSnapshots snapshots;
    VmCopies copies;
    VmMigration migration;
    VmScreens screens;
    VmGuest guest;
    VmConsoles consoles;
};

} // namespace twinhull
