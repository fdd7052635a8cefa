// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_run.h"

#include "core/base/clock.h"
#include "core/base/number_list.h"
#include "core/base/text.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "core/twin/comparison_leftovers.h"
#include "core/twin/half_plan.h"
#include "core/twin/half_run.h"
#include "core/twin/machine_facts.h"

#include <algorithm>

namespace twinhull {

namespace {

Result<ComparedWork> plannedWork(const ComparisonPlan& plan, const ImageInfo& image)
{
    if (plan.definition)
        return comparedWork(*plan.definition);
    auto work = comparedWork(plan.work, image);
    return work && plan.figure ? withFigure(*std::move(work), *plan.figure) : work;
}

void tell(MachineFacts& machine, const QString& key, const QString& value)
{
    for (auto& fact : machine.facts) {
        if (fact.key == key)
            fact.value = value;
    }
}

QString bytesText(std::uint64_t bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

/// What of one side's files was not cold, as "needs …"; empty where all were.
QString notCold(const QString& side, const DroppedFiles& files)
{
    QStringList needs;
    if (files.leftBytes > 0)
        needs << ComparisonRun::tr("%1 of %2 stayed, which needs nothing else running that uses them")
                     .arg(bytesText(files.leftBytes), bytesText(files.bytes));
    if (files.unopened > 0)
        needs << ComparisonRun::tr("%1 files and folders stayed as they were, which needs the right to read them")
                     .arg(files.unopened);
    return needs.isEmpty() ? QString() : side + QStringLiteral(": ") + needs.join(QStringLiteral(", "));
}

QString coldSentence(const ColdCaches& cold, const SideNames& sides)
{
    const QString programs = ComparisonRun::tr("those of hull, QEMU and the guest's kernel were left");
    QStringList warm{ notCold(sides.first, cold.container), notCold(sides.second, cold.vm) };
    warm.removeAll(QString());
    if (warm.isEmpty())
        return ComparisonRun::tr("cold: before each run the image's own files (%1: %2, %3: %4) were dropped from the "
                                 "page cache of this computer, and none of them was left in it; %5")
            .arg(sides.first, bytesText(cold.container.bytes), sides.second, bytesText(cold.vm.bytes), programs);
    return ComparisonRun::tr("not wholly cold: before each run the image's own files were dropped from the page cache "
                             "of this computer, but %1; %2")
        .arg(warm.join(QStringLiteral("; ")), programs);
}

void keepMost(DroppedFiles& most, const DroppedFiles& one)
{
    most.bytes = std::max(most.bytes, one.bytes);
    most.leftBytes = std::max(most.leftBytes, one.leftBytes);
    most.unopened = std::max(most.unopened, one.unopened);
}

/// The one fact that is known only afterwards.
void tellOtherLoad(Comparison& comparison)
{
    const auto load = comparison.otherLoad();
    comparison.machine.facts.push_back({ kOtherLoadFact, ComparisonRun::tr("Other programs meanwhile"),
        load ? ComparisonRun::tr("%1 % of the processors").arg(*load * 100, 0, 'f', 0) : QString(),
        load ? QString() : ComparisonRun::tr("needs /proc/stat and the CPU time of both sides") });
}

/// After each run of a VM: all are the same machine where the first has settled it.
void tellVmMachine(MachineFacts& machine, const QString& value)
{
    const auto fact = std::find_if(machine.facts.begin(), machine.facts.end(),
        [](const MachineFact& candidate) { return candidate.key == kVmMachineFact; });
    if (fact == machine.facts.end())
        machine.facts.push_back({ kVmMachineFact, ComparisonRun::tr("VM machine"), value,
            value.isEmpty() ? ComparisonRun::tr("needs a VM that says which machine it is") : QString() });
    else if (!value.isEmpty() && !fact->value.split(QStringLiteral(", then ")).contains(value))
        *fact = { fact->key, fact->title,
            fact->value.isEmpty() ? value : fact->value + QStringLiteral(", then ") + value, {} };
}

/// Where nobody chose: what the first VM was is asked for by name in all that follow, so that no round tries another.
void settleMachine(TwinPlan& plan, const QString& machine)
{
    if (plan.machine != MachineChoice::Automatic)
        return;
    if (machine == u"microvm")
        plan.machine = MachineChoice::Microvm;
    else if (machine.contains(u"q35"))
        plan.machine = MachineChoice::Q35;
}

/// Both are asked in the same way; what stands in between is each side's own, and part of what is measured.
void tellNetworkPath(Comparison& comparison, const QString& first, const QString& second)
{
    const SideNames sides = comparison.sides();
    const bool isKnown = !first.isEmpty() && !second.isEmpty();
    comparison.machine.facts.push_back({ QStringLiteral("network_path"), ComparisonRun::tr("Network path"),
        isKnown
            ? ComparisonRun::tr("asked by this program, at a published port of 127.0.0.1 on both sides; %1: through "
                                "%2; %3: through %4")
                  .arg(sides.first, first, sides.second, second)
            : QString(),
        isKnown ? QString() : ComparisonRun::tr("needs a look at the programs that carry each side's network") });
}

} // namespace

struct ComparisonRun::Private {
    WorkloadRegistry& registry;
    ImageStore& images;
    Twins twins;
    ComparisonPlan plan;
    QString group;
    Comparison comparison;
    std::unique_ptr<SequentialJob> steps;
    int halvesDone = 0;
    std::optional<QString> paths[2] = {}; ///< networkPathOf() each side, where the work is over the network
};

ComparisonRun::ComparisonRun(WorkloadRegistry& registry, ImageStore& images, ComparisonPlan plan)
    : Job(plan.bothAs ? tr("Compare %1 with itself").arg(plan.twin.imageReference)
                      : tr("Compare %1 as container and as VM").arg(plan.twin.imageReference))
    , m_d(new Private{ registry, images, Twins(registry, images), std::move(plan), comparisonGroup(), {}, {} })
{
    m_d->plan.rounds = std::max(m_d->plan.rounds, 1);
    m_d->plan.warmUpRounds = std::max(m_d->plan.warmUpRounds, 0);
    if (m_d->plan.twin.name.isEmpty())
        m_d->plan.twin.name = m_d->group;
}

ComparisonRun::~ComparisonRun() = default;

const Comparison& ComparisonRun::comparison() const
{
    return m_d->comparison;
}

void ComparisonRun::doStart()
{
    const auto image = m_d->twins.check(m_d->plan.twin, m_d->plan.bothAs);
    const auto work = image ? plannedWork(m_d->plan, *image) : Result<ComparedWork>(image.error());
    if (!work) {
        finish(work.error());
        return;
    }
    describe(*image, *work);
    if (work->http)
        m_d->plan.twin.workloadPort = work->http->port;
    if (work->network != nullptr)
        m_d->plan.twin.workloadPort = kNetworkWorkPort;

    m_d->steps = std::make_unique<SequentialJob>(title());
    m_d->steps->add([this, digest = image->digest] { return m_d->images.unpack(digest); });
    if (m_d->plan.bothAs != WorkloadKind::Container)
        m_d->steps->add([this, digest = image->digest] { return m_d->images.makeDisk(digest); });
    for (int round = 0; round < m_d->plan.warmUpRounds + m_d->plan.rounds; ++round) {
        addHalf(&Comparison::container, round, *image, *work);
        addHalf(&Comparison::vm, round, *image, *work);
    }
    connect(m_d->steps.get(), &Job::stepChanged, this, &ComparisonRun::setStep);
    connect(m_d->steps.get(), &Job::finished, this, [this, caches = work->caches] {
        tellOtherLoad(m_d->comparison);
        if (m_d->paths[0] || m_d->paths[1])
            tellNetworkPath(m_d->comparison, m_d->paths[0].value_or(QString()), m_d->paths[1].value_or(QString()));
        describeCaches(caches);
        finish(m_d->steps->result());
    });
    setProgress(0, halvesInAll());
    m_d->steps->start();
}

void ComparisonRun::describe(const ImageInfo& image, const ComparedWork& work)
{
    auto& comparison = m_d->comparison;
    const auto* vms = m_d->registry.provider(WorkloadKind::Vm);
    comparison.machine = readMachineFacts(vms != nullptr ? vms->notices() : std::vector<HostNotice>());
    if (const auto& cpus = m_d->plan.twin.pinnedCpus; !cpus.empty())
        tell(comparison.machine, QStringLiteral("pinning"),
            tr("both sides, their helpers too, on the processors %1 alone; what asks them is not pinned")
                .arg(QString::fromStdString(formatNumberList(cpus))));
    comparison.image = image.shortName();
    comparison.imageDigest = image.digest;
    comparison.work = work.sentence();
    comparison.workScale = work.scale;
    comparison.bothAs = m_d->plan.bothAs;
    comparison.warmUpRounds = m_d->plan.warmUpRounds;
    if (m_d->plan.caches == FileCaches::Cold)
        comparison.coldCaches.emplace();
    comparison.wallMilliseconds = wallClockMilliseconds();
}

/// Of cold ones only afterwards: what stayed is known then.
void ComparisonRun::describeCaches(const QString& ofTheWork)
{
    auto& comparison = m_d->comparison;
    comparison.caches = comparison.coldCaches ? coldSentence(*comparison.coldCaches, comparison.sides())
        : m_d->plan.warmUpRounds > 0
        ? tr("warm: layers and root disk were made beforehand, and the page cache was kept from round to round")
        : tr("not warmed: layers and root disk were made beforehand, and the page cache was left as it was found");
    if (const QString because = whyCopied(); !because.isEmpty() && comparison.bothAs != WorkloadKind::Vm)
        comparison.caches += tr("; each container's root was a copy of the image, made just before its start and so in "
                                "the page cache (%1)")
                                 .arg(because);
    const auto form = m_d->images.rootForm();
    if (form && form->kind == RootKind::FuseOverlay && comparison.bothAs != WorkloadKind::Vm)
        comparison.caches += tr("; each container's root was an overlay by fuse-overlayfs, whose work counts among its "
                                "helpers' (%1)")
                                 .arg(QString::fromStdString(form->because));
    if (!ofTheWork.isEmpty())
        comparison.caches += QStringLiteral("; ") + ofTheWork;
}

/// Why containers get a copy of the image each; empty where they get an overlay, whoever makes it.
QString ComparisonRun::whyCopied() const
{
    const auto form = m_d->images.rootForm();
    return form && form->kind == RootKind::Copy ? QString::fromStdString(form->because) : QString();
}

/// The files that a run of that side reads first are dropped from the page cache.
std::unique_ptr<Job> ComparisonRun::makeCold(Half half, const QString& digest)
{
    const QString title = tr("Make the caches cold");
    QStringList paths{ m_d->images.diskPath(digest) };
    if (kindOf(half) == WorkloadKind::Container) {
        if (const QString because = whyCopied(); !because.isEmpty())
            return std::make_unique<RefusedJob>(title,
                Error{ ErrorCode::Unsupported,
                    "a container's root is a copy of the image here, and in the page cache once it was made ("
                        + because.toStdString() + ")",
                    0, "Compare with the caches as they are, or where an overlay can be mounted." });
        const auto layers = m_d->images.layerPaths(digest);
        if (!layers)
            return std::make_unique<RefusedJob>(title, layers.error());
        paths = *layers;
    }
    std::vector<std::string> files;
    for (const QString& path : paths)
        files.push_back(path.toStdString());
    const auto dropped = std::make_shared<DroppedFiles>();
    auto job = std::make_unique<ThreadJob>(
        title, QThreadPool::globalInstance(), [files, dropped](JobContext& context) -> Result<> {
            auto done = dropFromPageCache(files, [&context] { return context.isCancelled(); });
            if (!done)
                return std::move(done).error();
            *dropped = *done;
            return {};
        });
    connect(job.get(), &Job::finished, this, [this, half, dropped] {
        auto& cold = *m_d->comparison.coldCaches;
        keepMost(half == &Comparison::vm ? cold.vm : cold.container, *dropped);
    });
    return job;
}

int ComparisonRun::halvesInAll() const
{
    return (m_d->plan.warmUpRounds + m_d->plan.rounds) * 2;
}

WorkloadKind ComparisonRun::kindOf(Half half) const
{
    return m_d->plan.bothAs.value_or(half == &Comparison::vm ? WorkloadKind::Vm : WorkloadKind::Container);
}

void ComparisonRun::addHalf(Half half, int round, const ImageInfo& image, const ComparedWork& work)
{
    const bool isFirst = half == &Comparison::container && round == 0;
    const bool isFirstVm = kindOf(half) == WorkloadKind::Vm && round == 0 && (isFirst || !m_d->plan.bothAs);
    if (m_d->plan.caches == FileCaches::Cold)
        m_d->steps->add([this, half, digest = image.digest] { return makeCold(half, digest); });
    m_d->steps->add([this, half, round, image, work, isFirst, isFirstVm]() -> std::unique_ptr<Job> {
        auto plan = halfPlan(m_d->plan.twin, image, kindOf(half));
        if (!plan)
            return std::make_unique<RefusedJob>(title(), plan.error());
        plan->twinGroup = m_d->group;
        auto halfWork = work;
        if (!isFirst)
            halfWork.needs.clear(); // the same image: it was looked for
        const auto outcome = std::make_shared<HalfRunOutcome>();
        auto run = makeHalfRun(*m_d->registry.provider(kindOf(half)), *plan, std::move(halfWork),
            isFirstVm ? EngineFacts::Read : EngineFacts::Leave, outcome);
        connect(
            run.get(), &Job::finished, this, [this, half, round, outcome] { onHalfFinished(half, round, *outcome); });
        return run;
    });
}

void ComparisonRun::onHalfFinished(Half half, int round, const HalfRunOutcome& outcome)
{
    if (!outcome.isComplete)
        return;
    auto& comparison = m_d->comparison;
    if (outcome.networkPath)
        m_d->paths[half == &Comparison::vm ? 1 : 0] = outcome.networkPath;
    if (kindOf(half) == WorkloadKind::Vm) {
        auto& machine = comparison.machine;
        machine.acceleration = outcome.engine;
        tellVmMachine(machine, outcome.machine);
        settleMachine(m_d->plan.twin, outcome.machine);
        machine.facts.insert(machine.facts.end(), outcome.engineFacts.begin(), outcome.engineFacts.end());
    }
    if (round >= m_d->plan.warmUpRounds)
        (comparison.*half).runs.push_back(outcome.figures);
    setProgress(++m_d->halvesDone, halvesInAll());
}

void ComparisonRun::doCancel()
{
    if (m_d->steps)
        m_d->steps->cancel();
}

} // namespace twinhull
