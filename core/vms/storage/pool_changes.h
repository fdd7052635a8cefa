// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_storage.h"

namespace twinhull {

// What is done with pools; see MachineStorage for what each promises. All of it blocks: libvirt threads only.

Result<> createPoolOf(virConnectPtr connection, const VmToolbox& tools, const PoolWish& wish);
Result<> changePoolOf(virConnectPtr connection, const VmToolbox& tools, const QString& name, PoolChange change);
Result<NamedDefinition> readPoolDefinition(virConnectPtr connection, const QString& name);
Result<DefinitionOutcome> replacePoolDefinition(
    virConnectPtr connection, const QString& name, const NewDefinition& definition);

} // namespace twinhull
