// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/disk_use.h"

#include "core/base/files.h"
#include "core/containers/container_diff.h"

namespace twinhull {

Result<WorkloadProvider::DiskUse> containerDiskUse(const ContainerFolder& folder)
{
    auto own = allocatedBytes(folder.upperPath());
    const auto log = allocatedBytes(folder.path() + "/log");
    const auto layers = layersOf(folder);
    const auto checkpoint = exists(folder.checkpointRecordPath())
        ? allocatedBytes(folder.path() + "/" + kCheckpointFolder)
        : Result<std::uint64_t>(0);
    if (!own || !layers)
        return own ? layers.error() : std::move(own).error();
    WorkloadProvider::DiskUse use{ *own + (log ? *log : 0) + (checkpoint ? *checkpoint : 0), 0 };
    for (const auto& layer : *layers) {
        auto bytes = allocatedBytes(layer);
        if (!bytes)
            return std::move(bytes).error();
        use.sharedImageBytes += *bytes;
    }
    return use;
}

} // namespace twinhull
