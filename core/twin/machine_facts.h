// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"

namespace twinhull {

/// This computer as the kernel describes it (uname, /proc/cpuinfo, sysconf). `acceleration` is what the VM ran with; a
/// computer cannot tell that beforehand.
MachineFacts readMachineFacts(const QString& acceleration);

} // namespace twinhull
