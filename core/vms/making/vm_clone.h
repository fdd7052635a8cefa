// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/machine_copies.h"

namespace twinhull {

/// Makes another VM like that one, in a folder of ours. All or nothing. Worker threads only.
Result<> cloneVm(const VmToolbox& tools, const QString& uuid, const CloneRequest& request, JobContext& context);

/// The definition of another domain like it: another name and UUID, wherever the old one stands in it (paths of our
/// folder too), and network cards without an address, so that libvirt chooses some.
Result<QByteArray> cloneDefinition(
    const QByteArray& domainXml, const QString& name, const QString& oldUuid, const QString& newUuid);

/// Refuses to remove a VM on whose disks others stand, in the bin or not. Asks only where an external snapshot tells of
/// such.
Result<> checkNobodyStandsOn(const VmToolbox& tools, virConnectPtr connection, virDomainPtr domain);

} // namespace twinhull
