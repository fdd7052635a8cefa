// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_diff.h"

#include "core/base/files.h"
#include "core/images/worker_client.h"
#include "core/jobs/thread_job.h"
#include "core/oci/runtime_spec.h"

#include <QCoreApplication>
#include <QThreadPool>

#include <algorithm>
#include <sstream>

namespace twinhull {

namespace {

Result<oci::RuntimeSpec> specOf(const ContainerFolder& folder)
{
    auto config = readFile(folder.configPath(), oci::kConfigLimitBytes);
    return config ? oci::decodeRuntimeSpec(*config) : Result<oci::RuntimeSpec>(std::move(config).error());
}

std::vector<std::string> layersIn(const oci::RuntimeSpec& spec)
{
    std::vector<std::string> all;
    auto found = spec.annotations.find(std::string(oci::kAnnotationLower));
    if (found == spec.annotations.end())
        found = spec.annotations.find(std::string(oci::kAnnotationCopied));
    std::istringstream layers(found == spec.annotations.end() ? std::string() : found->second);
    for (std::string layer; std::getline(layers, layer, ':');)
        all.push_back(layer);
    return all;
}

/// A place that something is mounted on, or below one, or on the way to one.
bool isMountPlace(const std::vector<oci::Mount>& mounts, const LayerChange& change)
{
    return change.kind != LayerChange::Kind::Removed
        && std::any_of(mounts.begin(), mounts.end(), [&](const oci::Mount& mount) {
               const bool isBelow = change.path.starts_with(mount.destination + "/");
               const bool isOnTheWay
                   = change.kind == LayerChange::Kind::Added && mount.destination.starts_with(change.path + "/");
               return change.path == mount.destination || isBelow || isOnTheWay;
           });
}

Result<> findChanges(const ContainerFolder& folder, const JobContext& context, std::vector<LayerChange>& changes)
{
    auto spec = specOf(folder);
    if (!spec)
        return std::move(spec).error();
    const bool isCopy = spec->annotations.count(std::string(oci::kAnnotationCopied)) != 0;
    const bool isFuse = spec->annotations.count(std::string(oci::kAnnotationFuse)) != 0;
    const char* verb = isCopy ? "copy-changes" : isFuse ? "fuse-changes" : "changes";
    std::vector<std::string> words{ verb, folder.upperPath() };
    for (auto& layer : layersIn(*spec))
        words.push_back(std::move(layer));
    WorkerObserver observer;
    observer.isCancelled = [&context] { return context.isCancelled(); };
    observer.changes = &changes;
    auto done = runImageWorker(words, observer);
    std::erase_if(changes, [&](const LayerChange& change) { return isMountPlace(spec->mounts, change); });
    return done;
}

} // namespace

Result<std::vector<std::string>> layersOf(const ContainerFolder& folder)
{
    auto spec = specOf(folder);
    return spec ? Result<std::vector<std::string>>(layersIn(*spec)) : std::move(spec).error();
}

std::unique_ptr<Job> containerDiffJob(
    const QString& name, const ContainerFolder& folder, const std::shared_ptr<std::vector<LayerChange>>& changes)
{
    const QString title = QCoreApplication::translate("twinhull::ContainerDiff", "Compare %1 with its image").arg(name);
    return std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [title, folder, changes](JobContext& context) {
            return findChanges(folder, context, *changes).withContext(title.toStdString());
        });
}

} // namespace twinhull
