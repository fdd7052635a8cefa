// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/disk_parts.h"

#include "core/base/tree_size.h"
#include "core/containers/container_diff.h"
#include "core/images/packed_image.h"
#include "core/images/worker_client.h"

#include <cerrno>
#include <map>
#include <set>

namespace twinhull {

namespace {

using IsStopping = std::function<bool()>;

/// A folder of the container's users that they alone may enter is for the worker to measure.
Result<std::uint64_t> measured(const std::string& path, const IsStopping& isStopping)
{
    TreeLimits limits;
    limits.isStopping = isStopping;
    auto bytes = treeBytes(path, limits);
    if (bytes || bytes.error().sysErrno != EACCES)
        return bytes;
    std::vector<std::uint64_t> sizes;
    WorkerObserver observer;
    observer.isCancelled = isStopping;
    observer.sizes = &sizes;
    auto done = runImageWorker({ "measure", path }, observer);
    if (done && sizes.size() == 1)
        return sizes.front();
    return done ? std::move(bytes).error() : std::move(done).error();
}

Reading<std::uint64_t> readingOf(const Result<std::uint64_t>& bytes)
{
    if (bytes)
        return *bytes;
    return bytes.error().code == ErrorCode::OutOfSpace ? Needs::FewerFiles : Needs::FileRights;
}

/// Asked on one thread only.
class ContainerDisks {
public:
    explicit ContainerDisks(DataFolders folders) : m_folders(std::move(folders)) { }

    DiskParts read(const WorkloadId& id, const IsStopping& isStopping)
    {
        const ContainerFolder folder(m_folders, id.key.toStdString());
        DiskParts parts;
        parts.virtualSize = Needs::GuestDisk;
        const auto settings = folder.readSettings();
        const bool isCopy = settings && settings->root.kind == RootKind::Copy;
        parts.writable = parts.layers = Needs::OverlayRoot;
        if (!isCopy) {
            parts.writable = readingOf(measured(folder.upperPath(), isStopping));
            parts.layers = readingOf(layerBytes(folder, isStopping));
        }
        if (!settings) {
            parts.image = parts.volumes = Needs::FileRights;
            return parts;
        }
        const auto packed = packedImageBytes(m_folders.images(), settings->imageDigest);
        parts.image = packed ? Reading<std::uint64_t>(*packed) : Reading<std::uint64_t>(Needs::Image);
        parts.volumes = volumeBytes(*settings, isStopping);
        return parts;
    }

private:
    Result<std::uint64_t> layerBytes(const ContainerFolder& folder, const IsStopping& isStopping)
    {
        const auto layers = layersOf(folder);
        if (!layers)
            return layers.error();
        std::uint64_t total = 0;
        for (const auto& layer : *layers) {
            auto known = m_layers.find(layer);
            if (known == m_layers.end()) {
                auto bytes = measured(layer, isStopping);
                if (!bytes)
                    return bytes;
                known = m_layers.emplace(layer, *bytes).first;
            }
            total += known->second;
        }
        return total;
    }

    Reading<std::uint64_t> volumeBytes(const ContainerSettings& settings, const IsStopping& isStopping) const
    {
        std::set<std::string> names;
        for (const ContainerMount& mount : settings.mounts) {
            if (!mount.source.empty() && mount.source.front() != '/')
                names.insert(mount.source);
        }
        if (names.empty())
            return Needs::NamedVolume;
        std::uint64_t total = 0;
        for (const auto& name : names) {
            const auto bytes = readingOf(measured(m_folders.volumes() + "/" + name, isStopping));
            if (!bytes)
                return bytes;
            total += *bytes;
        }
        return total;
    }

    DataFolders m_folders;
    std::map<std::string, std::uint64_t> m_layers; ///< by path, which names the content
};

} // namespace

std::shared_ptr<MetricSource> makeContainerDiskSource(const DataFolders& folders)
{
    return std::make_shared<DiskPartsSource>(WorkloadKind::Container,
        [disks = std::make_shared<ContainerDisks>(folders)](
            const WorkloadId& id, const IsStopping& isStopping) { return disks->read(id, isStopping); });
}

} // namespace twinhull
