// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_consoles.h"
#include "core/vms/vm_copies.h"
#include "core/vms/vm_guest.h"
#include "core/vms/vm_hardware.h"
#include "core/vms/vm_making.h"
#include "core/vms/vm_migration.h"
#include "core/vms/vm_networks.h"
#include "core/vms/vm_power.h"
#include "core/vms/vm_screens.h"
#include "core/vms/vm_snapshots.h"
#include "core/vms/vm_storage.h"

namespace twinhull {

/// The interfaces that machines have beside a workload's, each with the tools of the same connection. `calls` must
/// outlive them.
struct VmServices {
    VmServices(const VmToolbox& tools, const VmOptions& options, QThreadPool* calls);

    VmHardware hardware;
    VmPower power;
    VmStorage storage;
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
