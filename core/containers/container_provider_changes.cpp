// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/containers/container_bin.h"
#include "core/containers/container_change.h"
#include "core/containers/container_diff.h"
#include "core/containers/container_events.h"
#include "core/containers/container_provider_private.h"
#include "core/containers/monitor_job.h"
#include "core/containers/plan_check.h"
#include "core/containers/plan_of.h"
#include "core/containers/root_copy.h"
#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"
#include "core/jobs/sequential_job.h"

namespace twinhull {

namespace {

constexpr std::chrono::seconds kAnswerDeadline{ 30 };

} // namespace

std::unique_ptr<Job> ContainerProvider::kill(const WorkloadId& id, int signalNumber)
{
    auto* container = m_d->find(id);
    return std::make_unique<MonitorJob>(
        tr("Send signal %1 to %2").arg(signalNumber).arg(container != nullptr ? container->info().name : id.key),
        container, MonitorRequest{ MonitorVerb::Kill, signalNumber }, std::vector<WorkloadState>(), kAnswerDeadline);
}

Result<std::unique_ptr<InputConnection>> ContainerProvider::openInput(const WorkloadId& id)
{
    const auto* container = m_d->find(id);
    if (container == nullptr)
        return Error{ ErrorCode::NotFound, "there is no such container", 0, {} };
    return InputConnection::open(container->folder().runtimePath());
}

/// `function` on a worker thread; then what it changed is read again.
std::unique_ptr<Job> ContainerProvider::Private::changing(
    const QString& title, const WorkloadId& id, std::function<Result<>(const ContainerFolder&)> function)
{
    auto* container = find(id);
    if (container == nullptr)
        return failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    auto job = work(title, [folder = container->folder(), function = std::move(function)] { return function(folder); });
    connect(job.get(), &Job::finished, container, &Container::refresh);
    return job;
}

std::unique_ptr<Job> ContainerProvider::Private::unpackIfNeeded(
    const ContainerSettings& settings, const LayerWish& wish)
{
    const QString digest = QString::fromStdString(settings.imageDigest);
    const auto known = knownRootForm(folders);
    const bool isKnown = wish.form || (known && !known->mayPass); // else unpacking finds it out
    return isKnown && images.layerPaths(digest, wish) ? nullptr : images.unpack(digest, wish);
}

/// Nothing for a container with an overlay, whoever makes it.
std::unique_ptr<Job> ContainerProvider::Private::copyRootIfNeeded(const Container& container)
{
    const auto& settings = container.settings();
    if (settings.root.kind != RootKind::Copy)
        return nullptr;
    const auto layers = images.layerPaths(QString::fromStdString(settings.imageDigest), layerWishOf(settings));
    const QString title = tr("Copy the image's files for %1").arg(container.info().name);
    return layers ? rootCopyJob(title, container.folder(), settings, *layers) : failingJob(title, layers.error());
}

/// The files of one that never ran are not there yet where its root is a copy, and what a visit mounts in their place
/// would be taken for them at its first start.
InsideRun ContainerProvider::Private::afterRootCopy(const Container& container, InsideRun run) const
{
    const auto& settings = container.settings();
    if (settings.root.kind != RootKind::Copy)
        return run;
    const auto layers = images.layerPaths(QString::fromStdString(settings.imageDigest), layerWishOf(settings));
    return [folder = container.folder(), settings, layers, run = std::move(run)](
               const InsideStreams& streams) -> Result<int> {
        WorkerObserver observer;
        observer.isCancelled = [&streams] { return streams.isCancelled && streams.isCancelled(); };
        const auto made = makeRootCopy(folder, settings, layers, observer);
        return made ? run(streams) : Result<int>(made.error());
    };
}

/// A new container with these settings, but for its id.
std::unique_ptr<Job> ContainerProvider::Private::making(const QString& title, ContainerSettings settings)
{
    settings.id = makeContainerId();
    settings.root = {};
    settings.createdMilliseconds = wallClockMilliseconds();
    auto job = std::make_unique<SequentialJob>(title);
    job->add([this, settings] { return unpackIfNeeded(settings, { settings.process.kept.value_or(KeptIds()), {} }); });
    job->add([this, title, settings = std::move(settings)]() mutable {
        const RootForm form = knownRootForm(folders).value_or(RootForm()); // unpacking found it out
        settings.root = { form.kind, form.because };
        return writeContainer(title, settings);
    });
    job->add([this] {
        rescan();
        return nullptr;
    });
    return job;
}

Result<WorkloadPlan> ContainerProvider::planOf(const WorkloadId& id) const
{
    const auto* container = m_d->find(id);
    if (container == nullptr)
        return Error{ ErrorCode::NotFound, "there is no such container", 0, {} };
    const auto image = m_d->images.find(QString::fromStdString(container->settings().imageReference));
    return twinhull::planOf(container->settings(), image ? &*image : nullptr);
}

std::unique_ptr<Job> ContainerProvider::duplicate(const WorkloadId& id, const QString& name)
{
    const auto* container = m_d->find(id);
    const QString title = tr("Duplicate %1").arg(container != nullptr ? container->info().name : id.key);
    if (container == nullptr)
        return m_d->failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    if (auto checked = checkWorkloadName(name); !checked)
        return m_d->failingJob(title, checked.error());
    ContainerSettings settings = container->settings();
    settings.name = name.toStdString();
    settings.twinGroup.clear(); // a twin has two halves
    return m_d->making(title, std::move(settings));
}

std::unique_ptr<Job> ContainerProvider::rename(const WorkloadId& id, const QString& name)
{
    const auto* container = m_d->find(id);
    const QString title = tr("Rename %1").arg(container != nullptr ? container->info().name : id.key);
    if (auto checked = checkWorkloadName(name); !checked)
        return m_d->failingJob(title, checked.error());
    if (container == nullptr)
        return m_d->failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    const auto calling = [this, title, id](const std::string& text) {
        return m_d->changing(title, id, [folders = m_d->folders, text](const ContainerFolder& folder) {
            return renameContainer(folders, folder, text);
        });
    };
    auto job = std::make_unique<SequentialJob>(title);
    job->add([calling, text = name.toStdString()] { return calling(text); },
        [calling, before = container->settings().name] { return calling(before); });
    job->add([this, title, id]() -> std::unique_ptr<Job> {
        auto* renamed = m_d->find(id);
        if (renamed == nullptr || renamed->settings().networks.empty()
            || !renamed->info().capabilities.testFlag(Capability::Stop))
            return nullptr;
        return std::make_unique<MonitorJob>(
            title, renamed, MonitorRequest{ MonitorVerb::Renamed }, std::vector<WorkloadState>(), kAnswerDeadline);
    });
    return job;
}

std::unique_ptr<Job> ContainerProvider::update(const WorkloadId& id, const WorkloadChange& change)
{
    const auto* container = m_d->find(id);
    return m_d->changing(tr("Change %1").arg(container != nullptr ? container->info().name : id.key), id,
        [folders = m_d->folders, programs = m_d->programs, change](
            const ContainerFolder& folder) { return updateContainer(folders, folder, programs, change); });
}

std::unique_ptr<Job> ContainerProvider::noteRestart(const WorkloadId& id)
{
    const auto* container = m_d->find(id);
    if (container == nullptr)
        return nullptr;
    return m_d->work(
        tr("Restart %1").arg(container->info().name), [folders = m_d->folders, settings = container->settings()] {
            noteContainer(folders, settings, "restart");
            return Result<>();
        });
}

std::unique_ptr<Job> ContainerProvider::discard(const WorkloadId& id)
{
    auto* container = m_d->find(id);
    const QString title = tr("Remove %1").arg(container != nullptr ? container->info().name : id.key);
    if (container == nullptr)
        return m_d->failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    return m_d->removing(title, id, [folders = m_d->folders, folder = container->folder(), programs = m_d->programs] {
        return discardContainer(folders, folder, programs);
    });
}

std::unique_ptr<Job> ContainerProvider::restore(const WorkloadId& id)
{
    const QString title = tr("Bring %1 back").arg(id.key);
    auto job = std::make_unique<SequentialJob>(title);
    job->add([this, title, id] {
        return m_d->work(
            title, [folders = m_d->folders, key = id.key.toStdString()] { return restoreContainer(folders, key); });
    });
    job->add([this] {
        m_d->rescan();
        return nullptr;
    });
    return job;
}

std::unique_ptr<Job> ContainerProvider::findDifferences(
    const WorkloadId& id, std::shared_ptr<std::vector<FileDifference>> into)
{
    const auto* container = m_d->find(id);
    if (container == nullptr)
        return m_d->failingJob(
            tr("Compare %1 with its image").arg(id.key), { ErrorCode::NotFound, "there is no such container", 0, {} });
    const auto changes = std::make_shared<std::vector<LayerChange>>();
    auto job = containerDiffJob(container->info().name, container->folder(), changes);
    connect(job.get(), &Job::finished, job.get(), [changes, into = std::move(into)] {
        for (auto& change : *changes) {
            const auto kind = change.kind == LayerChange::Kind::Added ? FileDifference::Kind::Added
                : change.kind == LayerChange::Kind::Removed           ? FileDifference::Kind::Removed
                                                                      : FileDifference::Kind::Changed;
            into->push_back({ kind, std::move(change.path) });
        }
    });
    return job;
}

std::unique_ptr<Job> ContainerProvider::listBin(std::shared_ptr<std::vector<BinnedWorkload>> found)
{
    return m_d->work(tr("Look into the bin"), [folders = m_d->folders, found = std::move(found)] {
        found->clear();
        const auto entries = binEntries(folders);
        if (!entries)
            return Result<>(entries.error());
        const auto momentOf = [](const BinEntry& entry, std::int64_t milliseconds) {
            return entry.isReadable ? QDateTime::fromMSecsSinceEpoch(milliseconds) : QDateTime();
        };
        for (const auto& entry : *entries)
            found->push_back(
                { { WorkloadKind::Container, QString::fromStdString(entry.id) }, QString::fromStdString(entry.name),
                    momentOf(entry, entry.removedMilliseconds), momentOf(entry, entry.untilMilliseconds),
                    QString::fromStdString(entry.imageDigest), entry.isReadable });
        return Result<>();
    });
}

std::unique_ptr<Job> ContainerProvider::removeForGood(const WorkloadId& id)
{
    return m_d->work(tr("Remove %1 for good").arg(id.key),
        [folders = m_d->folders, key = id.key.toStdString()] { return removeFromBin(folders, key); });
}

/// Frozen meanwhile where it can be.
std::unique_ptr<Job> ContainerProvider::commit(
    const WorkloadId& id, const CommitRequest& request, std::shared_ptr<QString> made)
{
    const auto* container = m_d->find(id);
    const QString title = tr("Make an image of %1").arg(container != nullptr ? container->info().name : id.key);
    if (container == nullptr)
        return m_d->failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    const std::string name = request.reference.toStdString();
    auto reference = name.empty() ? Result<std::string>(name) : normalizedReference(name);
    const auto base = Digest::parse(container->settings().imageDigest);
    if (!reference || !base)
        return m_d->failingJob(title, reference ? base.error() : reference.error());
    CommitPlan plan{ *base, container->folder().upperPath(),
        { *reference, {}, request.message.toStdString(), request.author.toStdString() },
        container->settings().process.kept.value_or(KeptIds()), {} };
    if (container->settings().root.kind == RootKind::Copy) {
        const auto layers
            = m_d->images.layerPaths(QString::fromStdString(base->toString()), layerWishOf(container->settings()));
        if (!layers)
            return m_d->failingJob(title, layers.error());
        for (const QString& layer : *layers)
            plan.copiedLayers.push_back(layer.toStdString());
    }
    for (const QString& instruction : request.instructions)
        plan.words.instructions.push_back(instruction.toStdString());
    const auto note = [this, title, settings = container->settings(), name = *reference] {
        return m_d->work(title, [folders = m_d->folders, settings, name] {
            noteContainer(folders, settings, "commit", { { "to", name } });
            return Result<>();
        });
    };
    auto job = std::make_unique<SequentialJob>(title);
    const bool isHeld = request.isPaused && container->info().capabilities.testFlag(Capability::Pause);
    if (isHeld)
        job->add([this, id] { return pause(id); }, [this, id] { return resume(id); });
    job->add([this, plan, made] { return commitJob(m_d->images, plan, made); });
    if (isHeld)
        job->add([this, id] { return resume(id); });
    job->add(note);
    return job;
}

} // namespace twinhull
