// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/half_run.h"

#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "core/metrics/host_cost_source.h"
#include "core/twin/cpu_pinning.h"
#include "core/twin/cpu_watch.h"
#include "core/twin/http_work.h"
#include "core/twin/inside_step.h"
#include "core/twin/machine_facts.h"
#include "core/twin/network_job.h"
#include "core/twin/network_path.h"
#include "core/twin/other_load.h"
#include "core/twin/pause_job.h"
#include "core/twin/startup_bar.h"
#include "core/twin/work_figure.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

namespace twinhull {

namespace {

constexpr auto kRestTime = std::chrono::seconds(1); ///< before memory is read: buffers of the work are given back

QString tr(const char* text)
{
    return QCoreApplication::translate("HalfRun", text);
}

/// One run as its steps see it; held by all of them.
struct Run {
    WorkloadProvider& provider;
    WorkloadPlan plan;
    ComparedWork work;
    EngineFacts engineFacts;
    std::shared_ptr<HalfRunOutcome> outcome;
    std::shared_ptr<CommandOutcome> command; ///< of the work, where it is one
    std::shared_ptr<NetworkFigures> network; ///< of the work, where it is over the network
    std::unique_ptr<CpuWatch> cpu; ///< from the start of the work to its end
    std::optional<OtherLoad> others; ///< from the start of the workload to the end of the work

    std::optional<WorkloadInfo> info() const
    {
        for (auto& candidate : provider.workloads()) {
            if (candidate.name == plan.name)
                return candidate;
        }
        return std::nullopt;
    }
};
using SharedRun = std::shared_ptr<Run>;

Error isGone(const Run& run)
{
    return Error{ ErrorCode::NotFound, run.plan.name.toStdString() + " disappeared during the comparison", 0,
        "Somebody may have removed it; run the comparison again." };
}

/// `make` for the workload as it is now, or a failure when somebody removed it.
template <typename Make>
std::unique_ptr<Job> withInfo(const SharedRun& run, const QString& title, const Make& make)
{
    const auto info = run->info();
    if (!info)
        return std::make_unique<RefusedJob>(title, isGone(*run));
    return make(*info);
}

Figure figureOf(const Reading<std::uint64_t>& reading, double scale)
{
    return reading ? Figure::of(static_cast<double>(*reading) * scale) : Figure::absent(sentenceFor(reading.needs()));
}

bool hasEnded(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Stopped || info.state == WorkloadState::Failed;
}

Error endedTooEarly(const WorkloadInfo& info)
{
    const std::string how
        = info.exitStatus ? " with status " + std::to_string(*info.exitStatus) : std::string(" without a status");
    return Error{ ErrorCode::Unknown,
        info.name.toStdString() + ": its program ended" + how + " before the work was done", 0,
        "See what it says: twinhullctl run " + info.image.toStdString() };
}

std::uint16_t publishedPort(const Run& run, const WorkloadInfo& info)
{
    return info.ports.empty() ? run.plan.ports.front().hostPort : info.ports.front().hostPort;
}

std::unique_ptr<Job> makeHttpWork(const SharedRun& run, const WorkloadInfo& info)
{
    QUrl url;
    url.setScheme(QStringLiteral("http"));
    url.setHost(QStringLiteral("127.0.0.1"));
    url.setPort(publishedPort(*run, info));
    url.setPath(run->work.http->path);
    auto work = std::make_unique<HttpWork>(tr("Work"), url);
    QObject::connect(work.get(), &Job::finished, work.get(), [job = work.get(), run] {
        if (job->state() == Job::State::Succeeded)
            run->outcome->figures.workMilliseconds = Figure::of(static_cast<double>(job->duration().count()) / 1e6);
    });
    QObject::connect(
        &run->provider, &WorkloadProvider::changed, work.get(), [job = work.get(), id = info.id](const auto& now) {
            if (now.id == id && hasEnded(now))
                job->giveUp(endedTooEarly(now));
        });
    return work;
}

std::unique_ptr<Job> makeNetworkWork(const SharedRun& run, const WorkloadInfo& info)
{
    run->network = std::make_shared<NetworkFigures>();
    const std::uint16_t port = publishedPort(*run, info);
    return run->work.network != nullptr
        ? makeNetworkJob(run->provider, info, *run->work.network, port, run->network)
        : makeHttpRateJob(run->provider, info, port, run->work.http->path, run->network);
}

std::unique_ptr<Job> makeCommandWork(const SharedRun& run, const WorkloadInfo& info)
{
    run->command = std::make_shared<CommandOutcome>();
    return makeInsideStep(
        run->provider, info, { tr("Work"), run->work.command, !run->work.load.isEmpty() }, run->command);
}

QJsonObject loadReport(const CommandOutcome& command)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(command.output)).object();
}

/// A load of ours tells its own time, without that of its start; of another command the host's view is all there is.
Result<Figure> workOfCommand(const Run& run)
{
    if (run.work.load.isEmpty())
        return Figure::of(static_cast<double>(run.command->duration.count()) / 1e6);
    const double nanoseconds = loadReport(*run.command)[u"wallNanoseconds"].toDouble();
    if (nanoseconds <= 0)
        return Error{ ErrorCode::Corrupt, "the load " + run.work.load.toStdString() + " told no time", 0, {} };
    return Figure::of(nanoseconds / 1e6);
}

Figure figureOfCommand(const Run& run)
{
    const auto& scale = run.work.scale;
    if (!scale)
        return Figure::absent(tr("the work has no figure of its own"));
    if (run.work.load.isEmpty())
        return readWorkFigure(*scale, *run.command);
    const auto value = loadReport(*run.command)[u"value"];
    return value.isDouble() ? Figure::of(value.toDouble()) : Figure::absent(tr("needs a value in the load's report"));
}

/// Of a command that ended with status 0.
Result<> checkToldFailure(const Run& run)
{
    if (run.work.failure.isEmpty())
        return {};
    const auto told = readToldFailure(run.work.failure, *run.command);
    if (!told)
        return {};
    return Error{ ErrorCode::Unknown,
        "the command " + run.work.commandText.toStdString() + " inside " + run.plan.name.toStdString()
            + " ended and says that it failed: " + told->toStdString(),
        0, "Try it in a container of the image: twinhullctl run, then twinhullctl exec" };
}

std::unique_ptr<Job> makeWork(const SharedRun& run, const WorkloadInfo& info)
{
    if (hasEnded(info))
        return std::make_unique<RefusedJob>(tr("Work"), endedTooEarly(info));
    run->cpu = std::make_unique<CpuWatch>(info.footprint, CpuWatch::paceFor(info.id.kind, info.footprint));
    if (run->work.network != nullptr || run->work.asksAgain)
        return makeNetworkWork(run, info);
    if (run->work.http)
        return makeHttpWork(run, info);
    if (!run->work.command.isEmpty())
        return makeCommandWork(run, info);
    run->outcome->figures.workMilliseconds = Figure::absent(tr("no work was asked for"));
    return std::make_unique<PauseJob>(tr("Rest"), kIdleTime);
}

void readStartup(const WorkloadInfo& info, HalfRunOutcome& outcome)
{
    const auto startup = startupNanoseconds(info);
    outcome.engine = info.engine;
    outcome.machine = info.machine;
    outcome.figures.marks = info.startupMarks;
    outcome.figures.definitionMilliseconds = startupOf(info).definitionMilliseconds;
    outcome.figures.startupMilliseconds = startup ? Figure::of(static_cast<double>(*startup) / 1e6)
                                                  : Figure::absent(tr("the entrypoint's start was not reported"));
}

std::unique_ptr<Job> readCpu(const SharedRun& run, const WorkloadInfo& info)
{
    if (run->command) {
        if (auto failed = insideFailure(run->work.commandText, run->plan.name, *run->command))
            return std::make_unique<RefusedJob>(tr("Work"), *std::move(failed));
        const auto took = workOfCommand(*run);
        if (!took)
            return std::make_unique<RefusedJob>(tr("Work"), took.error());
        run->outcome->figures.workMilliseconds = *took;
    }
    if (run->network) {
        run->outcome->figures.workMilliseconds = Figure::of(static_cast<double>(run->network->duration.count()) / 1e6);
        run->outcome->figures.workFigure = Figure::of(run->network->value);
        if (const auto& turns = run->network->turns) {
            run->outcome->figures.turn95 = Figure::of(turns->p95);
            run->outcome->figures.turn99 = Figure::of(turns->p99);
        }
    }
    readStartup(info, *run->outcome);
    return std::make_unique<ThreadJob>(tr("Read CPU time"), QThreadPool::globalInstance(), [run](auto&) {
        const Sample sample = run->cpu->finish();
        if (const auto done = run->command ? checkToldFailure(*run) : Result<>(); !done)
            return Result<>(done.error());
        if (run->command)
            run->outcome->figures.workFigure = figureOfCommand(*run);
        run->outcome->figures.cpuSeconds = figureOf(sample.cpuNanoseconds, 1e-9);
        run->outcome->figures.otherCores = run->others->finish(run->outcome->figures.cpuSeconds);
        return Result<>();
    });
}

bool isOverTheNetwork(const ComparedWork& work)
{
    return work.network != nullptr || work.http.has_value();
}

std::unique_ptr<Job> readLevels(const SharedRun& run, const WorkloadInfo& info)
{
    return std::make_unique<ThreadJob>(tr("Read memory and disk"), QThreadPool::globalInstance(),
        [run, footprint = info.footprint, id = info.id](auto&) {
            auto& figures = run->outcome->figures;
            if (auto pinned = run->plan.pinnedCpus.empty() ? Result<>() : checkPinned(footprint, run->plan.pinnedCpus);
                !pinned)
                return std::move(pinned).withContext(run->plan.name.toStdString());
            const Sample sample = readCostNow(MetricTarget{ id, footprint });
            figures.memoryHostBytes = figureOf(sample.slow.pss, 1);
            const auto disk = run->provider.diskUse(id);
            figures.diskBytes = disk ? Figure::of(static_cast<double>(disk->ownBytes + disk->sharedImageBytes))
                                     : Figure::absent(QString::fromStdString(disk.error().message));
            if (isOverTheNetwork(run->work))
                run->outcome->networkPath = networkPathOf(footprint);
            if (run->engineFacts == EngineFacts::Read)
                run->outcome->engineFacts
                    = readEngineFacts(footprint.rootPids.empty() ? 0 : footprint.rootPids.front());
            run->outcome->isComplete = true;
            return Result<>();
        });
}

} // namespace

std::unique_ptr<Job> makeHalfRun(WorkloadProvider& provider, const WorkloadPlan& plan, ComparedWork work,
    EngineFacts engineFacts, std::shared_ptr<HalfRunOutcome> outcome)
{
    const auto run = std::make_shared<Run>(
        Run{ provider, plan, std::move(work), engineFacts, std::move(outcome), {}, {}, {}, {} });
    const QString title = provider.kind() == WorkloadKind::Vm ? tr("VM run") : tr("Container run");
    const auto remove = [run]() -> std::unique_ptr<Job> {
        const auto info = run->info();
        return info ? run->provider.remove(info->id) : nullptr;
    };
    auto job = std::make_unique<SequentialJob>(title);
    job->add([run] { return run->provider.create(run->plan); }, remove);
    const auto add = [&](auto step) {
        job->add(
            [run, step, title] { return withInfo(run, title, [&](const auto& info) { return step(run, info); }); });
    };
    add([](const SharedRun& r, const WorkloadInfo& info) {
        r->others.emplace();
        return r->provider.start(info.id);
    });
    if (!run->work.needs.isEmpty())
        add([](const SharedRun& r, const WorkloadInfo& info) {
            return makeProgramCheck(r->provider, info, r->work.needs);
        });
    if (!run->work.prepare.isEmpty())
        add([](const SharedRun& r, const WorkloadInfo& info) {
            return makeCheckedInsideStep(r->provider, info, { tr("Prepare the work"), r->work.prepare });
        });
    if (run->work.awaitsPort != 0)
        add([](const SharedRun& r, const WorkloadInfo& info) {
            return makePortWait(r->provider, info, r->work.awaitsPort);
        });
    add(makeWork);
    add(readCpu);
    job->add([] { return std::make_unique<PauseJob>(tr("Come to rest"), kRestTime); });
    add(readLevels);
    if (!run->work.cleanUp.isEmpty())
        add([](const SharedRun& r, const WorkloadInfo& info) {
            return makeCheckedInsideStep(r->provider, info, { tr("Clean up after the work"), r->work.cleanUp });
        });
    job->add(remove);
    return job;
}

} // namespace twinhull
