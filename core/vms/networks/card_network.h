// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_import.h"

#include <QStringList>

namespace twinhull {

// What a new VM's card can be connected to. All of it blocks: libvirt threads only.

/// A sentence each about where it would be; empty where nothing was chosen, or nothing stands against it.
struct CardNetwork {
    QString reason;
    QString warning;
};

/// NotFound names a network or bridge that is not there, with those that are.
Result<CardNetwork> lookAtCard(virConnectPtr connection, const VmToolbox& tools, const MachineCard& card);

/// The bridges of that host, by name, without those of virtual networks that libvirt makes; none where its libvirt
/// cannot list them.
QStringList hostBridges(virConnectPtr connection);

} // namespace twinhull
