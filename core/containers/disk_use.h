// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/containers/container_folder.h"
#include "core/workload/workload_provider.h"

namespace twinhull {

/// Its own folder, and the unpacked layers that its config.json names. Blocks.
Result<WorkloadProvider::DiskUse> containerDiskUse(const ContainerFolder& folder);

} // namespace twinhull
