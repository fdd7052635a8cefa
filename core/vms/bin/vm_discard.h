// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

namespace twinhull {

/// Forces it off where it runs, and has libvirt forget it: it is in the bin then (vm_bin.h). What managed save had
/// written of its memory goes; disks, variables of its firmware and the state of its TPM stay. Unsupported, with
/// nothing changed, where not all of that can be kept: then it can only be removed for good. Blocks: worker threads
/// only.
Result<> discardVm(const VmToolbox& tools, const QString& key, JobContext& context);

} // namespace twinhull
