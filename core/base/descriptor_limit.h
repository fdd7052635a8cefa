// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/resource.h>

namespace twinhull {

/// Raises the soft limit of open descriptors of this process to the hard one. Programs that spawn() starts get the
/// limit that was there before: select(2) breaks above 1024.
void raiseDescriptorLimit();

/// What children should have: the limits before raiseDescriptorLimit(), else those of now.
rlimit inheritedDescriptorLimit();

} // namespace twinhull
