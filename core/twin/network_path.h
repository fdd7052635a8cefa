// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_info.h"

#include <QString>

namespace twinhull {

/// What carries a published port's connections into a workload that runs: "slirp4netns", "pasta", "passt" or "QEMU's
/// user network (libslirp)", by the programs that run for it; empty where none is known among them. Reads /proc.
QString networkPathOf(const HostFootprint& footprint);

} // namespace twinhull
