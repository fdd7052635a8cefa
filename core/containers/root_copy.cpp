// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/root_copy.h"

#include "core/images/partial_path.h"
#include "core/jobs/thread_job.h"

#include <QThreadPool>

#include <filesystem>

namespace twinhull {

namespace {

std::string copySpaceHint(const std::string& because)
{
    return "Each container needs the room of its image, because no overlay can be mounted (" + because
        + "); remove what is not needed, or mend that and make the container anew";
}

} // namespace

LayerWish layerWishOf(const ContainerSettings& settings)
{
    return { settings.process.kept.value_or(KeptIds()), layersFor(settings.root.kind) };
}

Result<> makeRootCopy(const ContainerFolder& folder, const ContainerSettings& settings,
    const Result<QStringList>& layers, const WorkerObserver& observer)
{
    const KeptIds kept = settings.process.kept.value_or(KeptIds());
    std::error_code failure;
    if (!std::filesystem::is_empty(folder.upperPath(), failure) && !failure)
        return {}; // it is there, and whole
    if (!layers)
        return layers.error();
    if (!partialsIn(folder.path()).empty())
        (void)runImageWorker({ "sweep", folder.path() }, {}); // what stays takes room, no more
    std::vector<std::string> verb{ "copy", folder.upperPath() };
    for (const QString& layer : *layers)
        verb.push_back(layer.toStdString());
    auto copied = runImageWorker(workerWords(kept, std::move(verb)), observer);
    if (copied)
        return {};
    (void)runImageWorker({ "sweep", folder.path() }, {}); // a killed worker could not; the first error is to be told
    const bool isFull = copied.error().code == ErrorCode::OutOfSpace;
    return isFull ? std::move(copied).error().withHint(copySpaceHint(settings.root.because))
                  : std::move(copied).error();
}

std::unique_ptr<Job> rootCopyJob(
    const QString& title, const ContainerFolder& folder, const ContainerSettings& settings, const QStringList& layers)
{
    return std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [title, folder, settings, layers](JobContext& context) {
            WorkerObserver observer;
            observer.isCancelled = [&context] { return context.isCancelled(); };
            observer.progress = [&context](std::uint64_t done, std::uint64_t total) {
                context.setProgress(static_cast<qint64>(done), static_cast<qint64>(total));
            };
            return makeRootCopy(folder, settings, layers, observer).withContext(title.toStdString());
        });
}

} // namespace twinhull
