// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sampler.h"

#include "core/base/clock.h"
#include "core/base/descriptor_limit.h"
#include "core/metrics/age_clock.h"
#include "core/metrics/host_cost_source.h"
#include "core/metrics/host_reader.h"
#include "core/metrics/rate_computer.h"
#include "core/metrics/tick_pace.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace twinhull {

struct Sampler::Private {
    using Targets = std::shared_ptr<const std::vector<MetricTarget>>;

    Sampler* owner = nullptr;
    std::vector<std::shared_ptr<MetricSource>> sources;
    std::thread thread;

    std::mutex mutex; ///< guards the five below
    std::condition_variable stopped;
    Targets targets = std::make_shared<const std::vector<MetricTarget>>();
    Attention attention = Attention::Watched;
    bool areTotalsWanted = false;
    bool isStopping = false;

    // the thread's own
    Attention toldAttention = Attention::Watched;
    HostReader host;
    RateComputer rates;
    std::vector<Sample> samples;
    std::unique_ptr<ReadBuffer> buffer = std::make_unique<ReadBuffer>();

    void run(std::chrono::milliseconds interval);
    void tellAttention(Attention wanted);
    bool waitUntil(std::chrono::steady_clock::time_point deadline);
    MetricsFrame tick();
    void readSamples(const std::vector<MetricTarget>& wanted, std::int64_t now);
    void send(MetricsFrame frame) const;
};

void Sampler::Private::run(std::chrono::milliseconds interval)
{
    TickPace pace(interval);
    auto deadline = std::chrono::steady_clock::now();
    do {
        const std::int64_t begin = threadCpuNanoseconds();
        MetricsFrame frame = tick();
        const std::chrono::nanoseconds cost(threadCpuNanoseconds() - begin);
        frame.tickCpuNanoseconds = cost.count();
        frame.intervalMilliseconds = pace.next(cost, frame.host[HostMetric::CpuPressure]).count();
        frame.pace = pace.reason();
        send(std::move(frame));
        deadline += pace.interval();
        if (deadline < std::chrono::steady_clock::now()) // suspended or starved: no burst of ticks to make up for it
            deadline = std::chrono::steady_clock::now() + pace.interval();
    } while (waitUntil(deadline));
}

/// False when it is time to stop.
bool Sampler::Private::waitUntil(std::chrono::steady_clock::time_point deadline)
{
    std::unique_lock lock(mutex);
    return !stopped.wait_until(lock, deadline, [this] { return isStopping; });
}

MetricsFrame Sampler::Private::tick()
{
    Targets wanted;
    Attention wantedAttention{};
    bool wantsTotals = false;
    {
        const std::lock_guard lock(mutex);
        wanted = targets;
        wantedAttention = attention;
        wantsTotals = areTotalsWanted;
    }
    tellAttention(wantedAttention);
    MetricsFrame frame;
    const std::int64_t now = monotonicNanoseconds();
    const std::int64_t slept = sleptNanoseconds();
    frame.monotonicNanoseconds = now + slept;
    frame.wallMilliseconds = wallClockMilliseconds();
    frame.host = host.read(now, *buffer); // at once: what the samples cost belongs to the time after `now`
    readSamples(*wanted, now);
    frame.points = rates.points(samples, wantsTotals ? &frame.totals : nullptr);
    for (MetricPoint& point : frame.points) {
        point.sparedSince += point.sparedSince == 0 ? 0 : slept;
        point.restedUntil += point.restedUntil == 0 ? 0 : slept;
    }
    return frame;
}

void Sampler::Private::tellAttention(Attention wanted)
{
    if (wanted == std::exchange(toldAttention, wanted))
        return;
    for (const auto& source : sources)
        source->setAttention(wanted);
}

/// What was spared is as it was made: a thousand of them are a megabyte, which is not written anew at each tick.
void Sampler::Private::readSamples(const std::vector<MetricTarget>& wanted, std::int64_t now)
{
    samples.resize(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        Sample& sample = samples[i];
        if (!sample.isSpared || sample.id != wanted[i].id) {
            sample = Sample();
            sample.id = wanted[i].id;
        }
        sample.isSpared = false;
        sample.monotonicNanoseconds = now;
    }
    for (const auto& source : sources)
        source->read(wanted, samples);
}

void Sampler::Private::send(MetricsFrame frame) const
{
    QMetaObject::invokeMethod(
        owner, [to = owner, frame = std::move(frame)] { Q_EMIT to->frameReady(frame); }, Qt::QueuedConnection);
}

Sampler::Sampler(QObject* parent) : QObject(parent), m_d(std::make_unique<Private>())
{
    m_d->owner = this;
    m_d->sources.push_back(std::make_shared<HostCostSource>());
}

Sampler::~Sampler()
{
    {
        const std::lock_guard lock(m_d->mutex);
        m_d->isStopping = true;
    }
    m_d->stopped.notify_all();
    if (m_d->thread.joinable())
        m_d->thread.join();
}

void Sampler::addSource(std::shared_ptr<MetricSource> source)
{
    Q_ASSERT(!m_d->thread.joinable());
    m_d->sources.push_back(std::move(source));
}

void Sampler::start(std::chrono::milliseconds interval)
{
    Q_ASSERT(!m_d->thread.joinable());
    raiseDescriptorLimit(); // some descriptors are kept for every process that is watched
    m_d->thread = std::thread([this, interval] { m_d->run(interval); });
}

void Sampler::setTargets(std::vector<MetricTarget> targets)
{
    auto next = std::make_shared<const std::vector<MetricTarget>>(std::move(targets));
    const std::lock_guard lock(m_d->mutex);
    m_d->targets.swap(next);
}

void Sampler::setAttention(Attention attention)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->attention = attention;
}

void Sampler::setTotalsWanted(bool areWanted)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->areTotalsWanted = areWanted;
}

} // namespace twinhull
