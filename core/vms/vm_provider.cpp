// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/vm_provider.h"

#include "core/base/files.h"
#include "core/images/image_store.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "core/vms/bin/vm_bin.h"
#include "core/vms/bin/vm_discard.h"
#include "core/vms/guest/guest_command_job.h"
#include "core/vms/power/kvm_probe.h"
#include "core/vms/link/mailbox.h"
#include "core/vms/link/vm_connection.h"
#include "core/vms/making/vm_creation.h"
#include "core/vms/figures/vm_figures_source.h"
#include "core/vms/vm_host.h"
#include "core/vms/disks/vm_orphans.h"
#include "core/vms/vm_services.h"
#include "core/vms/vm_sweep.h"

#include <QPointer>

#include <map>
#include <mutex>

namespace twinhull {

namespace {

constexpr int kCallThreads = 8;
constexpr int kEndDeadlineMilliseconds = 3000;

} // namespace

struct VmProvider::Private {
    Private(VmProvider* provider, DataFolders dataFolders, ImageStore& imageStore, VmOptions vmOptions)
        : q(provider)
        , folders(std::move(dataFolders))
        , images(imageStore)
        , options(std::move(vmOptions))
        , figures(std::make_shared<VmFiguresSource>(options.uri, folders.images()))
    {
    }

    VmProvider* q;
    DataFolders folders;
    ImageStore& images;
    VmOptions options;
    std::shared_ptr<Mailbox> mailbox;
    std::shared_ptr<VmFiguresSource> figures;
    std::unique_ptr<QThreadPool> calls = std::make_unique<QThreadPool>();
    VmToolbox tools;
    std::optional<VmConnection> connection;
    std::map<QString, DomainSnapshot> vms; // by UUID
    std::map<QString, WorkloadState> underway; // what our own jobs are about
    std::optional<Error> lost;
    std::optional<KvmVerdict> kvm;
    bool isSettled = false;
    bool isRetired = false;
    mutable std::mutex sharedMutex; // diskUse() comes from worker threads
    std::map<QString, QStringList> sharedDisks; // by UUID: what an image's VMs have in common

    void open();
    void onListed(std::vector<DomainSnapshot> snapshots);
    void onChanged(DomainSnapshot snapshot);
    void onRemoved(const QString& uuid);
    void onLost(Error error);
    void settle();
    void tellOthers();
    void put(DomainSnapshot snapshot);
    void settleBinned(const QString& key);
    WorkloadInfo shown(const DomainSnapshot& snapshot) const;
    void setUnderway(const QString& uuid, std::optional<WorkloadState> state);

    using VmWork = std::function<Result<>(const VmToolbox&, const DomainSnapshot&, JobContext&)>;
    std::unique_ptr<Job> jobOn(const WorkloadId& id, const QString& title, VmWork work);
    std::unique_ptr<Job> failing(const QString& title, Error error);
    std::unique_ptr<Job> makeRootDisk(const QString& digest);
    void follow(Job* job, const QString& uuid, WorkloadState state);
};

void VmProvider::Private::open()
{
    calls->setMaxThreadCount(kCallThreads);
    mailbox = std::make_shared<Mailbox>(q);
    const auto box = mailbox;
    LinkListener listener;
    listener.listed = [box, this](std::vector<DomainSnapshot> all) {
        box->post([this, all = std::move(all)]() mutable { onListed(std::move(all)); });
    };
    listener.changed = [box, this](DomainSnapshot one) {
        box->post([this, one = std::move(one)]() mutable { onChanged(std::move(one)); });
    };
    listener.removed = [box, this](const QString& uuid) { box->post([this, uuid] { onRemoved(uuid); }); };
    listener.lost = [box, this](const Error& error) { box->post([this, error] { onLost(error); }); };
    tools.folders = folders;
    tools.uri = options.uri;
    tools.connection = options.connection;
    tools.place = placeOf(options.uri);
    tools.powerButtonDeadline = options.powerButtonDeadline;
    tools.link = std::make_shared<LibvirtLink>(options.uri, folders, std::move(listener), options.connection);
    connection.emplace(tools, calls.get(), [this](Error error) { onLost(std::move(error)); });
    q->m_services = std::make_unique<VmServices>(tools, options, calls.get());
    calls->start([box, this, folders = folders] {
        const KvmVerdict verdict = rememberedKvmVerdict(folders);
        box->post([this, verdict] {
            kvm = verdict;
            Q_EMIT q->availabilityChanged();
        });
    });
}

WorkloadInfo VmProvider::Private::shown(const DomainSnapshot& snapshot) const
{
    if (lost)
        return connection->lastKnown(snapshot.info);
    WorkloadInfo info = snapshot.info;
    if (const auto found = underway.find(info.id.key); found != underway.end()) {
        info.state = found->second;
        info.capabilities = capabilitiesIn(info.state, snapshot.description);
    }
    return info;
}

void VmProvider::Private::put(DomainSnapshot snapshot)
{
    const QString uuid = snapshot.info.id.key;
    const auto found = vms.find(uuid);
    if (found == vms.end()) {
        const auto& added = vms.emplace(uuid, std::move(snapshot)).first->second;
        Q_EMIT q->added(shown(added));
        if (isSettled) // else the sweep does it
            settleBinned(uuid);
        return;
    }
    const WorkloadInfo before = shown(found->second);
    found->second = std::move(snapshot);
    const WorkloadInfo now = shown(found->second);
    if (!(now == before))
        Q_EMIT q->changed(now);
}

/// Another program may have defined again what is in the bin.
void VmProvider::Private::settleBinned(const QString& key)
{
    calls->start([tools = tools, key] {
        const auto settled = settleIdleBinRecord(tools, key);
        if (!settled && settled.error().code != ErrorCode::Unavailable) // the program ends; the next one sweeps
            qWarning("%s", settled.error().toLine().c_str());
    });
}

void VmProvider::Private::onListed(std::vector<DomainSnapshot> snapshots)
{
    const bool wasLost = lost.has_value();
    lost.reset();
    connection->keepLastSeen();
    std::map<QString, DomainSnapshot> gone = vms;
    for (DomainSnapshot& snapshot : snapshots) {
        gone.erase(snapshot.info.id.key);
        if (wasLost && vms.count(snapshot.info.id.key) > 0) {
            vms[snapshot.info.id.key] = snapshot;
            Q_EMIT q->changed(shown(snapshot));
        }
        onChanged(std::move(snapshot));
    }
    for (const auto& [uuid, snapshot] : gone)
        onRemoved(uuid);
    if (wasLost)
        Q_EMIT q->availabilityChanged();
    if (!isSettled)
        calls->start([tools = tools] { sweepVms(tools); });
    settle();
}

void VmProvider::Private::onChanged(DomainSnapshot snapshot)
{
    const bool isOthersStart = options.connection.isEmpty() && snapshot.info.state == WorkloadState::Running
        && !snapshot.info.ports.empty() && underway.count(snapshot.info.id.key) == 0;
    const auto known = vms.find(snapshot.info.id.key);
    const bool isNews = known == vms.end() || known->second.info.footprint != snapshot.info.footprint;
    if (isOthersStart && isNews) { // the forwards ended with the QEMU before; ours or others' start, both are made here
        const auto copy = std::make_shared<DomainSnapshot>(snapshot);
        calls->start([tools = tools, copy] {
            auto published = publishPortsOf(tools, *copy);
            if (!published && tools.link->connection()) // else the program ends, and the next one that sees it goes on
                qWarning("%s", published.error().toLine().c_str());
        });
    }
    put(std::move(snapshot));
    tellOthers();
}

void VmProvider::Private::onRemoved(const QString& uuid)
{
    if (vms.erase(uuid) == 0)
        return;
    tellOthers();
    Q_EMIT q->removed({ WorkloadKind::Vm, uuid });
}

void VmProvider::Private::onLost(Error error)
{
    const bool isNews = !lost;
    lost = std::move(error);
    if (isNews) {
        connection->keepLastSeen();
        for (const auto& [uuid, snapshot] : vms)
            Q_EMIT q->changed(shown(snapshot));
        Q_EMIT q->availabilityChanged();
    }
    settle();
}

void VmProvider::Private::settle()
{
    if (isSettled)
        return;
    isSettled = true;
    Q_EMIT q->settled();
    Q_EMIT q->availabilityChanged(); // known for the first time
}

void VmProvider::Private::tellOthers()
{
    std::map<QString, QStringList> shared;
    for (const auto& [uuid, vm] : vms) {
        if (vm.description.isFromImage())
            shared.emplace(uuid, vm.description.diskPaths.mid(0, 1));
    }
    figures->setVms(vms, tools.place);
    const std::lock_guard lock(sharedMutex);
    sharedDisks = std::move(shared);
}

void VmProvider::Private::setUnderway(const QString& uuid, std::optional<WorkloadState> state)
{
    const auto found = vms.find(uuid);
    if (state)
        underway[uuid] = *state;
    else
        underway.erase(uuid);
    if (found != vms.end())
        Q_EMIT q->changed(shown(found->second));
}

std::unique_ptr<Job> VmProvider::Private::failing(const QString& title, Error error)
{
    return std::make_unique<ThreadJob>(
        title, calls.get(), [error = std::move(error)](JobContext&) -> Result<> { return error; });
}

/// The state that a running job shows; gone with the job.
void VmProvider::Private::follow(Job* job, const QString& uuid, WorkloadState state)
{
    const QPointer<VmProvider> provider(q);
    QObject::connect(job, &Job::stepChanged, q, [this, uuid, state] { setUnderway(uuid, state); });
    const auto done = [provider, uuid] {
        if (provider && provider->m_d->underway.count(uuid) > 0)
            provider->m_d->setUnderway(uuid, {});
    };
    QObject::connect(job, &Job::finished, q, done);
    QObject::connect(job, &QObject::destroyed, q, done);
}

std::unique_ptr<Job> VmProvider::Private::jobOn(const WorkloadId& id, const QString& title, VmWork work)
{
    const auto found = vms.find(id.key);
    if (id.kind != WorkloadKind::Vm || found == vms.end())
        return failing(title, Error{ ErrorCode::NotFound, "there is no such VM", 0, {} });
    return std::make_unique<ThreadJob>(
        title, calls.get(), [tools = tools, vm = found->second, work = std::move(work)](JobContext& context) {
            return work(tools, vm, context);
        });
}

/// Null when the disk is there.
std::unique_ptr<Job> VmProvider::Private::makeRootDisk(const QString& digest)
{
    return exists(images.diskPath(digest).toStdString()) ? nullptr : images.makeDisk(digest);
}

VmProvider::VmProvider(DataFolders folders, ImageStore& images, VmOptions options, QObject* parent)
    : WorkloadProvider(parent), m_d(std::make_unique<Private>(this, std::move(folders), images, std::move(options)))
{
    m_d->open();
}

VmProvider::~VmProvider()
{
    const QSignalBlocker quiet(this);
    retire();
    if (!m_d->calls->waitForDone(kEndDeadlineMilliseconds))
        (void)m_d->calls.release(); // its threads hang in libvirt; waiting for them would hang the program
}

void VmProvider::retire()
{
    if (std::exchange(m_d->isRetired, true))
        return;
    m_d->mailbox->close();
    m_d->connection->retire();
    m_d->lost.reset();
    for (const auto& [key, snapshot] : std::exchange(m_d->vms, {}))
        Q_EMIT removed({ WorkloadKind::Vm, key });
    m_d->tellOthers();
    Q_EMIT availabilityChanged();
}

std::optional<ConnectionStatus> VmProvider::connectionStatus() const
{
    if (m_d->isRetired)
        return std::nullopt;
    return m_d->connection->status(m_d->lost, m_d->isSettled, m_d->vms.size());
}

std::vector<WorkloadInfo> VmProvider::workloads() const
{
    std::vector<WorkloadInfo> all;
    for (const auto& [uuid, snapshot] : m_d->vms)
        all.push_back(m_d->shown(snapshot));
    return all;
}

Result<> VmProvider::availability() const
{
    return m_d->lost ? Result<>(*m_d->lost) : Result<>();
}

std::vector<HostNotice> VmProvider::notices() const
{
    const bool isAutomatic = m_d->options.connection.isEmpty() && m_d->options.acceleration == AccelerationChoice::Auto;
    if (!isAutomatic || !m_d->kvm || m_d->tools.place == HypervisorPlace::Elsewhere)
        return {};
    const auto notice = noticeFor(*m_d->kvm);
    return notice ? std::vector{ *notice } : std::vector<HostNotice>();
}

bool VmProvider::isSettled() const
{
    return m_d->isSettled;
}

std::shared_ptr<MetricSource> VmProvider::figuresSource() const
{
    return m_d->figures;
}

std::unique_ptr<Job> VmProvider::create(const WorkloadPlan& plan)
{
    const QString title = tr("Create %1").arg(plan.name);
    if (auto checked = checkPlan(plan, memoryLimitOf(m_d->tools)); !checked)
        return m_d->failing(title, std::move(checked).error().withContext("create " + plan.name.toStdString()));
    VmIngredients ingredients{ plan, DomainEngine::Tcg, {}, {} };
    auto job = std::make_unique<SequentialJob>(title);
    if (const auto* source = std::get_if<ImageSource>(&plan.source)) {
        if (!m_d->options.connection.isEmpty())
            return m_d->failing(title, VmConnection::refuseImages());
        ingredients.image = m_d->images.find(source->reference);
        if (!ingredients.image)
            return m_d->failing(title,
                Error{ ErrorCode::NotFound,
                    "create " + plan.name.toStdString() + ": there is no image " + source->reference.toStdString(), 0,
                    "List the images with: twinhullctl images" });
        if (auto kernel = requireGuestKernel(m_d->tools.folders); !kernel) // before the disk, which takes a while
            return m_d->failing(title, std::move(kernel).error().withContext("create " + plan.name.toStdString()));
        ingredients.rootDiskPath = m_d->images.diskPath(ingredients.image->digest);
        job->add([this, digest = ingredients.image->digest] { return m_d->makeRootDisk(digest); });
    }
    job->add([this, title, ingredients = std::move(ingredients)]() -> std::unique_ptr<Job> {
        return std::make_unique<ThreadJob>(title, m_d->calls.get(),
            [tools = m_d->tools, options = m_d->options, ingredients](JobContext& context) mutable {
                ingredients.engine = engineFor(options, tools);
                return createVm(tools, ingredients, context);
            });
    });
    return job;
}

std::unique_ptr<Job> VmProvider::start(const WorkloadId& id)
{
    const auto found = m_d->vms.find(id.key);
    const QString title = found == m_d->vms.end() ? tr("Start a VM") : tr("Start %1").arg(found->second.info.name);
    auto job = std::make_unique<SequentialJob>(title);
    if (found != m_d->vms.end() && found->second.description.isFromImage())
        job->add([this, digest = found->second.info.imageDigest] { return m_d->makeRootDisk(digest); });
    job->add([this, id, title] { return m_d->jobOn(id, title, startVm); });
    m_d->follow(job.get(), id.key, WorkloadState::Starting);
    return job;
}

std::unique_ptr<Job> VmProvider::stop(const WorkloadId& id, StopMode mode)
{
    if (mode == StopMode::Force)
        return m_d->jobOn(id, tr("Force off a VM"), [](const VmToolbox& tools, const DomainSnapshot& vm, JobContext&) {
            return forceOffVm(tools, vm.info.id.key);
        });
    auto job = m_d->jobOn(id, tr("Stop a VM"), stopVm);
    m_d->follow(job.get(), id.key, WorkloadState::Stopping);
    return job;
}

std::unique_ptr<Job> VmProvider::pause(const WorkloadId& id)
{
    return m_d->jobOn(id, tr("Pause a VM"),
        [](const VmToolbox& tools, const DomainSnapshot& vm, JobContext&) { return pauseVm(tools, vm.info.id.key); });
}

std::unique_ptr<Job> VmProvider::resume(const WorkloadId& id)
{
    return m_d->jobOn(id, tr("Resume a VM"),
        [](const VmToolbox& tools, const DomainSnapshot& vm, JobContext&) { return resumeVm(tools, vm.info.id.key); });
}

std::unique_ptr<Job> VmProvider::remove(const WorkloadId& id)
{
    return m_d->jobOn(id, tr("Delete a VM"), [](const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context) {
        return removeVm(tools, vm.info.id.key, context);
    });
}

std::unique_ptr<Job> VmProvider::discard(const WorkloadId& id)
{
    return m_d->jobOn(id, tr("Delete a VM"), [](const VmToolbox& tools, const DomainSnapshot& vm, JobContext& context) {
        return discardVm(tools, vm.info.id.key, context);
    });
}

std::unique_ptr<Job> VmProvider::listBin(std::shared_ptr<std::vector<BinnedWorkload>> found)
{
    return std::make_unique<ThreadJob>(tr("Look into the bin"), m_d->calls.get(),
        [tools = m_d->tools, found = std::move(found)](JobContext&) -> Result<> {
            auto listed = listVmBin(tools);
            if (!listed)
                return std::move(listed).error();
            *found = *std::move(listed);
            return {};
        });
}

std::unique_ptr<Job> VmProvider::restore(const WorkloadId& id)
{
    return std::make_unique<ThreadJob>(
        tr("Bring a VM back"), m_d->calls.get(), [tools = m_d->tools, key = id.key](JobContext& context) {
            return restoreVm(tools, key, context).withContext("bring back");
        });
}

std::unique_ptr<Job> VmProvider::removeForGood(const WorkloadId& id)
{
    return std::make_unique<ThreadJob>(
        tr("Remove a VM for good"), m_d->calls.get(), [tools = m_d->tools, key = id.key](JobContext& context) {
            return removeVmForGood(tools, key, context).withContext("remove");
        });
}

Result<WorkloadProvider::DiskUse> VmProvider::diskUse(const WorkloadId& id) const
{
    DiskUse use;
    for (const QString& path : vmFoldersOf(m_d->tools, id.key)) {
        const auto own = allocatedBytes(path.toStdString());
        if (!own && own.error().code != ErrorCode::NotFound)
            return Error(own.error());
        use.ownBytes += own ? *own : 0;
    }
    const std::lock_guard lock(m_d->sharedMutex);
    for (const QString& path : m_d->sharedDisks[id.key]) {
        const auto bytes = allocatedBytes(path.toStdString());
        use.sharedImageBytes += bytes ? *bytes : 0;
    }
    return use;
}

std::unique_ptr<Job> VmProvider::runInside(
    const WorkloadId& id, InsideCommand command, std::shared_ptr<CommandOutcome> outcome)
{
    const QString title = tr("Run a command inside");
    const auto sockets = sessionSockets(id);
    if (!sockets)
        return std::make_unique<RefusedJob>(title, sockets.error());
    return makeGuestCommandJob(title, *sockets, std::move(command), std::move(outcome));
}

Result<InsideRun> VmProvider::prepareInside(const WorkloadId& id, InsideCommand command)
{
    const auto sockets = sessionSockets(id);
    return sockets ? Result<InsideRun>(makeGuestRun(*sockets, std::move(command))) : Result<InsideRun>(sockets.error());
}

Result<QStringList> VmProvider::sessionSockets(const WorkloadId& id) const
{
    const auto found = m_d->vms.find(id.key);
    if (found == m_d->vms.end())
        return Error{ ErrorCode::NotFound, "there is no such VM", 0, {} };
    return found->second.description.sessionSockets;
}

} // namespace twinhull
