// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/libvirt_figures_source.h"

#include "core/vms/domain_statistics.h"
#include "core/vms/libvirt_events.h"
#include "core/vms/session_daemon.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kInterval{ 5 };
constexpr seconds kWantedFor{ 10 }; ///< after the sampler's last reading
constexpr seconds kCallBudget{ 3 };
constexpr seconds kEndDeadline{ 1 };
constexpr int kMostThreads = 2; ///< one that hangs and one that goes on
constexpr int kKeepAliveSeconds = 5;
constexpr unsigned kKeepAliveCount = 3;

/// One question under way.
struct Call {
    Clock::time_point began;
    bool isLeftBehind = false; ///< over its budget
};

struct Machine {
    Clock::time_point lastWanted;
    Clock::time_point nextQuestion;
    std::shared_ptr<Call> call; ///< null while none is under way
    std::optional<DomainStatistics> statistics;
    bool isFresh = false; ///< not handed out yet
    bool isSilent = false; ///< the latest call took too long or failed
    ExitCounts exits = ExitCounts::Asked; ///< until an answer has none: an emulated VM never has
};

using Figure = Reading<std::uint64_t>;

/// A counter of libvirt's and where it belongs.
struct Counter {
    std::optional<std::uint64_t> DomainStatistics::*from;
    Figure& (*to)(Sample& sample);
    bool isNetwork = false; ///< one counter has one source: left to an agent that tells it
};
constexpr std::array kCounters{
    Counter{ &DomainStatistics::diskReadBytes, [](Sample& s) -> Figure& { return s.diskReadBytes; } },
    Counter{ &DomainStatistics::diskWrittenBytes, [](Sample& s) -> Figure& { return s.diskWrittenBytes; } },
    Counter{ &DomainStatistics::diskRequests, [](Sample& s) -> Figure& { return s.diskRequests.count; } },
    Counter{
        &DomainStatistics::diskRequestNanoseconds, [](Sample& s) -> Figure& { return s.diskRequests.nanoseconds; } },
    Counter{ &DomainStatistics::kvmExits, [](Sample& s) -> Figure& { return s.kvmExits; } },
    Counter{
        &DomainStatistics::networkReceivedBytes, [](Sample& s) -> Figure& { return s.networkReceivedBytes; }, true },
    Counter{ &DomainStatistics::networkSentBytes, [](Sample& s) -> Figure& { return s.networkSentBytes; }, true },
};

void fill(Figure& figure, std::optional<std::uint64_t> value)
{
    if (!figure && value)
        figure = *value;
}

/// Counters are handed out once: between two answers they are known, but not to the tick.
void fillCounters(const DomainStatistics& from, bool isFresh, Sample& sample)
{
    const bool isNetworkTold = sample.networkReceivedBytes || sample.networkSentBytes || sample.isNetworkGuestView;
    for (const Counter& counter : kCounters) {
        const auto& value = from.*counter.from;
        if (!value || (counter.isNetwork && isNetworkTold))
            continue;
        if (isFresh)
            fill(counter.to(sample), value);
        else
            counter.to(sample).explain(Needs::NextLibvirtReading);
    }
}

/// The balloon of a VM made from an image tells once, at its start; its agent is the one to be heard.
bool hasAgent(const Sample& sample)
{
    const Needs needs = sample.guest.memoryUsedBytes.needs();
    return needs == Needs::NextGuestReading || needs == Needs::GuestAnswer;
}

/// What libvirt would tell, had it answered.
void explainSilence(Sample& sample)
{
    if (!hasAgent(sample)) {
        sample.guest.memoryUsedBytes.explain(Needs::LibvirtAnswer);
        sample.guest.memoryCacheBytes.explain(Needs::LibvirtAnswer);
    }
    for (const Counter& counter : kCounters) {
        const bool isAgents = counter.isNetwork && sample.isNetworkGuestView; // it tells them, and goes on
        if (!isAgents)
            counter.to(sample).explain(Needs::LibvirtAnswer);
    }
}

} // namespace

struct LibvirtFiguresSource::Core : std::enable_shared_from_this<Core> {
    QString uri;
    std::mutex mutex;
    std::condition_variable changed;
    std::map<QString, Machine> machines; // by UUID
    std::vector<std::shared_ptr<Call>> calls; ///< all that are under way, also about VMs that are gone
    int threads = 0;
    bool isStopping = false;

    void addThread();
    int hangingThreads() const;
    void run();
    std::optional<QString> nextDue(Clock::time_point now) const;
    void ask(const QString& uuid, ConnectionHandle& connection, std::unique_lock<std::mutex>& lock);
    void leaveBehindWhatHangs(Clock::time_point now);
    Result<DomainStatistics> statisticsOf(const QString& uuid, ExitCounts exits, ConnectionHandle& connection) const;
};

int LibvirtFiguresSource::Core::hangingThreads() const
{
    return static_cast<int>(
        std::count_if(calls.begin(), calls.end(), [](const auto& call) { return call->isLeftBehind; }));
}

/// With the mutex held.
void LibvirtFiguresSource::Core::addThread()
{
    ++threads;
    std::thread([core = shared_from_this()] { core->run(); }).detach(); // its end is awaited by the destructor
}

std::optional<QString> LibvirtFiguresSource::Core::nextDue(Clock::time_point now) const
{
    for (const auto& [uuid, machine] : machines) {
        if (!machine.call && machine.lastWanted + kWantedFor >= now && machine.nextQuestion <= now)
            return uuid;
    }
    return std::nullopt;
}

void LibvirtFiguresSource::Core::run()
{
    ensureLibvirtEvents();
    ConnectionHandle connection;
    std::unique_lock lock(mutex);
    while (!isStopping && threads - hangingThreads() <= 1) { // the other one is free again: one is enough
        if (const auto uuid = nextDue(Clock::now()))
            ask(*uuid, connection, lock);
        else if (machines.empty())
            changed.wait(lock);
        else
            changed.wait_for(lock, seconds(1));
    }
    lock.unlock();
    connection.reset(); // may block as well
    lock.lock();
    --threads;
    changed.notify_all();
}

Result<DomainStatistics> LibvirtFiguresSource::Core::statisticsOf(
    const QString& uuid, ExitCounts exits, ConnectionHandle& connection) const
{
    if (!connection || virConnectIsAlive(connection.get()) != 1) {
        connection.reset(virConnectOpen(effectiveUri(uri).toUtf8().constData()));
        if (!connection)
            return libvirtError("open " + uri.toStdString());
        (void)virConnectSetKeepAlive(connection.get(), kKeepAliveSeconds, kKeepAliveCount); // not every driver has it
    }
    const auto domain = findDomain(connection.get(), uuid);
    return domain ? readStatistics(domain->get(), exits) : Result<DomainStatistics>(Error(domain.error()));
}

void LibvirtFiguresSource::Core::ask(
    const QString& uuid, ConnectionHandle& connection, std::unique_lock<std::mutex>& lock)
{
    const auto call = std::make_shared<Call>(Call{ Clock::now(), false });
    calls.push_back(call);
    machines[uuid].call = call;
    const ExitCounts exits = machines[uuid].exits;
    lock.unlock();
    auto answer = statisticsOf(uuid, exits, connection);
    lock.lock();
    std::erase(calls, call);
    const auto found = machines.find(uuid);
    if (found == machines.end() || found->second.call != call)
        return; // it ended, and maybe began again, while it was asked
    Machine& machine = found->second;
    machine.call.reset();
    machine.nextQuestion = Clock::now() + kInterval;
    machine.isSilent = !answer && answer.error().code != ErrorCode::NotFound;
    machine.isFresh = bool(answer);
    if (answer && !answer->kvmExits)
        machine.exits = ExitCounts::Left;
    machine.statistics = answer ? std::optional(*std::move(answer)) : std::nullopt;
}

/// With the mutex held; the sampler comes by once a second, so no thread has to watch the others.
void LibvirtFiguresSource::Core::leaveBehindWhatHangs(Clock::time_point now)
{
    for (const auto& call : calls)
        call->isLeftBehind = now - call->began > kCallBudget;
    for (auto& [uuid, machine] : machines) {
        if (machine.call && machine.call->isLeftBehind) {
            machine.isSilent = true;
            machine.statistics.reset();
        }
    }
    if (!isStopping && threads < kMostThreads && threads == hangingThreads() && !machines.empty())
        addThread();
}

LibvirtFiguresSource::LibvirtFiguresSource(QString uri) : m_core(std::make_shared<Core>())
{
    m_core->uri = std::move(uri);
}

LibvirtFiguresSource::~LibvirtFiguresSource()
{
    std::unique_lock lock(m_core->mutex);
    m_core->isStopping = true;
    m_core->changed.notify_all();
    m_core->changed.wait_for(lock, kEndDeadline, [this] { return m_core->threads == 0; });
}

void LibvirtFiguresSource::setRunning(std::set<QString> uuids)
{
    const std::lock_guard lock(m_core->mutex);
    std::erase_if(m_core->machines, [&uuids](const auto& entry) { return uuids.count(entry.first) == 0; });
    for (const QString& uuid : uuids)
        m_core->machines.try_emplace(uuid);
    m_core->changed.notify_all();
}

void LibvirtFiguresSource::read(std::span<const MetricTarget> targets, std::span<Sample> samples)
{
    const std::lock_guard lock(m_core->mutex);
    const auto now = Clock::now();
    m_core->leaveBehindWhatHangs(now);
    const bool areAllHanging = m_core->hangingThreads() == kMostThreads;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const auto found = m_core->machines.find(targets[i].id.key);
        if (targets[i].id.kind != WorkloadKind::Vm || found == m_core->machines.end())
            continue;
        Machine& machine = found->second;
        Sample& sample = samples[i];
        machine.lastWanted = now;
        if (machine.isSilent || areAllHanging)
            explainSilence(sample);
        if (!machine.statistics)
            continue;
        if (!hasAgent(sample)) {
            fill(sample.guest.memoryUsedBytes, machine.statistics->guestMemoryUsedBytes);
            fill(sample.guest.memoryCacheBytes, machine.statistics->guestMemoryCacheBytes);
        }
        fillCounters(*machine.statistics, std::exchange(machine.isFresh, false), sample);
    }
}

} // namespace twinhull
