// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/figures/guest_figures_source.h"

#include "core/vms/guest/guest_channel.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kInterval{ 5 };
constexpr seconds kUnwatchedInterval{ 60 };
constexpr seconds kWantedFor{ 10 }; ///< after the sampler's last reading
constexpr seconds kSilencePause{ 30 }; ///< before a guest that did not answer is asked again
constexpr std::chrono::milliseconds kAnswerDeadline{ 1000 };
constexpr int kHelpers = 3; ///< beside the thread that comes by every second

struct Agent {
    QString socketPath;
    Clock::time_point lastWanted;
    std::optional<Clock::time_point> answered; ///< or given up; nothing: never asked
    std::optional<GuestFigures> figures; ///< none: it was silent
    bool isLookedAt = true;
    bool isFresh = false; ///< not handed out yet
    bool isAsked = false; ///< a thread waits for its answer
};

bool isDue(const Agent& agent, Clock::time_point now)
{
    if (agent.isAsked || agent.lastWanted + kWantedFor < now)
        return false;
    const seconds pause = !agent.figures ? kSilencePause : agent.isLookedAt ? kInterval : kUnwatchedInterval;
    return !agent.answered || *agent.answered + pause <= now;
}

GuestFigures figuresFrom(const GuestReading& reading)
{
    GuestFigures figures;
    figures.memoryUsedBytes = Needs::GuestReport;
    if (reading.memoryTotalBytes && reading.memoryAvailableBytes
        && *reading.memoryTotalBytes >= *reading.memoryAvailableBytes)
        figures.memoryUsedBytes = *reading.memoryTotalBytes - *reading.memoryAvailableBytes;
    figures.memoryTotalBytes = { reading.memoryTotalBytes, Needs::GuestReport };
    figures.memoryCacheBytes = { reading.memoryCacheBytes, Needs::GuestReport };
    figures.swapUsedBytes = { reading.swapUsedBytes, Needs::GuestReport };
    figures.loadThousandths = Needs::GuestReport;
    if (reading.loadThousandths && *reading.loadThousandths <= kMostTasks * 1000)
        figures.loadThousandths = *reading.loadThousandths;
    figures.rootUsedBytes = figures.rootSizeBytes = Needs::GuestReport;
    if (reading.rootUsedBytes && reading.rootSizeBytes && *reading.rootUsedBytes <= *reading.rootSizeBytes) {
        figures.rootUsedBytes = *reading.rootUsedBytes;
        figures.rootSizeBytes = *reading.rootSizeBytes;
    }
    figures.cpuNanoseconds = { reading.cpuNanoseconds, Needs::GuestReport };
    figures.networkReceivedBytes = { reading.networkReceivedBytes, Needs::GuestReport };
    figures.networkSentBytes = { reading.networkSentBytes, Needs::GuestReport };
    figures.networkReceivedPackets = { reading.networkReceivedPackets, Needs::GuestReport };
    figures.networkSentPackets = { reading.networkSentPackets, Needs::GuestReport };
    return figures;
}

/// Counters are handed out once, so that their rate is the mean since the answer before, and not that of five seconds
/// in one and none in four.
void fillCounter(Reading<std::uint64_t>& figure, const Reading<std::uint64_t>& told, bool isFresh)
{
    figure = isFresh || !told ? told : Reading<std::uint64_t>(Needs::NextGuestReading);
}

/// There is an agent, which has not told these.
void explainAbsence(Sample& sample, Needs needs)
{
    GuestFigures& guest = sample.guest;
    for (auto* figure : { &guest.memoryTotalBytes, &guest.memoryUsedBytes, &guest.memoryCacheBytes,
             &guest.swapUsedBytes, &guest.loadThousandths, &guest.rootUsedBytes, &guest.rootSizeBytes,
             &guest.cpuNanoseconds, &sample.networkReceivedBytes, &sample.networkSentBytes,
             &sample.networkReceivedPackets, &sample.networkSentPackets })
        figure->explain(needs);
}

} // namespace

struct GuestFiguresSource::Core {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<WorkloadId, Agent> agents;
    bool isStopping = false;
    Attention attention = Attention::Watched;
    std::vector<std::thread> threads;

    void run(bool isHelper);
    std::optional<WorkloadId> nextDue(Clock::time_point now) const;
    void ask(const WorkloadId& id, std::unique_lock<std::mutex>& lock);
};

std::optional<WorkloadId> GuestFiguresSource::Core::nextDue(Clock::time_point now) const
{
    for (const auto& [id, agent] : agents) {
        if (isDue(agent, now))
            return id;
    }
    return std::nullopt;
}

void GuestFiguresSource::Core::ask(const WorkloadId& id, std::unique_lock<std::mutex>& lock)
{
    const QString path = agents[id].socketPath;
    agents[id].isAsked = true;
    if (nextDue(Clock::now()))
        changed.notify_all(); // a helper takes the next
    lock.unlock();
    const auto answer = askGuest(path, GuestAsk::Figures, kAnswerDeadline, [this] {
        const std::lock_guard guard(mutex);
        return isStopping;
    });
    lock.lock();
    const auto found = agents.find(id);
    if (found == agents.end() || found->second.socketPath != path)
        return;
    found->second.isAsked = false;
    found->second.answered = Clock::now();
    found->second.isFresh = bool(answer);
    found->second.figures
        = answer && answer->reply.reading ? std::optional(figuresFrom(*answer->reply.reading)) : std::nullopt;
}

/// A helper sleeps until there is more than one to ask.
void GuestFiguresSource::Core::run(bool isHelper)
{
    std::unique_lock lock(mutex);
    while (!isStopping) {
        if (const auto id = nextDue(Clock::now()))
            ask(*id, lock);
        else if (isHelper || agents.empty())
            changed.wait(lock);
        else
            changed.wait_for(lock, seconds(1));
    }
}

GuestFiguresSource::GuestFiguresSource() : m_core(std::make_unique<Core>())
{
    for (int i = 0; i <= kHelpers; ++i)
        m_core->threads.emplace_back([core = m_core.get(), i] { core->run(i > 0); });
}

GuestFiguresSource::~GuestFiguresSource()
{
    {
        const std::lock_guard lock(m_core->mutex);
        m_core->isStopping = true;
        m_core->changed.notify_all();
    }
    for (std::thread& thread : m_core->threads)
        thread.join();
}

void GuestFiguresSource::setAgents(std::map<WorkloadId, QString> socketPaths)
{
    const std::lock_guard lock(m_core->mutex);
    auto& agents = m_core->agents;
    std::erase_if(agents, [&socketPaths](const auto& entry) {
        const auto found = socketPaths.find(entry.first);
        return found == socketPaths.end() || found->second != entry.second.socketPath;
    });
    for (auto& [id, path] : socketPaths)
        agents.try_emplace(id, Agent{ path, {}, {}, {} });
    m_core->changed.notify_all();
}

void GuestFiguresSource::setAttention(Attention attention)
{
    const std::lock_guard lock(m_core->mutex);
    m_core->attention = attention;
}

void GuestFiguresSource::read(std::span<const MetricTarget> targets, std::span<Sample> samples)
{
    const std::lock_guard lock(m_core->mutex);
    const auto now = Clock::now();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const auto found = m_core->agents.find(targets[i].id);
        if (found == m_core->agents.end())
            continue;
        found->second.lastWanted = now;
        found->second.isLookedAt = targets[i].isLookedAt && m_core->attention == Attention::Watched;
        Sample& sample = samples[i];
        if (!found->second.figures) {
            explainAbsence(sample, found->second.answered ? Needs::GuestAnswer : Needs::NextGuestReading);
            continue;
        }
        const bool isFresh = std::exchange(found->second.isFresh, false);
        sample.guest = *found->second.figures;
        fillCounter(sample.guest.cpuNanoseconds, found->second.figures->cpuNanoseconds, isFresh);
        if (sample.networkReceivedBytes || sample.networkSentBytes) // the host knows better
            continue;
        sample.isNetworkGuestView = sample.guest.networkReceivedBytes.has_value();
        fillCounter(sample.networkReceivedBytes, sample.guest.networkReceivedBytes, isFresh);
        fillCounter(sample.networkSentBytes, sample.guest.networkSentBytes, isFresh);
        fillCounter(sample.networkReceivedPackets, sample.guest.networkReceivedPackets, isFresh);
        fillCounter(sample.networkSentPackets, sample.guest.networkSentPackets, isFresh);
    }
}

} // namespace twinhull
