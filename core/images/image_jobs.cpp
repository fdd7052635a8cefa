// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_jobs.h"

#include "core/images/image_download.h"
#include "core/images/image_names.h"
#include "core/images/image_reference.h"
#include "core/images/image_removal.h"
#include "core/ipc/event_journal.h"

#include <QObject>

#include <algorithm>

namespace twinhull {

namespace {

QString shortName(const Digest& digest)
{
    return QString::fromStdString(digest.toString()).left(19);
}

QString quoted(const std::string& text)
{
    return QString::fromStdString(text);
}

/// A job whose result is an image.
template <typename Plan>
std::unique_ptr<Job> makingJob(ImageStore& images, const QString& title, const Plan& plan,
    Result<Digest> (*make)(const ImageLayout&, const Plan&, JobContext&), std::shared_ptr<QString> made,
    const JournalEvent& event)
{
    const auto work = [plan, make, made = std::move(made), event](const DataFolders& folders, JobContext& context) {
        auto digest = make(ImageLayout(folders.images()), plan, context);
        if (!digest)
            return Result<>(std::move(digest).error());
        JournalEvent done = event;
        done.id = digest->toString();
        if (done.name.empty())
            done.name = done.id;
        noteEvent(folders.events(), std::move(done));
        if (made) // read after the job has finished, on the other thread
            *made = QString::fromStdString(digest->toString());
        return Result<>();
    };
    return images.work(title, work);
}

template <typename Plan>
std::unique_ptr<Job> layoutJob(ImageStore& images, const QString& title, const Plan& plan,
    Result<> (*act)(const ImageLayout&, const Plan&, JobContext&), const JournalEvent& event)
{
    return images.work(title, [plan, act, event](const DataFolders& folders, JobContext& context) {
        auto done = act(ImageLayout(folders.images()), plan, context);
        if (done)
            noteEvent(folders.events(), event);
        return done;
    });
}

JournalEvent imageEvent(const char* action, const std::string& name, const std::string& digest = {})
{
    return { 0, "image", action, digest, name.empty() ? digest : name };
}

/// One for each name.
void noteNames(
    const DataFolders& folders, const char* action, const Digest& digest, const std::vector<std::string>& names)
{
    for (const auto& name : names)
        noteEvent(folders.events(), imageEvent(action, name, digest.toString()));
    if (names.empty())
        noteEvent(folders.events(), imageEvent(action, {}, digest.toString()));
}

/// Adds what the words chose, unless it goes with what is there already.
void addRemoval(std::vector<ImageRemoval>& removals, const ImageMatch& match)
{
    ImageRemoval removal{ *Digest::parse(match.info.digest.toStdString()), {} };
    if (match.reference)
        removal.reference = match.reference->toStdString();
    const bool isCovered = std::any_of(removals.begin(), removals.end(), [&removal](const ImageRemoval& earlier) {
        return earlier.digest == removal.digest && (!earlier.reference || earlier.reference == removal.reference);
    });
    if (isCovered)
        return;
    if (!removal.reference)
        std::erase_if(removals, [&removal](const auto& earlier) { return earlier.digest == removal.digest; });
    removals.push_back(std::move(removal));
}

std::unique_ptr<Job> failedJob(ImageStore& images, const QString& title, const Error& error)
{
    return images.work(title, [error](const DataFolders&, JobContext&) { return Result<>(error); });
}

} // namespace

std::unique_ptr<Job> loadJob(ImageStore& images, const LoadPlan& plan)
{
    return layoutJob(images, QObject::tr("Load %1").arg(quoted(plan.path)), plan, &loadImages,
        imageEvent("loadfromarchive", plan.path));
}

std::unique_ptr<Job> pullJob(ImageStore& images, const PullPlan& plan)
{
    return layoutJob(images, QObject::tr("Pull %1").arg(quoted(plan.name.transport().substr(9))), plan, &pullImage,
        imageEvent("pull", plan.name.transport().substr(9)));
}

std::unique_ptr<Job> pushJob(ImageStore& images, const PushPlan& plan)
{
    return layoutJob(images, QObject::tr("Push %1").arg(quoted(plan.destination.transport().substr(9))), plan,
        &pushImage, imageEvent("push", plan.destination.transport().substr(9), plan.image.toString()));
}

std::unique_ptr<Job> saveJob(ImageStore& images, const SavePlan& plan)
{
    const QString name = plan.reference.empty() ? shortName(plan.image) : quoted(plan.reference);
    return layoutJob(images, QObject::tr("Save %1 as %2").arg(name, quoted(plan.path)), plan, &saveImage,
        imageEvent("save", plan.reference, plan.image.toString()));
}

std::unique_ptr<Job> saveManyJob(ImageStore& images, const SaveManyPlan& plan)
{
    QStringList names;
    for (const auto& image : plan.images)
        names << (image.references.empty() ? shortName(image.image) : quoted(image.references.front()));
    return layoutJob(images, QObject::tr("Save %1 as %2").arg(names.join(QStringLiteral(", ")), quoted(plan.path)),
        plan, &saveImages, imageEvent("save", plan.path));
}

std::unique_ptr<Job> removeJob(ImageStore& images, const QStringList& words)
{
    QStringList names;
    std::vector<ImageRemoval> removals;
    const auto known = images.images();
    for (const QString& word : words) {
        const auto match = matchImage(known, word);
        if (!match)
            return failedJob(
                images, QObject::tr("Remove %1").arg(words.join(QStringLiteral(", "))), unknownImage(word));
        names << (match->reference ? *match->reference : match->info.shortName());
        addRemoval(removals, *match);
    }
    return images.work(QObject::tr("Remove %1").arg(names.join(QStringLiteral(", "))),
        [removals](const DataFolders& folders, JobContext&) { return removeImages(folders, removals); });
}

std::unique_ptr<Job> importJob(ImageStore& images, const ImportPlan& plan, std::shared_ptr<QString> made)
{
    return makingJob(images, QObject::tr("Import %1").arg(quoted(plan.path)), plan, &importImage, std::move(made),
        imageEvent("import", plan.words.reference));
}

std::unique_ptr<Job> commitJob(ImageStore& images, const CommitPlan& plan, std::shared_ptr<QString> made)
{
    const QString name = plan.words.reference.empty() ? shortName(plan.base) : quoted(plan.words.reference);
    return makingJob(images, QObject::tr("Make image %1").arg(name), plan, &commitImage, std::move(made),
        imageEvent("commit", plan.words.reference));
}

std::unique_ptr<Job> buildJob(ImageStore& images, const BuildPlan& plan, std::shared_ptr<QString> made)
{
    const QString name = quoted(plan.references.empty() ? plan.contextFolder : plan.references.front());
    return makingJob(images, QObject::tr("Build %1").arg(name), plan, &buildImage, std::move(made),
        imageEvent("build", plan.references.empty() ? std::string() : plan.references.front()));
}

std::unique_ptr<Job> removeBuildCacheJob(ImageStore& images)
{
    return images.work(QObject::tr("Remove the cache of builds"),
        [](const DataFolders& folders, JobContext&) { return removeBuildCache(ImageLayout(folders.images())); });
}

std::unique_ptr<Job> tagJob(ImageStore& images, const QString& words, const QStringList& references)
{
    const QString title = QObject::tr("Name %1 %2").arg(words, references.join(QStringLiteral(", ")));
    const auto image = images.find(words);
    if (!image)
        return failedJob(images, title, unknownImage(words));
    std::vector<std::string> names;
    for (const QString& reference : references) {
        auto full = normalizedReference(reference.toStdString());
        if (!full)
            return failedJob(images, title, full.error());
        names.push_back(*std::move(full));
    }
    const Digest digest = *Digest::parse(image->digest.toStdString());
    return images.work(title, [digest, names](const DataFolders& folders, JobContext&) {
        auto done = tagImage(ImageLayout(folders.images()), digest, names);
        if (done)
            noteNames(folders, "tag", digest, names);
        return done;
    });
}

std::unique_ptr<Job> untagJob(ImageStore& images, const QString& words, const QStringList& references)
{
    const QString title = QObject::tr("Take names from %1").arg(words);
    const auto image = images.find(words);
    if (!image)
        return failedJob(images, title, unknownImage(words));
    std::vector<std::string> names;
    for (const QString& reference : references) {
        const auto match = matchImage({ *image }, reference);
        if (!match || !match->reference)
            return failedJob(images, title,
                Error{ ErrorCode::NotFound, reference.toStdString() + " is no name of " + words.toStdString(), 0,
                    "Its names: " + image->references.join(QStringLiteral(", ")).toStdString() });
        names.push_back(match->reference->toStdString());
    }
    const Digest digest = *Digest::parse(image->digest.toStdString());
    return images.work(title, [digest, names](const DataFolders& folders, JobContext&) {
        auto done = untagImage(ImageLayout(folders.images()), digest, names);
        if (done)
            noteNames(folders, "untag", digest, names);
        return done;
    });
}

std::unique_ptr<Job> pruneJob(ImageStore& images, const QStringList& digests)
{
    std::vector<ImageRemoval> removals;
    for (const QString& text : digests) {
        if (const auto digest = Digest::parse(text.toStdString()))
            removals.push_back({ *digest, {} });
    }
    return images.work(QObject::tr("Remove what is not needed"), [removals](const DataFolders& folders, JobContext&) {
        if (auto removed = removeImages(folders, removals); !removed)
            return removed;
        return removeIdleDownloads(ImageLayout(folders.images()));
    });
}

std::unique_ptr<Job> loginJob(const RegistryLogin& login)
{
    return std::make_unique<ThreadJob>(QObject::tr("Log in to %1").arg(quoted(login.host)),
        QThreadPool::globalInstance(), [login](JobContext& context) { return loginToRegistry(login, context); });
}

std::unique_ptr<Job> logoutJob(const std::string& host)
{
    return std::make_unique<ThreadJob>(QObject::tr("Log out of %1").arg(quoted(host)), QThreadPool::globalInstance(),
        [host](JobContext&) { return logoutOfRegistry(host, {}); });
}

std::unique_ptr<Job> copyJob(const RegistryCopy& copy)
{
    return std::make_unique<ThreadJob>(
        QObject::tr("Copy %1 to %2").arg(quoted(copy.from.place()), quoted(copy.to.place())),
        QThreadPool::globalInstance(), [copy](JobContext& context) { return copyBetweenRegistries(copy, context); });
}

std::vector<ImageInfo> prunableImages(const ImageStore& images, const QStringList& used, bool takesNamed)
{
    std::vector<ImageInfo> prunable;
    for (const ImageInfo& info : images.images()) {
        if (!used.contains(info.digest) && (takesNamed || info.references.isEmpty()))
            prunable.push_back(info);
    }
    return prunable;
}

} // namespace twinhull
