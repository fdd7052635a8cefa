// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/disk_parts_source.h"

#include "core/base/clock.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRestPerFirstWork = 20; // what nobody knows yet is waited for
constexpr int kRestPerWork = 1000; // a tenth of a percent
constexpr int kRestPerWait = 20; // of the disk, and of programs that look for it
constexpr std::chrono::minutes kLongestRest{ 10 };

struct Asked {
    std::optional<DiskParts> latest;
    Clock::time_point readAt;
    bool isLookedAt = true;
};

} // namespace

struct DiskPartsSource::Core {
    Core(Question asker, DiskPartsPace wanted) : question(std::move(asker)), pace(wanted) { }

    const Question question;
    const DiskPartsPace pace;
    std::mutex mutex;
    std::condition_variable changed;
    using AskedOnes = std::map<WorkloadId, Asked>;
    AskedOnes asked;
    std::vector<AskedOnes::iterator> places; ///< by the targets that were told last; the end: of another kind
    Attention attention = Attention::Watched;
    bool isStopping = false;

    void run();
    Clock::time_point dueAt(const Asked& one) const;
    std::optional<WorkloadId> waitForDue(std::unique_lock<std::mutex>& lock);
    void answer(const WorkloadId& id, std::unique_lock<std::mutex>& lock);
    bool isAnyUnread() const;
    bool align(std::span<const MetricTarget> targets, WorkloadKind kind);
};

/// What was never read is due at once.
Clock::time_point DiskPartsSource::Core::dueAt(const Asked& one) const
{
    const bool isLookedAt = one.isLookedAt && attention == Attention::Watched;
    return one.latest ? one.readAt + (isLookedAt ? pace.lookedAt : pace.otherwise) : Clock::time_point();
}

bool DiskPartsSource::Core::isAnyUnread() const
{
    return std::any_of(asked.begin(), asked.end(), [](const auto& entry) { return !entry.second.latest; });
}

void DiskPartsSource::Core::run()
{
    std::unique_lock lock(mutex);
    while (const auto id = waitForDue(lock)) {
        const bool isFirst = !asked.at(*id).latest;
        const std::int64_t cpu = threadCpuNanoseconds();
        const auto begin = Clock::now();
        answer(*id, lock);
        const std::chrono::nanoseconds work(threadCpuNanoseconds() - cpu);
        const std::chrono::nanoseconds waited = Clock::now() - begin;
        const auto rest = isFirst ? work * kRestPerFirstWork : std::max(work * kRestPerWork, waited * kRestPerWait);
        const auto until = Clock::now() + std::min<std::chrono::nanoseconds>(rest, kLongestRest);
        changed.wait_until(lock, until, [&] { return isStopping || (!isFirst && isAnyUnread()); });
    }
}

/// The one that is due first, once it is; nothing when it is time to stop.
std::optional<WorkloadId> DiskPartsSource::Core::waitForDue(std::unique_lock<std::mutex>& lock)
{
    while (!isStopping) {
        const auto first = std::min_element(asked.begin(), asked.end(),
            [this](const auto& one, const auto& other) { return dueAt(one.second) < dueAt(other.second); });
        if (first == asked.end()) {
            changed.wait(lock);
            continue;
        }
        if (dueAt(first->second) <= Clock::now())
            return first->first;
        changed.wait_until(lock, dueAt(first->second));
    }
    return std::nullopt;
}

void DiskPartsSource::Core::answer(const WorkloadId& id, std::unique_lock<std::mutex>& lock)
{
    lock.unlock();
    const DiskParts parts = question(id, [this] {
        const std::lock_guard guard(mutex);
        return isStopping;
    });
    lock.lock();
    const auto found = asked.find(id); // may have been forgotten meanwhile
    if (found == asked.end() || isStopping)
        return;
    found->second.latest = parts;
    found->second.readAt = Clock::now();
}

DiskPartsSource::DiskPartsSource(WorkloadKind kind, Question question, DiskPartsPace pace)
    : m_kind(kind), m_core(std::make_shared<Core>(std::move(question), pace))
{
    std::thread([core = m_core] { core->run(); }).detach(); // holds what it touches
}

DiskPartsSource::~DiskPartsSource()
{
    const std::lock_guard lock(m_core->mutex);
    m_core->isStopping = true;
    m_core->changed.notify_all();
}

/// False where they are the same as before: nearly always, and then none is looked for.
bool DiskPartsSource::Core::align(std::span<const MetricTarget> targets, WorkloadKind kind)
{
    const auto isSame = [&](AskedOnes::iterator place, const MetricTarget& target) {
        return place == asked.end() ? target.id.kind != kind : place->first == target.id;
    };
    if (std::equal(places.begin(), places.end(), targets.begin(), targets.end(), isSame))
        return false;
    AskedOnes before;
    before.swap(asked);
    places.clear();
    for (const MetricTarget& target : targets) {
        if (target.id.kind != kind) {
            places.push_back(asked.end());
            continue;
        }
        auto known = before.extract(target.id);
        places.push_back(known ? asked.insert(std::move(known)).position : asked.try_emplace(target.id).first);
    }
    return true;
}

void DiskPartsSource::read(std::span<const MetricTarget> targets, std::span<Sample> samples)
{
    const std::lock_guard lock(m_core->mutex);
    bool isNews = m_core->align(targets, m_kind);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (m_core->places[i] == m_core->asked.end())
            continue;
        Asked& one = m_core->places[i]->second;
        isNews = isNews || one.isLookedAt != targets[i].isLookedAt;
        one.isLookedAt = targets[i].isLookedAt;
        if (one.latest && !samples[i].isSpared)
            samples[i].disk = *one.latest;
    }
    if (isNews)
        m_core->changed.notify_all();
}

void DiskPartsSource::setAttention(Attention attention)
{
    const std::lock_guard lock(m_core->mutex);
    m_core->attention = attention;
    m_core->changed.notify_all();
}

} // namespace twinhull
