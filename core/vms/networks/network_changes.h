// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_networks.h"

namespace twinhull {

// What is done with virtual networks; see MachineNetworks for what each promises. All of it blocks: libvirt threads
// only.

Result<std::vector<MachineNetwork>> readNetworksOf(virConnectPtr connection, const QStringList& names);
Result<> createNetworkOf(virConnectPtr connection, const VmToolbox& tools, const MachineNetworkWish& wish);
Result<> changeNetworkOf(virConnectPtr connection, const VmToolbox& tools, const QString& name, NetworkChange change);
Result<NamedDefinition> readNetworkDefinition(virConnectPtr connection, const QString& name);
Result<DefinitionOutcome> replaceNetworkDefinition(
    virConnectPtr connection, const QString& name, const NewDefinition& definition);
Result<> reserveIn(virConnectPtr connection, const QString& name, const NetworkReservation& reservation);
Result<> releaseIn(virConnectPtr connection, const QString& name, const QString& mac);

} // namespace twinhull
