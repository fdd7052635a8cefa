// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/containers/container_provider.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/containers/cgroup_limits.h"
#include "core/containers/container_bin.h"
#include "core/containers/container_command.h"
#include "core/containers/container_host.h"
#include "core/containers/container_provider_private.h"
#include "core/containers/container_work.h"
#include "core/containers/disk_use.h"
#include "core/containers/monitor_job.h"
#include "core/containers/plan_check.h"
#include "core/containers/root_copy.h"
#include "core/containers/settings_of_each.h"
#include "core/jobs/sequential_job.h"
#include "core/ipc/keeper_messages.h"
#include "core/jobs/thread_job.h"
#include "core/networks/networks.h"

#include <QLoggingCategory>
#include <QTimer>

#include <algorithm>
#include <iterator>

namespace twinhull {

namespace {

Q_LOGGING_CATEGORY(lcContainers, "twinhull.containers")

using namespace std::chrono_literals;

constexpr std::uint32_t kGraceSeconds = 10; // as podman's
constexpr auto kLimitsSettled = 200ms; // an update writes several files, and is one change
constexpr auto kSuccessorPause = 50ms; // grows by itself
constexpr int kMostSuccessorLooks = 30; // 23 s
constexpr auto kFollowDeadline = 30s; // after the grace: SIGKILL, the last output, hull delete

const std::vector<WorkloadState> kEnded{ WorkloadState::Stopped, WorkloadState::Failed };

/// On the processors that the container has, where it is pinned.
Command pinned(std::vector<std::string> words, const Container* container)
{
    return { std::move(words), {}, {},
        container == nullptr ? std::vector<unsigned>() : container->settings().pinnedCpus };
}

} // namespace

ContainerProvider::ContainerProvider(
    DataFolders folders, ImageStore& images, OthersChanges changes, std::vector<std::string> names)
    : m_d(std::make_unique<Private>(this, std::move(folders), images, std::move(names)))
{
    qRegisterMetaType<WorkloadInfo>();
    qRegisterMetaType<WorkloadId>();
    const std::string root = m_d->folders.containers();
    if (auto made = makeFolders(root); !made)
        qCWarning(lcContainers, "%s", made.error().message.c_str());
    if (changes == OthersChanges::Followed)
        m_d->watchFolder(root);
    m_d->pool.start([given = m_d->folders] {
        removeStaleContainers(given);
        if (auto emptied = emptyBin(given, wallClockMilliseconds()); !emptied)
            qCWarning(lcContainers, "%s", emptied.error().message.c_str());
    });
    m_d->rescan();
}

ContainerProvider::~ContainerProvider() = default;

/// Of all containers; each is watched once it is known.
void ContainerProvider::Private::watchFolder(const std::string& root)
{
    watcher = std::make_unique<QFileSystemWatcher>();
    connect(watcher.get(), &QFileSystemWatcher::directoryChanged, q, [this, root](const QString& path) {
        const std::string changed = path.toStdString();
        if (changed == root)
            return rescan();
        for (const auto& [id, container] : containers) {
            if (container->folder().path() == changed)
                return container->refresh();
        }
    });
    connect(watcher.get(), &QFileSystemWatcher::fileChanged, q, [this](const QString& path) { onLimitsWritten(path); });
    watcher->addPath(QString::fromStdString(root));
}

void ContainerProvider::Private::rescan()
{
    const auto ids = containerIds(folders);
    for (auto it = containers.begin(); it != containers.end();) {
        if (std::binary_search(ids.begin(), ids.end(), it->first)) {
            ++it;
            continue;
        }
        const auto gone = std::move(it->second);
        it = containers.erase(it);
        if (watcher)
            watcher->removePath(QString::fromStdString(gone->folder().path()));
        watchLimits(gone->info().id.key, {});
        Q_EMIT q->removed(gone->info().id);
    }
    std::vector<std::string> fresh;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(fresh), [this](const std::string& id) {
        return containers.find(id) == containers.end() && strangers.find(id) == strangers.end();
    });
    auto settings = settingsOfEach(folders, fresh, names);
    for (std::size_t i = 0; i < fresh.size(); ++i)
        add(fresh[i], std::move(settings[i]));
}

void ContainerProvider::Private::add(const std::string& id, Result<std::optional<ContainerSettings>> settings)
{
    if (!settings) {
        qCWarning(lcContainers, "%s", settings.error().message.c_str());
        return;
    }
    if (!*settings) {
        strangers.insert(id);
        return;
    }
    auto made = std::make_unique<Container>(ContainerFolder(folders, id), **std::move(settings));
    auto* container = made.get();
    containers.emplace(id, std::move(made));
    if (watcher)
        watcher->addPath(QString::fromStdString(container->folder().path()));
    connect(container, &Container::orphaned, q, [this, container] { adopt(container); });
    container->follow();
    const auto watch
        = [this, container] { watchLimits(container->info().id.key, container->info().footprint.cgroupPath); };
    watch();
    Q_EMIT q->added(container->info());
    connect(container, &Container::changed, q, [this, container, watch] {
        watch();
        Q_EMIT q->changed(container->info());
    });
}

/// A cgroup of the next run has the same name and other files, so they are let go of with each run.
void ContainerProvider::Private::watchLimits(const QString& key, const QString& cgroup)
{
    if (!watcher)
        return;
    const auto known = limitFiles.find(key);
    if (known == limitFiles.end() ? cgroup.isEmpty() : known->second.front().startsWith(cgroup + u'/'))
        return;
    if (known != limitFiles.end()) {
        watcher->removePaths(known->second);
        limitFiles.erase(known);
        limitWrites.erase(key);
    }
    const QStringList files = cgroup.isEmpty() ? QStringList() : limitFilesIn(cgroup);
    if (files.isEmpty())
        return;
    watcher->addPaths(files);
    limitFiles.emplace(key, files);
}

void ContainerProvider::Private::onLimitsWritten(const QString& path)
{
    for (const auto& [key, files] : limitFiles) {
        const auto found = containers.find(key.toStdString());
        if (files.contains(path) && found != containers.end()) {
            Container* container = found->second.get();
            const unsigned write = ++limitWrites[key];
            return QTimer::singleShot(kLimitsSettled, container, [this, container, key = key, write] {
                if (limitWrites[key] == write) // else another one came
                    container->readLimits();
            });
        }
    }
}

/// Its monitor was killed: another one takes over, or clears up after it. Where that fails it is not tried again.
void ContainerProvider::Private::adopt(Container* container)
{
    if (!availability || !adopting.insert(container->folder().id()).second)
        return;
    const auto arguments = monitorArguments(folders, container->folder(), container->settings(), programs,
        MonitorTask::Adopt, { monotonicNanoseconds(), 0 });
    awaitedAdoptions.insert(arguments.id);
    pool.start([this, arguments, cpus = container->settings().pinnedCpus, known = programs] {
        auto status = launchMonitor(known, arguments, cpus);
        QMetaObject::invokeMethod(q, [this, id = arguments.id, reply = std::move(status)] { onAdopted(id, reply); });
    });
}

/// Busy where somebody else looks after it just now. After a run whose monitor was killed that is a monitor that
/// another program has started: it is waited for until it listens, or nobody has it any more. One whose folder below
/// the runtime folder went, as with a logout, never listens again.
void ContainerProvider::Private::onAdopted(const std::string& id, const Result<MonitorStatus>& reply)
{
    const auto found = containers.find(id);
    const bool isBusy = !reply && reply.error().code == ErrorCode::Busy;
    const bool isAfterARun = found != containers.end() && exists(found->second->folder().runRecordPath())
        && exists(found->second->folder().runtimePath());
    if (isBusy && isAfterARun && ++successorLooks[id] <= kMostSuccessorLooks) {
        QTimer::singleShot(kSuccessorPause * successorLooks[id], q, [this, id] { followSuccessor(id); });
        return;
    }
    successorLooks.erase(id);
    awaitedAdoptions.erase(id);
    if (reply || isBusy)
        adopting.erase(id);
    else
        qCWarning(lcContainers, "take over %s: %s", id.c_str(), reply.error().message.c_str());
    if (found == containers.end())
        return;
    if (reply)
        found->second->adoptStatus(*reply);
    Q_EMIT q->changed(found->second->info()); // who waits until all is settled hears of it, whatever it was
}

/// Where nobody answers it is orphaned, and adopted anew.
void ContainerProvider::Private::followSuccessor(const std::string& id)
{
    awaitedAdoptions.erase(id);
    adopting.erase(id);
    const auto found = containers.find(id);
    if (found == containers.end())
        return;
    found->second->follow();
    if (awaitedAdoptions.count(id) > 0)
        return;
    successorLooks.erase(id);
    Q_EMIT q->changed(found->second->info());
}

Container* ContainerProvider::Private::find(const WorkloadId& id) const
{
    const auto found = containers.find(id.key.toStdString());
    return id.kind == WorkloadKind::Container && found != containers.end() ? found->second.get() : nullptr;
}

std::unique_ptr<Job> ContainerProvider::Private::work(const QString& title, std::function<Result<>()> function)
{
    return std::make_unique<ThreadJob>(title, &pool,
        [title, function = std::move(function)](JobContext&) { return function().withContext(title.toStdString()); });
}

std::unique_ptr<Job> ContainerProvider::Private::failingJob(const QString& title, const Error& error)
{
    return work(title, [error] { return Result<>(error); });
}

Result<BundleSource> ContainerProvider::Private::bundleSource(const ContainerSettings& settings) const
{
    const QString digest = QString::fromStdString(settings.imageDigest);
    const auto image = images.find(digest);
    if (!image)
        return Error{ ErrorCode::NotFound, "its image " + settings.imageReference + " is gone", 0,
            "Load the image again: twinhullctl images load FILE" };
    const KeptIds kept = settings.process.kept.value_or(KeptIds());
    auto layers = images.layerPaths(digest, layerWishOf(settings));
    auto mappings = containerMappings(kept);
    if (!layers || !mappings)
        return layers ? std::move(mappings).error() : std::move(layers).error();
    auto networks = definitionsOf(folders, settings.networks);
    if (!networks)
        return std::move(networks).error();
    BundleSource source{ settings, *image, {}, folders.volumes(), folders.secrets(), findProgram("container-init"),
        mappings->users, mappings->groups, folders.runtime + "/networks/" + kKeeperUserNamespaceName, {} };
    for (const bool isInternal : { false, true }) { // first one that knows other names as well
        for (const auto& network : *networks) {
            if (network.isInternal == isInternal)
                source.nameServers.push_back(network.ipv4Gateway);
        }
    }
    for (const auto& layer : *layers)
        source.layers.push_back(layer.toStdString());
    return source;
}

std::unique_ptr<Job> ContainerProvider::Private::writeContainer(const QString& title, const ContainerSettings& settings)
{
    auto source = bundleSource(settings);
    if (!source)
        return failingJob(title, source.error());
    return work(title, [given = folders, source = *std::move(source)] { return makeContainer(given, source); });
}

std::unique_ptr<Job> ContainerProvider::Private::launchMonitorOf(
    Container* container, const StartMoments& moments, const Launch& launch)
{
    const auto& settings = container->settings();
    const QString title = tr("Start %1").arg(container->info().name);
    if (auto checked = checkPrograms(settings, programs); !checked)
        return failingJob(title, std::move(checked).error());
    auto arguments = monitorArguments(folders, container->folder(), settings, programs, launch.task, moments);
    arguments.keepsCheckpoint = launch.keepsCheckpoint;
    const auto report = std::make_shared<std::optional<MonitorStatus>>();
    auto job = work(title, [known = programs, arguments, cpus = settings.pinnedCpus, report]() -> Result<> {
        auto status = launchMonitor(known, arguments, cpus);
        if (!status)
            return std::move(status).error();
        *report = *std::move(status);
        return {};
    });
    connect(job.get(), &Job::finished, container, [container, report] {
        if (*report)
            container->adoptStatus(**report);
        else
            container->setPassing({});
    });
    return job;
}

/// Its image unpacked, and then its monitor.
std::unique_ptr<Job> ContainerProvider::Private::starting(
    const QString& title, Container* container, const Launch& launch)
{
    auto job = std::make_unique<SequentialJob>(title);
    const auto moments = std::make_shared<StartMoments>();
    job->add([this, moments, container = QPointer(container)]() -> std::unique_ptr<Job> {
        moments->request = monotonicNanoseconds();
        if (container && std::find(kEnded.begin(), kEnded.end(), container->info().state) != kEnded.end())
            container->setPassing(WorkloadState::Starting);
        return container ? unpackIfNeeded(container->settings(), layerWishOf(container->settings())) : nullptr;
    });
    job->add([this, container = QPointer(container)] { return container ? copyRootIfNeeded(*container) : nullptr; });
    job->add([this, moments, title, launch, container = QPointer(container)] {
        moments->unpack = monotonicNanoseconds();
        return container ? launchMonitorOf(container, *moments, launch)
                         : failingJob(title, { ErrorCode::NotFound, "it was removed", 0, {} });
    });
    connect(job.get(), &Job::finished, container, [container] { container->setPassing({}); });
    return job;
}

std::vector<WorkloadInfo> ContainerProvider::workloads() const
{
    std::vector<WorkloadInfo> all;
    for (const auto& [id, container] : m_d->containers)
        all.push_back(container->info());
    return all;
}

std::optional<WorkloadInfo> ContainerProvider::find(const WorkloadId& id) const
{
    const Container* container = m_d->find(id);
    return container != nullptr ? std::optional(container->info()) : std::nullopt;
}

bool ContainerProvider::isSettled() const
{
    return m_d->awaitedAdoptions.empty()
        && std::none_of(m_d->containers.begin(), m_d->containers.end(),
            [](const auto& entry) { return entry.second->isAwaited(); });
}

Result<> ContainerProvider::availability() const
{
    return m_d->availability;
}

std::vector<HostNotice> ContainerProvider::notices() const
{
    return containerNotices(m_d->programs, knownRootForm(m_d->folders));
}

std::unique_ptr<Job> ContainerProvider::create(const WorkloadPlan& plan)
{
    const QString title = tr("Create %1").arg(plan.name);
    const auto* source = std::get_if<ImageSource>(&plan.source);
    if (source == nullptr)
        return m_d->failingJob(
            title, { ErrorCode::Unsupported, "a container is made from an image, not from a disk", 0, {} });
    const auto image = m_d->images.find(source->reference);
    if (!image)
        return m_d->failingJob(title,
            { ErrorCode::NotFound, "there is no image \"" + source->reference.toStdString() + "\"", 0,
                "Pull it first: twinhullctl images pull " + source->reference.toStdString() });
    auto settings = settingsFromPlan(plan, *image);
    if (!settings)
        return m_d->failingJob(title, settings.error());
    return m_d->making(title, *std::move(settings));
}

std::unique_ptr<Job> ContainerProvider::start(const WorkloadId& id)
{
    auto* container = m_d->find(id);
    const QString title = tr("Start %1").arg(container != nullptr ? container->info().name : id.key);
    if (container == nullptr)
        return m_d->failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    if (!m_d->availability)
        return m_d->failingJob(title, m_d->availability.error());
    return m_d->starting(title, container, {});
}

std::unique_ptr<Job> ContainerProvider::stop(const WorkloadId& id, StopMode mode)
{
    const auto* container = m_d->find(id);
    const auto asked = container != nullptr ? container->settings().process.stopSeconds : std::nullopt;
    const std::chrono::milliseconds grace
        = mode == StopMode::Force ? 0ms : std::chrono::seconds(asked.value_or(kGraceSeconds));
    return std::make_unique<MonitorJob>(tr("Stop %1").arg(container != nullptr ? container->info().name : id.key),
        m_d->find(id), MonitorRequest{ MonitorVerb::Stop, 0, static_cast<int>(grace.count()), {} }, kEnded,
        grace + kFollowDeadline);
}

std::unique_ptr<Job> ContainerProvider::pause(const WorkloadId& id)
{
    const auto* container = m_d->find(id);
    return std::make_unique<MonitorJob>(tr("Pause %1").arg(container != nullptr ? container->info().name : id.key),
        m_d->find(id), MonitorRequest{ MonitorVerb::Pause }, std::vector{ WorkloadState::Paused }, kFollowDeadline);
}

std::unique_ptr<Job> ContainerProvider::resume(const WorkloadId& id)
{
    const auto* container = m_d->find(id);
    return std::make_unique<MonitorJob>(tr("Resume %1").arg(container != nullptr ? container->info().name : id.key),
        m_d->find(id), MonitorRequest{ MonitorVerb::Resume }, std::vector{ WorkloadState::Running }, kFollowDeadline);
}

/// Stops it by force where it runs; then `function` on a worker thread takes its folder away.
std::unique_ptr<Job> ContainerProvider::Private::removing(
    const QString& title, const WorkloadId& id, std::function<Result<>()> function)
{
    auto job = std::make_unique<SequentialJob>(title);
    job->add([this, id, container = QPointer(find(id))]() -> std::unique_ptr<Job> {
        const bool runs = container && container->info().capabilities.testFlag(Capability::ForceOff);
        return runs ? q->stop(id, StopMode::Force) : nullptr;
    });
    job->add([this, title, function = std::move(function)] { return work(title, function); });
    job->add([this] {
        rescan();
        return nullptr;
    });
    return job;
}

std::unique_ptr<Job> ContainerProvider::remove(const WorkloadId& id)
{
    auto* container = m_d->find(id);
    const QString title = tr("Remove %1").arg(container != nullptr ? container->info().name : id.key);
    if (container == nullptr)
        return m_d->failingJob(title, { ErrorCode::NotFound, "there is no such container", 0, {} });
    return m_d->removing(title, id, [folders = m_d->folders, folder = container->folder(), programs = m_d->programs] {
        return removeContainer(folders, folder, programs);
    });
}

Result<std::unique_ptr<TerminalConnection>> ContainerProvider::openTerminal(
    const WorkloadId& id, const TerminalSize& size)
{
    const auto* container = m_d->find(id);
    if (container == nullptr)
        return Error{ ErrorCode::NotFound, "there is no such container", 0, {} };
    return TerminalConnection::open(container->folder().runtimePath(), size);
}

std::vector<std::string> ContainerProvider::execCommand(const WorkloadId& id) const
{
    const ContainerFolder folder(m_d->folders, id.key.toStdString());
    return { m_d->programs.hull, "--root", folder.runtimePath() + "/hull", "exec" };
}

std::unique_ptr<Job> ContainerProvider::runInside(
    const WorkloadId& id, InsideCommand command, std::shared_ptr<CommandOutcome> outcome)
{
    const auto work = [exec = pinned(execCommand(id), m_d->find(id)), key = id.key.toStdString(),
                          command = std::move(command), outcome = std::move(outcome)](
                          JobContext& context) { return runInContainer(exec, key, command, context, *outcome); };
    return std::make_unique<ThreadJob>(tr("Run a command inside"), QThreadPool::globalInstance(), work);
}

bool ContainerProvider::hasFilesAtRest(const WorkloadId& id) const
{
    const auto* container = m_d->find(id);
    return container != nullptr && std::find(kEnded.begin(), kEnded.end(), container->info().state) != kEnded.end();
}

Result<InsideRun> ContainerProvider::prepareInside(const WorkloadId& id, InsideCommand command)
{
    if (!command.programPath.empty() && hasFilesAtRest(id)) {
        const Container& container = *m_d->find(id);
        return m_d->afterRootCopy(container,
            [hull = Command{ { m_d->programs.hull }, {}, {} }, folder = container.folder().path(),
                command = std::move(command)](
                const InsideStreams& streams) { return streamInFiles(hull, folder, command, streams); });
    }
    return InsideRun(
        [exec = pinned(execCommand(id), m_d->find(id)), key = id.key.toStdString(), command = std::move(command)](
            const InsideStreams& streams) { return streamInContainer(exec, key, command, streams); });
}

Result<WorkloadProvider::DiskUse> ContainerProvider::diskUse(const WorkloadId& id) const
{
    return containerDiskUse(ContainerFolder(m_d->folders, id.key.toStdString()));
}

} // namespace twinhull
