// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_migration.h"

#include <vector>

namespace twinhull {

/// A domain, where it is and where it shall go. Libvirt threads only.
struct MigrationSides {
    const VmToolbox& from;
    virConnectPtr source;
    virDomainPtr domain;
    const VmToolbox& to;
    virConnectPtr destination;

    bool isOneComputer() const { return from.place == HypervisorPlace::Here && to.place == HypervisorPlace::Here; }
};

bool isLiveMigration(const MigrationSides& sides, const MigrationRequest& request);

/// Asks both; an error only where the source does not answer.
Result<std::vector<MigrationObstacle>> obstaclesOf(const MigrationSides& sides, const MigrationRequest& request);

/// Where copied disks go: the pool that was asked for, else "default", else the only one that runs.
Result<QString> poolForCopies(virConnectPtr destination, const QString& asked);

} // namespace twinhull
