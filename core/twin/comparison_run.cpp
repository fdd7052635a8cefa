// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/comparison_run.h"

#include "core/base/clock.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/twin/comparison_leftovers.h"
#include "core/twin/half_plan.h"
#include "core/twin/half_run.h"
#include "core/twin/machine_facts.h"

namespace twinhull {

namespace {

Result<ComparedWork> plannedWork(const ComparisonPlan& plan, const ImageInfo& image)
{
    if (plan.definition)
        return comparedWork(*plan.definition);
    auto work = comparedWork(plan.work, image);
    return work && plan.figure ? withFigure(*std::move(work), *plan.figure) : work;
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
};

ComparisonRun::ComparisonRun(WorkloadRegistry& registry, ImageStore& images, ComparisonPlan plan)
    : Job(tr("Compare %1 as container and as VM").arg(plan.twin.imageReference))
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
    const auto image = m_d->twins.check(m_d->plan.twin);
    const auto work = image ? plannedWork(m_d->plan, *image) : Result<ComparedWork>(image.error());
    if (!work) {
        finish(work.error());
        return;
    }
    describe(*image, *work);
    if (work->http)
        m_d->plan.twin.workloadPort = work->http->port;

    m_d->steps = std::make_unique<SequentialJob>(title());
    m_d->steps->add([this, digest = image->digest] { return m_d->images.unpack(digest); });
    m_d->steps->add([this, digest = image->digest] { return m_d->images.makeDisk(digest); });
    for (int round = 0; round < m_d->plan.warmUpRounds + m_d->plan.rounds; ++round) {
        addHalf(WorkloadKind::Container, round, *image, *work);
        addHalf(WorkloadKind::Vm, round, *image, *work);
    }
    connect(m_d->steps.get(), &Job::stepChanged, this, &ComparisonRun::setStep);
    connect(m_d->steps.get(), &Job::finished, this, [this] { finish(m_d->steps->result()); });
    setProgress(0, halvesInAll());
    m_d->steps->start();
}

void ComparisonRun::describe(const ImageInfo& image, const ComparedWork& work)
{
    auto& comparison = m_d->comparison;
    comparison.machine = readMachineFacts(m_d->registry.provider(WorkloadKind::Vm)->notices());
    comparison.image = image.shortName();
    comparison.imageDigest = image.digest;
    comparison.work = work.sentence();
    comparison.workScale = work.scale;
    comparison.warmUpRounds = m_d->plan.warmUpRounds;
    comparison.caches = m_d->plan.warmUpRounds > 0
        ? tr("warm: layers and root disk were made beforehand, and the page cache was kept from round to round")
        : tr("not warmed: layers and root disk were made beforehand, and the page cache was left as it was found");
    if (!work.caches.isEmpty())
        comparison.caches += QStringLiteral("; ") + work.caches;
    comparison.wallMilliseconds = wallClockMilliseconds();
}

int ComparisonRun::halvesInAll() const
{
    return (m_d->plan.warmUpRounds + m_d->plan.rounds) * 2;
}

void ComparisonRun::addHalf(WorkloadKind kind, int round, const ImageInfo& image, const ComparedWork& work)
{
    const bool isFirstVm = kind == WorkloadKind::Vm && round == 0;
    m_d->steps->add([this, kind, round, image, work, isFirstVm]() -> std::unique_ptr<Job> {
        auto half = halfPlan(m_d->plan.twin, image);
        if (!half)
            return std::make_unique<RefusedJob>(title(), half.error());
        half->twinGroup = m_d->group;
        auto halfWork = work;
        if (kind != WorkloadKind::Container || round > 0)
            halfWork.needs.clear(); // the same image: it was looked for
        const auto outcome = std::make_shared<HalfRunOutcome>();
        auto run = makeHalfRun(*m_d->registry.provider(kind), *half, std::move(halfWork),
            isFirstVm ? EngineFacts::Read : EngineFacts::Leave, outcome);
        connect(
            run.get(), &Job::finished, this, [this, kind, round, outcome] { onHalfFinished(kind, round, *outcome); });
        return run;
    });
}

void ComparisonRun::onHalfFinished(WorkloadKind kind, int round, const HalfRunOutcome& outcome)
{
    if (!outcome.isComplete)
        return;
    auto& comparison = m_d->comparison;
    if (kind == WorkloadKind::Vm) {
        auto& machine = comparison.machine;
        machine.acceleration = outcome.engine;
        machine.facts.insert(machine.facts.end(), outcome.engineFacts.begin(), outcome.engineFacts.end());
    }
    if (round >= m_d->plan.warmUpRounds)
        (kind == WorkloadKind::Vm ? comparison.vm : comparison.container).runs.push_back(outcome.figures);
    setProgress(++m_d->halvesDone, halvesInAll());
}

void ComparisonRun::doCancel()
{
    if (m_d->steps)
        m_d->steps->cancel();
}

} // namespace twinhull
