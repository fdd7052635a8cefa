// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/workload_bin.h"

namespace twinhull {

// VMs that were removed and can be brought back for a week: libvirt forgets them (vm_discard.h), and their folder stays
// where it is with their disks, their definition and what libvirt knew of their snapshots. A VM counts as removed while
// its libvirt does not know it. Whoever changes anything holds the folder, and notes first how far it is (BinPhase), so
// that a sweep ends what a killed program began. All of this blocks: worker threads only.

/// Those of this connection, the latest first. Asks libvirt only where there is a record.
Result<std::vector<BinnedWorkload>> listVmBin(const VmToolbox& tools);

/// AlreadyExists where another VM has its name by now; NotFound where the bin has no such. All or nothing.
Result<> restoreVm(const VmToolbox& tools, const QString& key, JobContext& context);

/// With its folder and what libvirt keeps of it; disks elsewhere stay. NotFound where the bin has no such, Busy while
/// other VMs, of this libvirt or in the bin, use files of its folder.
Result<> removeVmForGood(const VmToolbox& tools, const QString& key, JobContext& context);

/// For good: those whose time is over by then, in milliseconds since the epoch. Ends what killed programs began. What
/// others are at work on, or stand on, is left for the next time. The first failure.
Result<> sweepVmBin(const VmToolbox& tools, std::int64_t nowMilliseconds);

/// Of one that libvirt knows: ends what a killed program began with it. Waits for nobody: what others are at work on is
/// theirs to end.
Result<> settleIdleBinRecord(const VmToolbox& tools, const QString& key);

} // namespace twinhull
