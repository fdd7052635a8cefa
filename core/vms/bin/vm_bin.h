// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"
#include "core/workload/workload_bin.h"

namespace twinhull {

// VMs that were removed and can be brought back for a week: libvirt forgets them, and their folder stays where it is
// with their disks, their definition and what libvirt knew of their snapshots. A VM counts as removed while its libvirt
// does not know it, so a program that is killed on the way loses nothing. All of this blocks: worker threads only.

/// Forces it off where it runs. What managed save had written of its memory goes; disks, variables of its firmware and
/// the state of its TPM stay.
Result<> discardVm(const VmToolbox& tools, const DomainSnapshot& vm);

/// Those of this connection, the latest first.
Result<std::vector<BinnedWorkload>> listVmBin(const VmToolbox& tools);

/// AlreadyExists where another VM has its name by now; NotFound where the bin has no such. All or nothing.
Result<> restoreVm(const VmToolbox& tools, const QString& key);

/// With its folder and the disks in there; those elsewhere are the person's and stay. Busy while clones stand on them.
Result<> removeVmForGood(const VmToolbox& tools, const QString& key);

/// For good: those whose time is over by then.
Result<> emptyVmBin(const VmToolbox& tools, std::int64_t nowMilliseconds);

} // namespace twinhull
