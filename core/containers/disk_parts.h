// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/metrics/disk_parts_source.h"

namespace twinhull {

/// What containers take of disks by part, for the sampler. Layers are measured once: what is in one never changes.
std::shared_ptr<MetricSource> makeContainerDiskSource(const DataFolders& folders);

} // namespace twinhull
