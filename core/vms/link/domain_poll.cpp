// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/domain_poll.h"

#include "core/vms/link/libvirt_events.h"
#include "core/vms/link/session_daemon.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kWantedFor{ 10 }; ///< after it was read last
constexpr seconds kCallBudget{ 3 };
constexpr seconds kEndDeadline{ 1 };
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
    DomainPoll::Word word;
};

} // namespace

struct DomainPoll::Core : std::enable_shared_from_this<Core> {
    QString uri;
    Question question;
    Pace pace;
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
    Result<DomainStatistics> answerOf(
        const QString& uuid, const std::optional<DomainStatistics>& before, ConnectionHandle& connection) const;
};

int DomainPoll::Core::hangingThreads() const
{
    return static_cast<int>(
        std::count_if(calls.begin(), calls.end(), [](const auto& call) { return call->isLeftBehind; }));
}

/// With the mutex held.
void DomainPoll::Core::addThread()
{
    ++threads;
    std::thread([core = shared_from_this()] { core->run(); }).detach(); // its end is awaited by the destructor
}

std::optional<QString> DomainPoll::Core::nextDue(Clock::time_point now) const
{
    for (const auto& [uuid, machine] : machines) {
        if (!machine.call && machine.lastWanted + kWantedFor >= now && machine.nextQuestion <= now)
            return uuid;
    }
    return std::nullopt;
}

void DomainPoll::Core::run()
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

Result<DomainStatistics> DomainPoll::Core::answerOf(
    const QString& uuid, const std::optional<DomainStatistics>& before, ConnectionHandle& connection) const
{
    if (!connection || virConnectIsAlive(connection.get()) != 1) {
        connection.reset(virConnectOpen(effectiveUri(uri).toUtf8().constData()));
        if (!connection)
            return libvirtError("open " + uri.toStdString());
        (void)virConnectSetKeepAlive(connection.get(), kKeepAliveSeconds, kKeepAliveCount); // not every driver has it
    }
    const auto domain = findDomain(connection.get(), uuid);
    return domain ? question(domain->get(), before) : Result<DomainStatistics>(Error(domain.error()));
}

void DomainPoll::Core::ask(const QString& uuid, ConnectionHandle& connection, std::unique_lock<std::mutex>& lock)
{
    const auto call = std::make_shared<Call>(Call{ Clock::now(), false });
    calls.push_back(call);
    machines[uuid].call = call;
    const auto before = machines[uuid].word.statistics;
    lock.unlock();
    auto answer = answerOf(uuid, before, connection);
    lock.lock();
    std::erase(calls, call);
    const auto found = machines.find(uuid);
    if (found == machines.end() || found->second.call != call)
        return; // it ended, and maybe began again, while it was asked
    Machine& machine = found->second;
    const auto now = Clock::now();
    const bool isSlow = now - call->began > kCallBudget;
    machine.call.reset();
    machine.word.isSilent = !answer && answer.error().code != ErrorCode::NotFound;
    machine.word.isFresh = bool(answer);
    machine.nextQuestion = now + (isSlow || machine.word.isSilent ? pace.afterSilence : pace.interval);
    machine.word.statistics = answer ? std::optional(*std::move(answer)) : std::nullopt;
}

/// With the mutex held.
void DomainPoll::Core::leaveBehindWhatHangs(Clock::time_point now)
{
    for (const auto& call : calls)
        call->isLeftBehind = now - call->began > kCallBudget;
    for (auto& [uuid, machine] : machines) {
        if (machine.call && machine.call->isLeftBehind) {
            machine.word.isSilent = true;
            machine.word.statistics.reset();
        }
    }
    if (!isStopping && threads < pace.mostThreads && threads == hangingThreads() && !machines.empty())
        addThread();
}

DomainPoll::DomainPoll(QString uri, Question question, Pace pace) : m_core(std::make_shared<Core>())
{
    m_core->uri = std::move(uri);
    m_core->question = std::move(question);
    m_core->pace = pace;
}

DomainPoll::~DomainPoll()
{
    std::unique_lock lock(m_core->mutex);
    m_core->isStopping = true;
    m_core->changed.notify_all();
    m_core->changed.wait_for(lock, kEndDeadline, [this] { return m_core->threads == 0; });
}

void DomainPoll::setDomains(const std::set<QString>& uuids)
{
    const std::lock_guard lock(m_core->mutex);
    std::erase_if(m_core->machines, [&uuids](const auto& entry) { return uuids.count(entry.first) == 0; });
    for (const QString& uuid : uuids)
        m_core->machines.try_emplace(uuid);
    m_core->changed.notify_all();
}

void DomainPoll::watch()
{
    const std::lock_guard lock(m_core->mutex);
    m_core->leaveBehindWhatHangs(Clock::now());
}

std::optional<DomainPoll::Word> DomainPoll::read(const QString& uuid)
{
    const std::lock_guard lock(m_core->mutex);
    const auto found = m_core->machines.find(uuid);
    if (found == m_core->machines.end())
        return std::nullopt;
    Machine& machine = found->second;
    machine.lastWanted = Clock::now();
    Word word = machine.word;
    word.isHeldUp = m_core->hangingThreads() == m_core->pace.mostThreads;
    machine.word.isFresh = false;
    return word;
}

} // namespace twinhull
