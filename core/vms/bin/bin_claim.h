// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/vms/bin/vm_bin_record.h"
#include "core/vms/link/open_domain.h"

namespace twinhull {

/// The folder of a VM for whoever removes it, brings it back or sweeps: waits a minute for others at most, or until it
/// is cancelled. Errors of claimIdleVmFolder().
Result<UniqueFd> claimForBin(const VmToolbox& tools, const VmFolder& folder, JobContext& context);

/// Whether libvirt knows it, by a UUID or the key of a workload.
Result<bool> isKnownTo(virConnectPtr connection, const QString& key);

/// Tells libvirt of those snapshots that it does not know.
Result<> tellOfSnapshots(virDomainPtr domain, const std::vector<KeptSnapshot>& snapshots);

/// Ends what a killed program began with a VM that libvirt knows, and takes the record away. The folder is claimed.
Result<> settleKnownVm(const VmToolbox& tools, const OpenDomain& domain, const VmFolder& folder);

/// The name under which it is defined for the moment in which libvirt removes its own files of one that goes for good.
QString removalName(const QString& key);
/// What a program left that was killed in that moment.
bool isHalfRemoved(virDomainPtr domain, const VmBinRecord& record);

} // namespace twinhull
