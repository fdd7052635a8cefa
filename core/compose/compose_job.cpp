// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_job.h"

#include "core/base/files.h"
#include "core/compose/await_job.h"
#include "core/compose/compose_labels.h"
#include "core/compose/compose_lock.h"
#include "core/compose/compose_order.h"
#include "core/compose/compose_power.h"
#include "core/compose/compose_service.h"
#include "core/compose/container_plan.h"
#include "core/compose/forgiving_job.h"
#include "core/compose/line_prefix.h"
#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"
#include "core/jobs/parallel_job.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/networks/network_jobs.h"
#include "core/volumes/secrets.h"
#include "core/volumes/volume_jobs.h"
#include "core/workload/workload_changes.h"

#include <QFileInfo>

#include <unistd.h>

namespace twinhull {

namespace {

using StepKind = ComposeStep::Kind;

std::optional<WorkloadInfo> containerNamed(const ComposeWorld& world, const QString& name)
{
    for (auto& info : world.containers.workloads()) {
        if (info.name == name)
            return std::move(info);
    }
    return std::nullopt;
}

std::unique_ptr<Job> fileJob(const QString& title, std::function<Result<>()> function)
{
    return std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [function = std::move(function)](JobContext&) { return function(); });
}

bool canStop(const std::optional<WorkloadInfo>& info)
{
    return info && info->capabilities.testFlag(Capability::Stop);
}

/// What one step does, and what takes it back.
class StepJobs {
public:
    StepJobs(ComposeWorld world, ComposeStep step)
        : m_world(std::move(world)), m_step(std::make_shared<ComposeStep>(std::move(step)))
    {
    }

    std::unique_ptr<Job> make() const
    {
        const QString title = stepText(*m_step);
        switch (m_step->kind) {
        case StepKind::CreateNetwork:
            return creatingNetwork();
        case StepKind::RemoveNetwork:
            return removeNetworkJob(m_world.folders, m_step->name);
        case StepKind::CreateVolume:
            return createVolumeJob(m_world.folders, m_step->name);
        case StepKind::RemoveVolume:
            return removeVolumeJob(m_world.folders, m_step->name);
        case StepKind::MakeFolder:
            return fileJob(title, [path = m_step->name.toStdString()] { return makeFolders(path, 0755); });
        case StepKind::WriteContent:
            return writing(title);
        case StepKind::StoreSecret:
            return storing(title);
        case StepKind::RemoveSecret:
            return removingSecret(title);
        case StepKind::RemoveContents:
            return fileJob(title, [path = m_step->name.toStdString()] { return removeTree(path); });
        case StepKind::SetAside:
            return settingAside(title);
        case StepKind::Create:
            return creating();
        case StepKind::Start:
            return starting(title);
        case StepKind::Await:
            return awaiting(title);
        case StepKind::Restart:
            return restarting(title);
        case StepKind::Stop:
            m_step->isRequired = canStop(m_world.containers.find(m_step->id)); // it runs: for undo()
            return m_step->isRequired ? m_world.containers.stop(m_step->id, StopMode::Graceful) : nullptr;
        case StepKind::Remove:
            return m_world.containers.find(m_step->id) ? m_world.containers.remove(m_step->id) : nullptr;
        }
        return nullptr;
    }

    std::unique_ptr<Job> undo() const
    {
        const QString title = trCompose("take back: %1").arg(stepText(*m_step));
        switch (m_step->kind) {
        case StepKind::CreateNetwork:
            return removeNetworkJob(m_world.folders, m_step->name);
        case StepKind::CreateVolume:
            return removeVolumeJob(m_world.folders, m_step->name);
        case StepKind::MakeFolder:
            return fileJob(title, [path = m_step->name.toStdString()] {
                (void)::rmdir(path.c_str()); // unless something stands in it
                return Result<>();
            });
        case StepKind::StoreSecret:
            return bringingSecretBack(title);
        case StepKind::SetAside:
            return bringingBack(title);
        case StepKind::Create: {
            const auto made = containerNamed(m_world, m_step->name);
            return made ? m_world.containers.remove(made->id) : nullptr;
        }
        case StepKind::Stop: {
            const auto info = m_world.containers.find(m_step->id);
            return m_step->isRequired && info && info->capabilities.testFlag(Capability::Start)
                ? m_world.containers.start(m_step->id)
                : nullptr;
        }
        case StepKind::Start: // one that is new is removed
            return !m_step->id.key.isEmpty() && canStop(m_world.containers.find(m_step->id))
                ? m_world.containers.stop(m_step->id, StopMode::Graceful)
                : nullptr;
        default:
            return nullptr;
        }
    }

private:
    std::unique_ptr<Job> creatingNetwork() const
    {
        NetworkWish wish;
        wish.name = m_step->name;
        wish.subnets = m_step->network.subnets;
        wish.gateways = m_step->network.gateways;
        wish.hasIpv6 = m_step->network.hasIpv6;
        wish.isInternal = m_step->network.isInternal;
        wish.labels = { { kProjectLabel.toStdString(), m_step->content.toStdString() } };
        return createNetworkJob(m_world.folders, wish);
    }

    std::unique_ptr<Job> writing(const QString& title) const
    {
        const std::string path = m_step->name.toStdString();
        return fileJob(title, [path, text = m_step->content.toStdString()]() -> Result<> {
            if (auto made = makeFolders(path.substr(0, path.rfind('/'))); !made) // 0700: others do not get in
                return made;
            return writeFileAtomically(path, text, 0444);
        });
    }

    std::unique_ptr<Job> storing(const QString& title) const
    {
        return fileJob(title, [folders = m_world.folders, step = m_step]() -> Result<> {
            auto before = readSecret(folders, step->name);
            auto stored = createSecret(folders, step->name, step->content.toStdString(), SameSecret::Replace);
            step->content = before && stored ? QByteArray::fromStdString(*before) : QByteArray(); // for the way back
            return stored;
        });
    }

    std::unique_ptr<Job> bringingSecretBack(const QString& title) const
    {
        return fileJob(title, [folders = m_world.folders, step = m_step] {
            return step->content.isEmpty()
                ? removeSecret(folders, step->name)
                : createSecret(folders, step->name, step->content.toStdString(), SameSecret::Replace);
        });
    }

    std::unique_ptr<Job> removingSecret(const QString& title) const
    {
        return fileJob(title, [folders = m_world.folders, name = m_step->name] {
            auto removed = removeSecret(folders, name);
            return removed || removed.error().code == ErrorCode::Busy || removed.error().code == ErrorCode::NotFound
                ? Result<>()
                : removed;
        });
    }

    std::unique_ptr<Job> settingAside(const QString& title) const
    {
        auto* changes = dynamic_cast<WorkloadChanges*>(&m_world.containers);
        auto job = std::make_unique<SequentialJob>(title);
        m_step->isRequired = canStop(m_world.containers.find(m_step->id)); // it runs: for bringingBack()
        if (m_step->isRequired)
            job->add([world = m_world, id = m_step->id] { return world.containers.stop(id, StopMode::Graceful); },
                [world = m_world, id = m_step->id] { return world.containers.start(id); });
        job->add([changes, id = m_step->id, name = asideName(m_step->name)] { return changes->rename(id, name); });
        return job;
    }

    std::unique_ptr<Job> bringingBack(const QString& title) const
    {
        auto* changes = dynamic_cast<WorkloadChanges*>(&m_world.containers);
        auto job = std::make_unique<SequentialJob>(title);
        job->add([changes, id = m_step->id, name = m_step->name] { return changes->rename(id, name); });
        if (m_step->isRequired)
            job->add([world = m_world, id = m_step->id] { return world.containers.start(id); });
        return job;
    }

    std::unique_ptr<Job> creating() const
    {
        WorkloadPlan plan = m_step->plan;
        if (auto chosen = chooseFreePorts(plan.ports); !chosen)
            return std::make_unique<RefusedJob>(stepText(*m_step), chosen.error());
        return m_world.containers.create(plan);
    }

    std::unique_ptr<Job> starting(const QString& title) const
    {
        const auto info = containerNamed(m_world, m_step->name);
        if (!info)
            return std::make_unique<RefusedJob>(
                title, Error{ ErrorCode::NotFound, m_step->name.toStdString() + " is gone", 0, {} });
        if (!info->capabilities.testFlag(Capability::Start))
            return nullptr; // somebody else started it meanwhile
        return m_world.containers.start(info->id);
    }

    std::unique_ptr<Job> restarting(const QString& title) const
    {
        const auto start = [world = m_world, id = m_step->id]() -> std::unique_ptr<Job> {
            const auto info = world.containers.find(id);
            return info && info->capabilities.testFlag(Capability::Start) ? world.containers.start(id) : nullptr;
        };
        auto job = std::make_unique<SequentialJob>(title);
        if (canStop(m_world.containers.find(m_step->id)))
            job->add(
                [world = m_world, id = m_step->id] { return world.containers.stop(id, StopMode::Graceful); }, start);
        job->add(start);
        return job;
    }

    std::unique_ptr<Job> awaiting(const QString& title) const
    {
        auto job = std::make_unique<AwaitJob>(
            title, m_world.containers, m_world.folders, m_step->awaited, m_step->condition);
        if (m_step->isRequired)
            return job;
        return std::make_unique<ForgivingJob>(std::move(job));
    }

    ComposeWorld m_world;
    std::shared_ptr<ComposeStep> m_step;
};

void addSteps(SequentialJob& job, const ComposeWorld& world, const std::vector<ComposeStep>& steps)
{
    for (const auto& step : steps) {
        const StepJobs jobs(world, step);
        job.add([jobs] { return jobs.make(); }, [jobs] { return jobs.undo(); });
    }
}

std::unique_ptr<Job> roundsJob(const QString& title, const ComposeWorld& world, const std::vector<ComposeRound>& rounds)
{
    auto job = std::make_unique<SequentialJob>(title);
    for (const auto& round : rounds) {
        job->add([world, title, round]() -> std::unique_ptr<Job> {
            std::vector<std::unique_ptr<Job>> jobs;
            for (const auto& step : round) {
                if (auto one = StepJobs(world, step).make())
                    jobs.push_back(std::move(one));
            }
            return jobs.empty() ? nullptr : std::make_unique<ParallelJob>(title, std::move(jobs));
        });
    }
    return job;
}

Result<BuildPlan> buildPlanOf(const ComposeService& service, const ImageWish& wish)
{
    const ServiceBuild& build = *service.build;
    if (QFileInfo::exists(build.containerfile) && !QFileInfo(build.containerfile).isFile()) // a FIFO would hold us up
        return Error{ ErrorCode::InvalidArgument, build.containerfile.toStdString() + " is no file", 0, {} };
    BuildPlan plan;
    for (const QString& name : QStringList{ service.image } + build.tags) {
        auto reference = normalizedReference(name.toStdString());
        if (!reference)
            return std::move(reference).error();
        plan.references.push_back(*std::move(reference));
    }
    plan.contextFolder = build.contextFolder.toStdString();
    plan.containerfile = build.containerfile.toStdString();
    plan.containerfileText = build.containerfileText.toStdString();
    for (const QString& argument : build.arguments)
        plan.arguments.push_back(argument.toStdString());
    for (const QString& label : build.labels)
        plan.labels.push_back(label.toStdString());
    plan.target = build.target.toStdString();
    plan.network = build.network.toStdString();
    plan.usesCache = build.usesCache;
    plan.pullsAlways = build.pullsAlways;
    if (wish.output)
        plan.output = [hear = wish.output, prefix = std::make_shared<LinePrefix>(service.name.toStdString())](
                          std::string_view bytes) { hear(prefix->of(bytes)); };
    return plan;
}

std::unique_ptr<Job> imageJob(
    const ComposeWorld& world, const ComposeService& service, bool isBuilt, const ImageWish& wish)
{
    const std::string image = service.image.toStdString();
    if (!isBuilt) {
        const auto name = RegistryReference::parse(image);
        if (!name)
            return std::make_unique<RefusedJob>(service.image, name.error());
        PullPlan plan{ *name };
        return pullJob(world.images, plan);
    }
    const auto plan = buildPlanOf(service, wish);
    if (!plan)
        return std::make_unique<RefusedJob>(service.image, plan.error());
    return buildJob(world.images, *plan);
}

} // namespace

ComposeState stateOf(const ComposeWorld& world)
{
    return { world.folders, world.containers.workloads(), [&images = world.images](const QString& reference) {
                const auto found = images.find(reference);
                return found ? std::optional(found->digest) : std::nullopt;
            } };
}

Result<std::vector<ImageStep>> imageSteps(
    const ComposeProject& project, const UpWish& wish, const ImageWish& images, const ComposeState& state)
{
    const auto names = servicesOf(project, wish);
    if (!names)
        return names.error();
    std::vector<ImageStep> steps;
    QStringList seen;
    for (const QString& name : *names) {
        const auto& service = *project.service(name);
        const bool isThere = state.imageDigest(service.image).has_value();
        const bool isBuilt = service.build && (!isThere || images.buildsAll || service.pullPolicy == PullPolicy::Build);
        const bool isPulled = !service.build && (!isThere || service.pullPolicy == PullPolicy::Always);
        if ((!isBuilt && !isPulled) || seen.contains(service.image))
            continue;
        if (isPulled && service.pullPolicy == PullPolicy::Never)
            return Error{ ErrorCode::NotFound,
                "service " + name.toStdString() + ": there is no image " + service.image.toStdString()
                    + ", and it is never pulled",
                0, {} };
        seen << service.image;
        steps.push_back({ &service, isBuilt });
    }
    return steps;
}

QString stepText(const ImageStep& step)
{
    return (step.isBuilt ? trCompose("build image %1") : trCompose("pull image %1")).arg(step.service->image);
}

std::unique_ptr<Job> composeUpJob(
    const ComposeWorld& world, const ComposeProject& project, const UpWish& wish, const ImageWish& images)
{
    const QString title = trCompose("Up %1").arg(project.name);
    if (auto available = world.containers.availability(); !available)
        return std::make_unique<RefusedJob>(title, available.error());
    const auto shared = std::make_shared<const ComposeProject>(project); // steps point into it
    const auto needed = imageSteps(*shared, wish, images, stateOf(world));
    if (!needed)
        return std::make_unique<RefusedJob>(title, needed.error());
    auto job = std::make_unique<SequentialJob>(title);
    addProjectLock(*job, world.folders, project.name);
    for (const auto& step : *needed)
        job->add([world, shared, step, images] { return imageJob(world, *step.service, step.isBuilt, images); });
    job->add([world, shared, wish, title]() -> std::unique_ptr<Job> { // the images are known only now
        const auto steps = upSteps(*shared, wish, stateOf(world));
        if (!steps)
            return std::make_unique<RefusedJob>(title, steps.error());
        auto containers = std::make_unique<SequentialJob>(title);
        addSteps(*containers, world, *steps);
        return containers;
    });
    return job;
}

std::unique_ptr<Job> composeDownJob(const ComposeWorld& world, const ComposeProject& project, const DownWish& wish)
{
    auto job = std::make_unique<SequentialJob>(trCompose("Down %1").arg(project.name));
    for (const auto& step : downSteps(project, wish, stateOf(world))) {
        const StepJobs jobs(world, step);
        job->add([jobs] { return jobs.make(); });
    }
    return job;
}

std::unique_ptr<Job> composeStartJob(const ComposeWorld& world, const QString& project, const QStringList& services)
{
    const QString title = trCompose("Start %1").arg(project);
    auto job = std::make_unique<SequentialJob>(title);
    addProjectLock(*job, world.folders, project);
    job->add([world, title, project, services] { // what rests when its turn comes
        return roundsJob(title, world, startRounds(world.containers.workloads(), project, services));
    });
    return job;
}

std::unique_ptr<Job> composeStopJob(const ComposeWorld& world, const QString& project, const QStringList& services)
{
    return roundsJob(
        trCompose("Stop %1").arg(project), world, stopRounds(world.containers.workloads(), project, services));
}

} // namespace twinhull
