// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/capacity_run.h"

#include "core/base/files.h"
#include "core/jobs/parallel_job.h"
#include "core/jobs/refused_job.h"
#include "core/jobs/sequential_job.h"
#include "core/jobs/thread_job.h"
#include "core/metrics/host_cost_source.h"
#include "core/metrics/proc_text.h"
#include "core/twin/comparison_leftovers.h"
#include "core/twin/half_plan.h"
#include "core/twin/pause_job.h"

#include <QTimer>

#include <algorithm>
#include <cerrno>
#include <functional>

namespace twinhull {

namespace {

constexpr auto kRestTime = std::chrono::seconds(1); ///< of each after its start, before anything is read
constexpr auto kPressurePace = std::chrono::seconds(1); ///< the kernel counts it every two seconds (psi.rst)

/// NotFound when /proc/meminfo does not tell.
Result<std::uint64_t> memoryLine(const char* name)
{
    const auto text = readFile("/proc/meminfo");
    const auto bytes = text ? kilobyteLine(*text, name) : std::nullopt;
    if (!bytes)
        return Error{ ErrorCode::NotFound, std::string("/proc/meminfo does not tell ") + name, 0, {} };
    return *bytes;
}

std::optional<double> memoryPressure()
{
    const auto text = readFile("/proc/pressure/memory");
    return text ? parsePressure(*text) : std::nullopt;
}

/// All of them together; absent when one of them is, with its reason.
Figure costOf(const std::vector<WorkloadInfo>& workloads)
{
    double bytes = 0;
    for (const WorkloadInfo& info : workloads) {
        const Sample sample = readCostNow(MetricTarget{ info.id, info.footprint });
        if (!sample.slow.pss)
            return Figure::absent(sentenceFor(sample.slow.pss.needs()));
        if (!sample.slow.pageTables)
            return Figure::absent(sentenceFor(sample.slow.pageTables.needs()));
        bytes += static_cast<double>(*sample.slow.pss + *sample.slow.pageTables);
    }
    return Figure::of(bytes);
}

/// Whether or not its parent has waited for it (proc(5): state Z, or X).
bool hasProcessEnded(pid_t pid)
{
    const auto text = readFile("/proc/" + std::to_string(pid) + "/stat");
    if (!text)
        return text.error().sysErrno == ENOENT || text.error().sysErrno == ESRCH;
    const auto name = text->rfind(')');
    const char state = name != std::string::npos && name + 2 < text->size() ? (*text)[name + 2] : '?';
    return state == 'Z' || state == 'X';
}

/// The first that runs no more, though its provider may not have heard of it yet; nothing where all do.
std::optional<WorkloadInfo> firstEnded(const std::vector<WorkloadInfo>& workloads)
{
    for (const WorkloadInfo& info : workloads) {
        const auto& roots = info.footprint.rootPids;
        if (!roots.empty() && std::all_of(roots.begin(), roots.end(), &hasProcessEnded))
            return info;
    }
    return std::nullopt;
}

Result<CapacityReading> readNow(const std::vector<WorkloadInfo>& workloads)
{
    const auto available = memoryLine("MemAvailable");
    if (!available)
        return available.error();
    return CapacityReading{ costOf(workloads), *available, memoryPressure() };
}

/// Runs another; where that one fails, `isPassedOver` is asked whether to go on all the same.
class PassedOverJob : public Job {
public:
    PassedOverJob(std::unique_ptr<Job> job, std::function<bool(const Error&)> isPassedOver)
        : Job(job->title()), m_job(std::move(job)), m_isPassedOver(std::move(isPassedOver))
    {
    }

protected:
    void doStart() override
    {
        connect(m_job.get(), &Job::progressChanged, this, &PassedOverJob::setProgress);
        connect(m_job.get(), &Job::stepChanged, this, &PassedOverJob::setStep);
        connect(m_job.get(), &Job::finished, this, [this] {
            const bool isFailed = m_job->state() == State::Failed;
            finish(isFailed && m_isPassedOver(m_job->result().error()) ? Result<>() : m_job->result());
        });
        m_job->start();
    }
    void doCancel() override { m_job->cancel(); }

private:
    std::unique_ptr<Job> m_job;
    std::function<bool(const Error&)> m_isPassedOver;
};

} // namespace

struct CapacityRun::Private {
    WorkloadRegistry& registry;
    ImageStore& images;
    CapacityPlan plan;
    QString group;
    Capacity capacity;
    std::unique_ptr<SequentialJob> steps;
    int named = 0;
    bool isOver = false; ///< the pressure has passed its limit, or the check ended: nothing more is started
    std::optional<double> peak; ///< of the pressure since the latest reading

    WorkloadProvider& provider() const { return *registry.provider(plan.kind); }

    std::vector<WorkloadInfo> started() const
    {
        std::vector<WorkloadInfo> mine;
        for (auto& info : provider().workloads()) {
            if (info.twinGroup == group)
                mine.push_back(std::move(info));
        }
        return mine;
    }

    std::unique_ptr<Job> removeAll() const
    {
        std::vector<std::unique_ptr<Job>> jobs;
        for (const auto& info : started())
            jobs.push_back(provider().remove(info.id));
        return jobs.empty() ? nullptr : std::make_unique<ParallelJob>(tr("Remove what was started"), std::move(jobs));
    }

    /// The first reading is before anything was started, then come those that are measured, then those of the check.
    void keep(CapacityReading reading, std::size_t count)
    {
        if (peak && count > 0)
            reading.memoryPressure = std::max(*peak, reading.memoryPressure.value_or(0));
        peak.reset();
        if (count == 0)
            capacity.before = reading;
        else if (capacity.after.size() < static_cast<std::size_t>(plan.starts))
            capacity.after.push_back(reading);
        else
            capacity.check.push_back(reading);
        const bool isPassed = reading.memoryPressure.value_or(0) > plan.pressureLimit;
        isOver = isOver || isPassed;
        capacity.isStoppedByPressure = isOver && capacity.check.empty();
    }

    bool isMeasured() const { return capacity.after.size() >= static_cast<std::size_t>(plan.starts); }

    void endCheck(const QString& why)
    {
        isOver = true;
        capacity.checkEnd = why;
    }

    static QString endOf(const WorkloadInfo& info)
    {
        return info.wasOutOfMemory ? tr("The kernel ended %1 for want of memory.").arg(info.name)
                                   : tr("%1 ended before all of them ran.").arg(info.name);
    }

    /// Of those that the check has: why they are not all running. Empty where they are.
    static QString whyNotAllRun(const std::vector<WorkloadInfo>& workloads)
    {
        for (const WorkloadInfo& info : workloads) {
            if (!info.footprint.hasFigures())
                return endOf(info);
        }
        return {};
    }

    QString latestName() const { return group + QLatin1Char('-') + QString::number(named); }
};

CapacityRun::CapacityRun(WorkloadRegistry& registry, ImageStore& images, CapacityPlan plan)
    : Job(tr("Measure how many more of %1 fit").arg(plan.twin.imageReference))
    , m_d(new Private{ registry, images, std::move(plan), comparisonGroup(), {}, {}, 0, false, {} })
{
    m_d->plan.checkLimit = std::clamp(m_d->plan.checkLimit, 1, kMostStarts);
    m_d->plan.starts = std::clamp(m_d->plan.starts, kFewestStarts, kMostStarts);
}

CapacityRun::~CapacityRun() = default;

const Capacity& CapacityRun::capacity() const
{
    return m_d->capacity;
}

void CapacityRun::doStart()
{
    const auto image = m_d->images.find(m_d->plan.twin.imageReference);
    const auto memory = memoryLine("MemTotal");
    const WorkloadProvider* provider = m_d->registry.provider(m_d->plan.kind);
    if (!image || !memory || provider == nullptr || !provider->availability()) {
        finish(!image                 ? Error{ ErrorCode::NotFound,
                   "image " + m_d->plan.twin.imageReference.toStdString() + " is not in the store", 0,
                   "Load it with: twinhullctl images load PATH" }
                : !memory             ? memory.error()
                : provider == nullptr ? Error{ ErrorCode::Unsupported, "this kind is not available here", 0, {} }
                                      : provider->availability().error());
        return;
    }
    auto& capacity = m_d->capacity;
    capacity.kind = m_d->plan.kind;
    capacity.image = image->shortName();
    capacity.reserveBytes = m_d->plan.reserveBytes.value_or(*memory / 20);
    capacity.pressureLimit = m_d->plan.pressureLimit;
    m_d->steps = std::make_unique<SequentialJob>(title());
    m_d->steps->add([this, digest = image->digest] { return m_d->images.unpack(digest); });
    if (m_d->plan.kind == WorkloadKind::Vm)
        m_d->steps->add([this, digest = image->digest] { return m_d->images.makeDisk(digest); });
    m_d->steps->add([this] { return readAll(); }, [this] { return m_d->removeAll(); });
    addStarts(*image);
    addCheck(*image);
    watchPressure();
    m_d->steps->add([this] { return m_d->removeAll(); });
    connect(m_d->steps.get(), &Job::stepChanged, this, &CapacityRun::setStep);
    connect(m_d->steps.get(), &Job::finished, this, [this] { finish(m_d->steps->result()); });
    setProgress(0, m_d->plan.starts);
    m_d->steps->start();
}

/// A peak while one starts has fallen again when it is at rest; the reading that follows tells it.
void CapacityRun::watchPressure()
{
    auto* pace = new QTimer(this);
    connect(pace, &QTimer::timeout, this, [this] {
        if (const auto now = memoryPressure())
            m_d->peak = std::max(m_d->peak.value_or(0), *now);
    });
    connect(m_d->steps.get(), &Job::finished, pace, &QTimer::stop);
    pace->start(kPressurePace);
}

/// Each step does nothing once the pressure has passed the limit. What was made is removed by the undoing of the first
/// reading, which every later failure comes to.
void CapacityRun::addStarts(const ImageInfo& image)
{
    for (int i = 0; i < m_d->plan.starts; ++i)
        addStart(image, [this] { return !m_d->isOver; });
}

/// Those that were started to be measured belong to the ones that were foretold.
void CapacityRun::addCheck(const ImageInfo& image)
{
    if (!m_d->plan.isChecked)
        return;
    m_d->capacity.isCheckAsked = true;
    m_d->capacity.checkLimit = m_d->plan.checkLimit;
    for (int i = m_d->plan.starts; i < m_d->plan.checkLimit; ++i)
        addStart(image, [this] { return isAnotherForetold(); });
}

bool CapacityRun::isAnotherForetold() const
{
    const Capacity& capacity = m_d->capacity;
    return !m_d->isOver && capacity.after.size() + capacity.check.size() < capacity.checkGoal();
}

/// One of them, made, started, at rest and read; whether it is wanted is asked once, before it is made.
template <typename IsWanted>
void CapacityRun::addStart(const ImageInfo& image, const IsWanted& isWanted)
{
    const auto wanted = std::make_shared<bool>(false);
    const auto add = [this, wanted](auto make) {
        m_d->steps->add([wanted, make]() -> std::unique_ptr<Job> { return *wanted ? make() : nullptr; });
    };
    const auto isEndOfCheck = [this, wanted](const Error& error) { // what was measured is kept
        if (!m_d->isMeasured())
            return false;
        *wanted = false;
        m_d->endCheck(tr("%1 did not start: %2.").arg(m_d->latestName(), QString::fromStdString(error.message)));
        return true;
    };
    m_d->steps->add([wanted, isWanted]() -> std::unique_ptr<Job> {
        *wanted = isWanted();
        return nullptr;
    });
    add([this, image, isEndOfCheck]() -> std::unique_ptr<Job> {
        ++m_d->named;
        m_d->plan.twin.name = m_d->latestName();
        auto one = halfPlan(m_d->plan.twin, image, m_d->plan.kind);
        if (!one)
            return std::make_unique<RefusedJob>(title(), one.error());
        one->twinGroup = m_d->group;
        return std::make_unique<PassedOverJob>(m_d->provider().create(*one), isEndOfCheck);
    });
    add([this, isEndOfCheck]() -> std::unique_ptr<Job> {
        for (const auto& info : m_d->started()) {
            if (info.name == m_d->latestName())
                return std::make_unique<PassedOverJob>(m_d->provider().start(info.id), isEndOfCheck);
        }
        auto refused = std::make_unique<RefusedJob>(
            title(), Error{ ErrorCode::NotFound, m_d->latestName().toStdString() + " disappeared", 0, {} });
        return std::make_unique<PassedOverJob>(std::move(refused), isEndOfCheck);
    });
    add([]() -> std::unique_ptr<Job> { return std::make_unique<PauseJob>(tr("Come to rest"), kRestTime); });
    add([this] { return readAll(); });
}

std::unique_ptr<Job> CapacityRun::readAll()
{
    auto workloads = m_d->started();
    if (!workloads.empty())
        m_d->capacity.engine = workloads.front().engine;
    auto reading = std::make_shared<CapacityReading>();
    auto ended = std::make_shared<std::optional<WorkloadInfo>>(); // while they were read
    auto job = std::make_unique<ThreadJob>(
        tr("Read what they cost"), QThreadPool::globalInstance(), [workloads, reading, ended](auto&) -> Result<> {
            auto now = readNow(workloads);
            if (!now)
                return std::move(now).error();
            *reading = *std::move(now);
            *ended = firstEnded(workloads);
            return {};
        });
    connect(job.get(), &Job::finished, this, [this, reading, ended, job = job.get(), count = workloads.size()] {
        if (job->state() != State::Succeeded)
            return;
        QString why = m_d->isMeasured() ? Private::whyNotAllRun(m_d->started()) : QString();
        const bool isUnheard = why.isEmpty() && m_d->isMeasured() && ended->has_value();
        if (isUnheard)
            why = Private::endOf(**ended);
        const bool wasPressed = m_d->peak.value_or(0) > m_d->plan.pressureLimit; // that is why, then
        if (!why.isEmpty() && !wasPressed) {
            m_d->endCheck(why);
            if (isUnheard)
                hearWhyItEnded((*ended)->id);
            return;
        }
        m_d->keep(*reading, count);
        const auto goal = static_cast<qint64>(m_d->capacity.checkGoal());
        setProgress(static_cast<qint64>(count), m_d->capacity.check.empty() ? m_d->plan.starts : goal);
    });
    return job;
}

/// Its provider tells a moment later.
void CapacityRun::hearWhyItEnded(const WorkloadId& id)
{
    connect(&m_d->provider(), &WorkloadProvider::changed, this, [this, id](const WorkloadInfo& info) {
        if (info.id == id && info.wasOutOfMemory)
            m_d->endCheck(Private::endOf(info));
    });
}

void CapacityRun::doCancel()
{
    if (m_d->steps)
        m_d->steps->cancel();
}

} // namespace twinhull
