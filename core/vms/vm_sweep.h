// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/vms/vm_actions.h"

namespace twinhull {

/// Takes away what killed programs left half made, and of the bin what has been in there for its week; tells of folders
/// whose VM others took from libvirt. Failures are told on standard error. Blocks: worker threads only.
void sweepVms(const VmToolbox& tools);

} // namespace twinhull
