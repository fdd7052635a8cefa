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

struct ComparisonRun::Private {
    WorkloadRegistry& registry;
    ImageStore& images;
    Twins twins;
    TwinPlan plan;
    int repeats;
    QString group;
    Comparison comparison;
    std::unique_ptr<SequentialJob> steps;
    int halvesDone = 0;
};

ComparisonRun::ComparisonRun(WorkloadRegistry& registry, ImageStore& images, TwinPlan plan, int repeats)
    : Job(tr("Compare %1 as container and as VM").arg(plan.imageReference))
    , m_d(new Private{
          registry, images, Twins(registry, images), std::move(plan), std::max(repeats, 1), comparisonGroup(), {}, {} })
{
    if (m_d->plan.name.isEmpty())
        m_d->plan.name = m_d->group;
}

ComparisonRun::~ComparisonRun() = default;

const Comparison& ComparisonRun::comparison() const
{
    return m_d->comparison;
}

void ComparisonRun::doStart()
{
    const auto image = m_d->twins.check(m_d->plan);
    if (!image) {
        finish(image.error());
        return;
    }
    auto& comparison = m_d->comparison;
    const ComparedWork work{ httpWorkOf(*image) };
    comparison.machine = readMachineFacts({});
    comparison.image = image->shortName();
    comparison.imageDigest = image->digest;
    comparison.work = work.sentence();
    comparison.wallMilliseconds = wallClockMilliseconds();
    if (work.http)
        m_d->plan.workloadPort = work.http->port;

    m_d->steps = std::make_unique<SequentialJob>(title());
    m_d->steps->add([this, digest = image->digest] { return m_d->images.unpack(digest); });
    m_d->steps->add([this, digest = image->digest] { return m_d->images.makeDisk(digest); });
    for (int round = 0; round < m_d->repeats; ++round) {
        addHalf(WorkloadKind::Container, *image, work);
        addHalf(WorkloadKind::Vm, *image, work);
    }
    connect(m_d->steps.get(), &Job::stepChanged, this, &ComparisonRun::setStep);
    connect(m_d->steps.get(), &Job::finished, this, [this] { finish(m_d->steps->result()); });
    setProgress(0, m_d->repeats * 2);
    m_d->steps->start();
}

void ComparisonRun::addHalf(WorkloadKind kind, const ImageInfo& image, const ComparedWork& work)
{
    m_d->steps->add([this, kind, image, work]() -> std::unique_ptr<Job> {
        auto half = halfPlan(m_d->plan, image);
        if (!half)
            return std::make_unique<RefusedJob>(title(), half.error());
        half->twinGroup = m_d->group;
        const auto outcome = std::make_shared<HalfRunOutcome>();
        auto run = makeHalfRun(*m_d->registry.provider(kind), *half, work, outcome);
        connect(run.get(), &Job::finished, this, [this, kind, outcome] { onHalfFinished(kind, *outcome); });
        return run;
    });
}

void ComparisonRun::onHalfFinished(WorkloadKind kind, const HalfRunOutcome& outcome)
{
    if (!outcome.isComplete)
        return;
    auto& comparison = m_d->comparison;
    (kind == WorkloadKind::Vm ? comparison.vm : comparison.container).runs.push_back(outcome.figures);
    if (kind == WorkloadKind::Vm)
        comparison.machine.acceleration = outcome.engine;
    setProgress(++m_d->halvesDone, m_d->repeats * 2);
}

void ComparisonRun::doCancel()
{
    if (m_d->steps)
        m_d->steps->cancel();
}

} // namespace twinhull
