// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/volumes/volume_jobs.h"

#include <QObject>

namespace twinhull {

namespace {

std::unique_ptr<Job> onThread(const QString& title, ThreadJob::Work work)
{
    return std::make_unique<ThreadJob>(title, QThreadPool::globalInstance(), std::move(work));
}

Result<> readVolumes(const DataFolders& folders, const QStringList& names, MeasuredVolumes& into, JobContext& context)
{
    auto all = listVolumes(folders);
    if (!all)
        return std::move(all).error();
    for (const QString& name : names) {
        auto volume = findVolume(folders, name);
        if (!volume)
            return std::move(volume).error();
        into.volumes.push_back(*std::move(volume));
    }
    if (names.isEmpty())
        into.volumes = *std::move(all);
    auto sizes = measureVolumes(into.volumes, [&context] { return context.isCancelled(); });
    if (!sizes)
        return std::move(sizes).error();
    into.bytes = *std::move(sizes);
    into.limits = checkVolumeLimits(folders);
    return {};
}

} // namespace

std::unique_ptr<Job> readVolumesJob(
    const DataFolders& folders, const QStringList& names, std::shared_ptr<MeasuredVolumes> into)
{
    return onThread(QObject::tr("Read the volumes"), [folders, names, into = std::move(into)](JobContext& context) {
        return readVolumes(folders, names, *into, context);
    });
}

std::unique_ptr<Job> createVolumeJob(
    const DataFolders& folders, const QString& name, std::optional<std::uint64_t> limitBytes)
{
    return onThread(QObject::tr("Create volume %1").arg(name),
        [folders, name, limitBytes](JobContext&) { return createVolume(folders, name, limitBytes); });
}

std::unique_ptr<Job> removeVolumeJob(const DataFolders& folders, const QString& name)
{
    return onThread(QObject::tr("Remove volume %1").arg(name),
        [folders, name](JobContext&) { return removeVolume(folders, name); });
}

std::unique_ptr<Job> exportVolumeJob(const DataFolders& folders, const QString& name, const QString& path)
{
    return onThread(QObject::tr("Back up volume %1").arg(name), [folders, name, path](JobContext& context) {
        return exportVolume(folders, name, path.toStdString(), context);
    });
}

std::unique_ptr<Job> importVolumeJob(const DataFolders& folders, const QString& name, const QString& path)
{
    return onThread(QObject::tr("Restore volume %1").arg(name), [folders, name, path](JobContext& context) {
        return importVolume(folders, name, path.toStdString(), context);
    });
}

} // namespace twinhull
