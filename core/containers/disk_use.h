// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/workload/workload_provider.h"

namespace twinhull {

/// Its writable layer and its log (overlayfs closes work/ even to its owner; nothing stays there), and the unpacked
/// layers that its config.json names. Blocks.
Result<WorkloadProvider::DiskUse> containerDiskUse(const ContainerFolder& folder);

} // namespace twinhull
