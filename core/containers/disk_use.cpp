// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/disk_use.h"

#include "core/base/files.h"
#include "core/containers/container_diff.h"
#include "core/images/worker_client.h"

#include <cerrno>

namespace twinhull {

namespace {

/// A folder of the container's users that they alone may enter is for the worker to measure.
Result<std::uint64_t> bytesIn(const std::string& path)
{
    auto bytes = allocatedBytes(path);
    if (bytes || bytes.error().sysErrno != EACCES)
        return bytes;
    std::vector<std::uint64_t> sizes;
    WorkerObserver observer;
    observer.sizes = &sizes;
    auto measured = runImageWorker({ "measure", path }, observer);
    if (measured && sizes.size() == 1)
        return sizes.front();
    return measured ? std::move(bytes).error() : std::move(measured).error();
}

} // namespace

Result<WorkloadProvider::DiskUse> containerDiskUse(const ContainerFolder& folder)
{
    auto own = bytesIn(folder.upperPath());
    const auto log = allocatedBytes(folder.path() + "/log");
    const auto layers = layersOf(folder);
    const auto checkpoint = exists(folder.checkpointRecordPath())
        ? allocatedBytes(folder.path() + "/" + kCheckpointFolder)
        : Result<std::uint64_t>(0);
    if (!own || !layers)
        return own ? layers.error() : std::move(own).error();
    WorkloadProvider::DiskUse use{ *own + (log ? *log : 0) + (checkpoint ? *checkpoint : 0), 0 };
    for (const auto& layer : *layers) {
        auto bytes = bytesIn(layer);
        if (!bytes)
            return std::move(bytes).error();
        use.sharedImageBytes += *bytes;
    }
    return use;
}

} // namespace twinhull
