// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/half_run.h"

#include "core/base/data_folders.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "core/metrics/host_cost_source.h"
#include "core/twin/cpu_watch.h"
#include "core/twin/http_work.h"
#include "core/twin/machine_facts.h"
#include "core/twin/pause_job.h"
#include "core/workload/command_runner.h"

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
    std::unique_ptr<CpuWatch> cpu; ///< from the start of the work to its end

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

std::unique_ptr<Job> makeHttpWork(const SharedRun& run, const WorkloadInfo& info)
{
    QUrl url;
    url.setScheme(QStringLiteral("http"));
    url.setHost(QStringLiteral("127.0.0.1"));
    url.setPort(info.ports.empty() ? run->plan.ports.front().hostPort : info.ports.front().hostPort);
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

std::unique_ptr<Job> makeCommandWork(const SharedRun& run, const WorkloadInfo& info)
{
    auto* runner = dynamic_cast<CommandRunner*>(&run->provider);
    if (runner == nullptr)
        return std::make_unique<RefusedJob>(tr("Work"),
            Error{ ErrorCode::Unsupported, "no command can be run inside " + info.name.toStdString(), 0, {} });
    InsideCommand command;
    for (const QString& word : run->work.command)
        command.arguments.push_back(word.toStdString());
    if (!run->work.load.isEmpty())
        command.programPath = findProgram(command.arguments.front());
    if (!run->work.load.isEmpty() && command.programPath.empty())
        return std::make_unique<RefusedJob>(tr("Work"),
            Error{ ErrorCode::NotFound, "the program " + command.arguments.front() + " is missing", 0,
                "Build or install Twinhull completely: it is part of it." });
    run->command = std::make_shared<CommandOutcome>();
    return runner->runInside(info.id, std::move(command), run->command);
}

/// A load of ours tells its own time, without that of its start; of another command the host's view is all there is.
Result<Figure> workOfCommand(const Run& run)
{
    if (run.work.load.isEmpty())
        return Figure::of(static_cast<double>(run.command->duration.count()) / 1e6);
    const auto report = QJsonDocument::fromJson(QByteArray::fromStdString(run.command->output)).object();
    const double nanoseconds = report[u"wallNanoseconds"].toDouble();
    if (nanoseconds <= 0)
        return Error{ ErrorCode::Corrupt, "the load " + run.work.load.toStdString() + " told no time", 0, {} };
    return Figure::of(nanoseconds / 1e6);
}

/// A command that failed has not done the work.
std::optional<Error> commandFailure(const Run& run)
{
    if (!run.command || run.command->exitStatus == 0)
        return std::nullopt;
    QString said = QString::fromStdString(run.command->errorOutput).trimmed().section(u'\n', -1).left(200);
    said.removeIf([](QChar c) { return !c.isPrint(); }); // it goes to a person's terminal
    return Error{ ErrorCode::Unknown,
        "the command " + run.work.commandText.toStdString() + " inside " + run.plan.name.toStdString()
            + " ended with status " + std::to_string(run.command->exitStatus)
            + (said.isEmpty() ? std::string() : ": " + said.toStdString()),
        0, "Try it in a container of the image: twinhullctl run, then twinhullctl exec" };
}

std::unique_ptr<Job> makeWork(const SharedRun& run, const WorkloadInfo& info)
{
    if (hasEnded(info))
        return std::make_unique<RefusedJob>(tr("Work"), endedTooEarly(info));
    run->cpu = std::make_unique<CpuWatch>(info.footprint, CpuWatch::paceFor(info.id.kind, info.footprint));
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
    outcome.figures.marks = info.startupMarks;
    outcome.figures.startupMilliseconds = startup ? Figure::of(static_cast<double>(*startup) / 1e6)
                                                  : Figure::absent(tr("the entrypoint's start was not reported"));
}

std::unique_ptr<Job> readCpu(const SharedRun& run, const WorkloadInfo& info)
{
    if (auto failed = commandFailure(*run))
        return std::make_unique<RefusedJob>(tr("Work"), *std::move(failed));
    if (run->command) {
        const auto took = workOfCommand(*run);
        if (!took)
            return std::make_unique<RefusedJob>(tr("Work"), took.error());
        run->outcome->figures.workMilliseconds = *took;
    }
    readStartup(info, *run->outcome);
    return std::make_unique<ThreadJob>(tr("Read CPU time"), QThreadPool::globalInstance(), [run](auto&) {
        const Sample sample = run->cpu->finish();
        run->outcome->figures.cpuSeconds = figureOf(sample.cpuNanoseconds, 1e-9);
        return Result<>();
    });
}

std::unique_ptr<Job> readLevels(const SharedRun& run, const WorkloadInfo& info)
{
    return std::make_unique<ThreadJob>(tr("Read memory and disk"), QThreadPool::globalInstance(),
        [run, footprint = info.footprint, id = info.id](auto&) {
            auto& figures = run->outcome->figures;
            const Sample sample = readCostNow(MetricTarget{ id, footprint });
            figures.memoryHostBytes = figureOf(sample.slow.pss, 1);
            const auto disk = run->provider.diskUse(id);
            figures.diskBytes = disk ? Figure::of(static_cast<double>(disk->ownBytes + disk->sharedImageBytes))
                                     : Figure::absent(QString::fromStdString(disk.error().message));
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
    const auto run
        = std::make_shared<Run>(Run{ provider, plan, std::move(work), engineFacts, std::move(outcome), {}, {} });
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
    add([](const SharedRun& r, const WorkloadInfo& info) { return r->provider.start(info.id); });
    add(makeWork);
    add(readCpu);
    job->add([] { return std::make_unique<PauseJob>(tr("Come to rest"), kRestTime); });
    add(readLevels);
    job->add(remove);
    return job;
}

} // namespace twinhull
