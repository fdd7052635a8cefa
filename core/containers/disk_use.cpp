// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/disk_use.h"

#include "core/base/files.h"
#include "core/oci/runtime_spec.h"

#include <sstream>

namespace twinhull {

Result<WorkloadProvider::DiskUse> containerDiskUse(const ContainerFolder& folder)
{
    auto own = allocatedBytes(folder.upperPath());
    const auto log = allocatedBytes(folder.path() + "/log");
    auto config = readFile(folder.configPath(), oci::kConfigLimitBytes);
    if (!own || !config)
        return own ? std::move(config).error() : std::move(own).error();
    auto spec = oci::decodeRuntimeSpec(*config);
    if (!spec)
        return std::move(spec).error();
    WorkloadProvider::DiskUse use{ *own + (log ? *log : 0), 0 };
    std::istringstream layers(spec->annotations[std::string(oci::kAnnotationLower)]);
    for (std::string layer; std::getline(layers, layer, ':');) {
        auto bytes = allocatedBytes(layer);
        if (!bytes)
            return std::move(bytes).error();
        use.sharedImageBytes += *bytes;
    }
    return use;
}

} // namespace twinhull
