// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/link/domain_poll.h"

#include "core/vms/figures/qemu_process.h"
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
    std::optional<Clock::time_point> answered; ///< or given up; nothing: never asked
    bool isToBeSpared = false; ///< its latest call failed or took too long
    std::shared_ptr<Call> call; ///< null while none is under way
    DomainPoll::Wish wish;
    DomainPoll::Word word;

    bool isWanted(Clock::time_point now) const { return !call && lastWanted + kWantedFor >= now; }
    Clock::time_point dueAt(const DomainPoll::Pace& pace) const;
};

Clock::time_point Machine::dueAt(const DomainPoll::Pace& pace) const
{
    if (!answered)
        return {};
    const bool isToStay = word.statistics && word.statistics->isToStay;
    const bool isWatched = wish.attention == Attention::Watched && !isToStay;
    const auto pause = isToBeSpared ? pace.afterSilence : isWatched ? pace.interval : pace.unwatchedInterval;
    return *answered + pause;
}

/// A thread's own way to libvirt.
struct Line {
    std::map<QString, DomainHandle> domains; ///< of the connection, by UUID: a handle spares a question
    ConnectionHandle connection;

    void hangUp()
    {
        domains.clear();
        connection.reset();
    }
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
    Clock::time_point restUntil; ///< what was asked before is not asked sooner
    int threads = 0;
    bool isStopping = false;

    void addThread();
    int hangingThreads() const;
    void run();
    std::pair<QString, Clock::time_point> next(Clock::time_point now) const;
    void ask(const QString& uuid, Line& line, std::unique_lock<std::mutex>& lock);
    void take(Machine& machine, Result<DomainStatistics> answer);
    void leaveBehindWhatHangs(Clock::time_point now);
    Result<> open(Line& line) const;
    Result<DomainStatistics> answerOf(const QString& uuid, const Asked& asked, Line& line) const;
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

/// Whose turn it is, and when: in a second nobody's, because who is wanted anew does not call.
std::pair<QString, Clock::time_point> DomainPoll::Core::next(Clock::time_point now) const
{
    std::pair<QString, Clock::time_point> first{ {}, now + seconds(1) };
    bool isNew = false;
    for (const auto& [uuid, machine] : machines) {
        if (!machine.isWanted(now))
            continue;
        if (const auto due = machine.dueAt(pace); due < first.second) {
            first = { uuid, due };
            isNew = !machine.answered;
        }
    }
    return isNew ? first : std::pair{ first.first, std::max(first.second, restUntil) };
}

void DomainPoll::Core::run()
{
    ensureLibvirtEvents();
    Line line;
    std::unique_lock lock(mutex);
    while (!isStopping && threads - hangingThreads() <= 1) { // the other one is free again: one is enough
        const auto now = Clock::now();
        const auto [uuid, due] = next(now);
        if (due <= now)
            ask(uuid, line, lock);
        else if (machines.empty())
            changed.wait(lock);
        else
            changed.wait_until(lock, due);
    }
    lock.unlock();
    line.hangUp(); // may block as well
    lock.lock();
    --threads;
    changed.notify_all();
}

Result<> DomainPoll::Core::open(Line& line) const
{
    if (line.connection && virConnectIsAlive(line.connection.get()) == 1)
        return {};
    line.hangUp();
    line.connection.reset(virConnectOpen(effectiveUri(uri).toUtf8().constData()));
    if (!line.connection)
        return libvirtError("open " + uri.toStdString());
    (void)virConnectSetKeepAlive(line.connection.get(), kKeepAliveSeconds, kKeepAliveCount); // not every driver has it
    return {};
}

Result<DomainStatistics> DomainPoll::Core::answerOf(const QString& uuid, const Asked& asked, Line& line) const
{
    if (asked.wish.qemu > 0 && isHalted(asked.wish.qemu))
        return Error{ ErrorCode::Timeout, "its QEMU is stopped and answers nobody", 0, {} };
    if (auto opened = open(line); !opened)
        return std::move(opened).error();
    DomainHandle& domain = line.domains[uuid];
    if (!domain) {
        auto found = findDomain(line.connection.get(), uuid);
        if (!found)
            return std::move(found).error();
        domain = *std::move(found);
    }
    auto answer = question(domain.get(), asked);
    if (!answer)
        line.domains.erase(uuid);
    return answer;
}

void DomainPoll::Core::ask(const QString& uuid, Line& line, std::unique_lock<std::mutex>& lock)
{
    const auto call = std::make_shared<Call>(Call{ Clock::now(), false });
    restUntil = call->began + pace.rest;
    calls.push_back(call);
    machines[uuid].call = call;
    const Asked asked{ machines[uuid].word.statistics, machines[uuid].wish };
    if (line.domains.size() > machines.size())
        std::erase_if(line.domains, [this](const auto& entry) { return machines.count(entry.first) == 0; });
    lock.unlock();
    auto answer = answerOf(uuid, asked, line);
    lock.lock();
    std::erase(calls, call);
    const auto found = machines.find(uuid);
    if (found != machines.end() && found->second.call == call) // else it ended, and maybe began again meanwhile
        take(found->second, std::move(answer));
}

void DomainPoll::Core::take(Machine& machine, Result<DomainStatistics> answer)
{
    machine.answered = Clock::now();
    const bool isSlow = *machine.answered - machine.call->began > kCallBudget;
    machine.call.reset();
    machine.word.isSilent = !answer && answer.error().code != ErrorCode::NotFound;
    machine.word.isFresh = bool(answer);
    machine.isToBeSpared = isSlow || machine.word.isSilent;
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

std::optional<DomainPoll::Word> DomainPoll::read(const QString& uuid, const Wish& wish)
{
    const std::lock_guard lock(m_core->mutex);
    const auto found = m_core->machines.find(uuid);
    if (found == m_core->machines.end())
        return std::nullopt;
    Machine& machine = found->second;
    machine.lastWanted = Clock::now();
    machine.wish = wish;
    Word word = machine.word;
    word.isHeldUp = m_core->hangingThreads() == m_core->pace.mostThreads;
    machine.word.isFresh = false;
    return word;
}

} // namespace twinhull
