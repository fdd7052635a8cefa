// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_store.h"

#include "core/ipc/event_journal.h"
#include "core/images/image_catalog.h"
#include "core/images/image_loader.h"
#include "core/images/image_preparation.h"
#include "core/images/image_reference.h"
#include "core/images/image_removal.h"
#include "core/base/files.h"
#include "core/jobs/thread_job.h"

#include <QFileSystemWatcher>
#include <QLoggingCategory>

#include <algorithm>

namespace twinhull {

namespace {

Q_LOGGING_CATEGORY(lcImages, "twinhull.images")

std::unique_ptr<Job> makeJob(const QString& title, ThreadJob::Work work)
{
    return std::make_unique<ThreadJob>(title, QThreadPool::globalInstance(), std::move(work));
}

std::unique_ptr<Job> failingJob(const QString& title, const Error& error)
{
    return makeJob(title, [error](JobContext&) { return Result<>(error); });
}

const ImageInfo* findDigest(const std::vector<ImageInfo>& images, const QString& digest)
{
    const auto found
        = std::find_if(images.begin(), images.end(), [&](const ImageInfo& info) { return info.digest == digest; });
    return found == images.end() ? nullptr : &*found;
}

} // namespace

struct ImageStore::Private {
    DataFolders folders;
    ImageLayout layout;
    std::vector<ImageInfo> images;
    QFileSystemWatcher watcher;

    explicit Private(DataFolders given) : folders(std::move(given)), layout(folders.images()) { }

    /// What is known already need not be read again: a digest never changes its content.
    std::optional<ImageInfo> infoFor(const CatalogEntry& entry) const
    {
        if (const auto* known = findDigest(images, QString::fromStdString(entry.digest.toString()))) {
            ImageInfo info = *known;
            info.references = entry.references;
            return info;
        }
        auto record = layout.readRecord(entry.digest);
        if (record)
            return imageInfoOf(*record, entry.references);
        qCWarning(
            lcImages, "image %s is left out: %s", entry.digest.toString().c_str(), record.error().message.c_str());
        return {};
    }

    using Preparation = std::function<Result<>(const DataFolders&, const Digest&, JobContext&)>;
    std::unique_ptr<Job> prepare(const QString& title, const QString& digest, const Preparation& preparation) const
    {
        const auto parsed = Digest::parse(digest.toStdString());
        const ImageInfo* info = findDigest(images, digest);
        const QString fullTitle = title.arg(info != nullptr ? info->shortName() : digest);
        if (!parsed)
            return failingJob(fullTitle, unknownImage(digest));
        return makeJob(fullTitle, [given = folders, wanted = *parsed, preparation](JobContext& context) {
            return preparation(given, wanted, context);
        });
    }
};

ImageStore::ImageStore(DataFolders folders, QObject* parent)
    : QObject(parent), m_d(std::make_unique<Private>(std::move(folders)))
{
    qRegisterMetaType<ImageInfo>();
    if (auto prepared = m_d->layout.prepare(); !prepared)
        qCWarning(lcImages, "%s", prepared.error().message.c_str());
    connect(&m_d->watcher, &QFileSystemWatcher::directoryChanged, this, &ImageStore::refresh);
    m_d->watcher.addPath(QString::fromStdString(m_d->layout.folder())); // index.json itself is replaced, not written
    refresh();
    QThreadPool::globalInstance()->start([given = m_d->folders] { sweepStore(given); });
}

ImageStore::~ImageStore() = default;

void ImageStore::refresh()
{
    auto index = m_d->layout.readIndex();
    if (!index) {
        qCWarning(lcImages, "%s", index.error().message.c_str());
        return;
    }
    std::vector<ImageInfo> fresh;
    for (const auto& entry : catalogEntries(*index)) {
        if (auto info = m_d->infoFor(entry))
            fresh.push_back(*std::move(info));
    }
    const std::vector<ImageInfo> former = std::exchange(m_d->images, fresh);
    for (const auto& info : former) {
        if (findDigest(fresh, info.digest) == nullptr)
            Q_EMIT removed(info.digest);
    }
    for (const auto& info : fresh) {
        const ImageInfo* before = findDigest(former, info.digest);
        if (before == nullptr)
            Q_EMIT added(info);
        else if (before->references != info.references)
            Q_EMIT changed(info);
    }
}

std::vector<ImageInfo> ImageStore::images() const
{
    return m_d->images;
}

std::optional<ImageInfo> ImageStore::find(const QString& referenceOrDigest) const
{
    const auto match = matchImage(m_d->images, referenceOrDigest);
    return match ? std::optional(match->info) : std::nullopt;
}

std::unique_ptr<Job> ImageStore::work(const QString& title, Work work)
{
    auto job = makeJob(title,
        [folders = m_d->folders, work = std::move(work)](JobContext& context) { return work(folders, context); });
    connect(job.get(), &Job::finished, this, &ImageStore::refresh);
    return job;
}

std::unique_ptr<Job> ImageStore::load(const QString& path, const QString& reference)
{
    return work(tr("Load %1").arg(path),
        [plan = LoadPlan{ path.toStdString(), reference.toStdString() }](
            const DataFolders& folders, JobContext& context) {
            auto loaded = loadImages(ImageLayout(folders.images()), plan, context);
            if (loaded)
                noteEvent(folders.events(), { 0, "image", "loadfromarchive", {}, plan.path });
            return loaded;
        });
}

std::unique_ptr<Job> ImageStore::remove(const QString& referenceOrDigest)
{
    const QString title = tr("Remove %1").arg(referenceOrDigest);
    const auto match = matchImage(m_d->images, referenceOrDigest);
    if (!match)
        return failingJob(title, unknownImage(referenceOrDigest));
    std::optional<std::string> reference;
    if (match->reference)
        reference = match->reference->toStdString();
    const Digest digest = *Digest::parse(match->info.digest.toStdString());
    return work(title, [digest, reference](const DataFolders& folders, JobContext&) {
        return removeImages(folders, { { digest, reference } });
    });
}

std::unique_ptr<Job> ImageStore::unpack(const QString& digest, const LayerWish& wish)
{
    return m_d->prepare(
        tr("Unpack %1"), digest, [wish](const DataFolders& folders, const Digest& wanted, JobContext& context) {
            return unpackImage(folders, wanted, wish, context);
        });
}

std::unique_ptr<Job> ImageStore::makeDisk(const QString& digest)
{
    return m_d->prepare(tr("Make the disk of %1"), digest, &makeImageDisk);
}

Result<QStringList> ImageStore::layerPaths(const QString& digest, const LayerWish& wish) const
{
    const auto parsed = Digest::parse(digest.toStdString());
    if (!parsed)
        return unknownImage(digest);
    auto folders = layerFolders(m_d->folders, *parsed, wish);
    if (!folders)
        return std::move(folders).error();
    QStringList paths;
    for (const auto& folder : *folders) {
        if (!exists(folder))
            return Error{ ErrorCode::NotFound, "image " + digest.toStdString() + " is not unpacked", 0, {} };
        paths.prepend(QString::fromStdString(folder));
    }
    return paths;
}

std::optional<RootForm> ImageStore::rootForm() const
{
    return knownRootForm(m_d->folders);
}

QString ImageStore::diskPath(const QString& digest) const
{
    const auto parsed = Digest::parse(digest.toStdString());
    return parsed ? QString::fromStdString(imageDiskPath(m_d->folders, *parsed)) : QString();
}

} // namespace twinhull
