// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/event_trail.h"

#include "core/metrics/age_clock.h"

#include <algorithm>
#include <cstdlib>

namespace twinhull {

namespace {

// Between the times that two runs of this program gave one event: one saw the state change, the other reads its mark.
constexpr std::int64_t kSameEventNanoseconds = 5LL * 1'000'000'000;
constexpr std::int64_t kCalmNanoseconds = 30LL * 1'000'000'000; ///< without it another throttling is the same one
constexpr std::int64_t kSurvivedNanoseconds = 3LL * 1'000'000'000;
constexpr double kThrottledCores = 0.01; ///< less is a rounding of the kernel's periods

std::optional<WorkloadEventKind> kindFor(WorkloadState before, WorkloadState now)
{
    switch (now) {
    case WorkloadState::Running:
        return before == WorkloadState::Paused ? WorkloadEventKind::Resumed : WorkloadEventKind::Started;
    case WorkloadState::Paused:
        return WorkloadEventKind::Paused;
    case WorkloadState::Stopped:
        return WorkloadEventKind::Stopped;
    case WorkloadState::Failed:
        return WorkloadEventKind::Failed;
    default:
        return std::nullopt;
    }
}

bool hasEnded(WorkloadState state)
{
    return state == WorkloadState::Stopped || state == WorkloadState::Failed;
}

bool isUp(WorkloadState state)
{
    return state == WorkloadState::Running || state == WorkloadState::Paused;
}

std::optional<std::int64_t> readyMoment(const WorkloadInfo& info)
{
    for (const StartupMark& mark : info.startupMarks) {
        if (mark.name == u"ready")
            return mark.monotonicNanoseconds;
    }
    return std::nullopt;
}

/// On the clock of this boot; not after now.
std::int64_t momentOf(const QDateTime& time)
{
    const std::int64_t age = (wallClockMilliseconds() - time.toMSecsSinceEpoch()) * 1'000'000;
    return ageClockNanoseconds() - std::max<std::int64_t>(age, 0);
}

/// Of a mark that is the monitor's or the guest's. One from before a sleep is told by when the workload was started.
std::int64_t momentOfMark(std::int64_t mark, const WorkloadInfo& info)
{
    constexpr std::int64_t kSlept = 60LL * 1'000'000'000;
    std::int64_t moment = mark + sleptNanoseconds();
    if (!info.startedAt.isValid() || info.startupMarks.empty())
        return moment;
    const std::int64_t afterStart = mark - info.startupMarks.front().monotonicNanoseconds;
    const std::int64_t byStart = momentOf(info.startedAt) + std::max<std::int64_t>(afterStart, 0);
    return sleptNanoseconds() > kSlept && moment - byStart > kSlept ? byStart : moment;
}

bool isEarlier(const WorkloadEvent& a, const WorkloadEvent& b)
{
    return a.monotonicNanoseconds < b.monotonicNanoseconds;
}

} // namespace

EventTrail::EventTrail(const WorkloadRegistry& workloads, QObject* parent) : QObject(parent)
{
    for (const WorkloadInfo& info : workloads.workloads())
        note(info);
    connect(&workloads, &WorkloadRegistry::added, this, &EventTrail::note);
    connect(&workloads, &WorkloadRegistry::changed, this, &EventTrail::note);
    connect(&workloads, &WorkloadRegistry::removed, this, [this](const WorkloadId& id) { m_known.erase(id); });
}

std::vector<WorkloadEvent> EventTrail::events(std::span<const WorkloadId> ids) const
{
    std::vector<WorkloadEvent> chosen;
    for (const WorkloadId& id : ids) {
        const auto known = m_known.find(id);
        if (known == m_known.end())
            continue;
        for (const Told& told : known->second.events)
            chosen.push_back(told.event);
    }
    std::stable_sort(chosen.begin(), chosen.end(), &isEarlier);
    return chosen;
}

void EventTrail::note(const WorkloadInfo& info)
{
    const auto [place, isNew] = m_known.try_emplace(info.id);
    Known& known = place->second;
    const WorkloadState before = std::exchange(known.state, info.state);
    const bool areOther = known.limits != info.limits || known.fineLimits != info.fineLimits;
    known.limits = info.limits;
    known.fineLimits = info.fineLimits;
    // Where a run begins or ends, or was not seen until now, other limits are those of another run: what was asked for
    // it, or what its cgroup has beside that (systemd gives each scope a limit of processes).
    const bool isSameRun = isUp(before) ? isUp(info.state) : hasEnded(before) && before == info.state;
    if (!isSameRun)
        known.limitsNanoseconds = 0;
    if (!isNew && isSameRun && areOther)
        noteLimits(info.id, known);
    noteSnapshots(info, known);
    if (const QDateTime again = std::exchange(known.madeAgainAt, info.madeAgainAt);
        info.madeAgainAt.isValid() && again != info.madeAgainAt) // as snapshots are
        add({ info.id, momentOf(info.madeAgainAt), WorkloadEventKind::MadeAgainAsQ35 });
    if (hasEnded(info.state)) {
        noteEnd(info, before);
        return;
    }
    if (noteReady(info, before, known))
        return;
    // The first sight of a workload says nothing of when it came into its state.
    if (isNew || before == info.state || before == WorkloadState::Unknown)
        return;
    if (const auto kind = kindFor(before, info.state)) {
        known.isStartTold = known.isStartTold || *kind == WorkloadEventKind::Started;
        add({ info.id, ageClockNanoseconds(), *kind });
    }
}

/// An update writes file after file, and is seen between: what follows at once is the same one.
void EventTrail::noteLimits(const WorkloadId& id, Known& known)
{
    const std::int64_t now = ageClockNanoseconds();
    if (known.limitsNanoseconds != 0 && now - known.limitsNanoseconds < kSameEventNanoseconds)
        return;
    known.limitsNanoseconds = now;
    add({ id, now, WorkloadEventKind::LimitsChanged });
}

/// A start is told once: by its mark, unless the state told it before the mark was there. True where the mark is new.
bool EventTrail::noteReady(const WorkloadInfo& info, WorkloadState before, Known& known)
{
    const auto ready = readyMoment(info);
    if (info.state != WorkloadState::Running || !ready || before == WorkloadState::Paused)
        return false;
    if (std::exchange(known.readyNanoseconds, *ready) == *ready)
        return false;
    if (!std::exchange(known.isStartTold, false))
        add({ info.id, momentOfMark(*ready, info), WorkloadEventKind::Started });
    return true;
}

/// At the times at which they were taken, by whatever program and whoever looked: restored ones are known.
void EventTrail::noteSnapshots(const WorkloadInfo& info, Known& known)
{
    const auto before = std::exchange(known.snapshots, info.snapshots);
    for (const WorkloadSnapshot& snapshot : info.snapshots) {
        if (std::find(before.begin(), before.end(), snapshot) == before.end())
            add({ info.id, momentOf(snapshot.takenAt), WorkloadEventKind::Snapshot });
    }
}

/// At the time that was recorded, where there is one: then an end that this program did not see is known, too.
void EventTrail::noteEnd(const WorkloadInfo& info, WorkloadState before)
{
    const bool isSeen = !hasEnded(before) && before != WorkloadState::Unknown;
    if (!isSeen && !(before == WorkloadState::Unknown && info.endedAt.isValid()))
        return;
    Known& known = m_known.at(info.id);
    known.isStartTold = false; // a mark that comes now is another start's
    const QDateTime endBefore = std::exchange(known.endedAt, info.endedAt);
    if (!isSeen && endBefore == info.endedAt)
        return; // whoever told it was away for a while
    const std::int64_t oom = std::exchange(known.oomNanoseconds, 0);
    if (oom != 0 && !info.wasOutOfMemory)
        add({ info.id, oom, WorkloadEventKind::ProcessOutOfMemory });
    add({ info.id, info.endedAt.isValid() ? momentOf(info.endedAt) : ageClockNanoseconds(),
        info.wasOutOfMemory ? WorkloadEventKind::OutOfMemory : *kindFor(before, info.state) });
}

void EventTrail::append(const MetricsFrame& frame)
{
    for (const MetricPoint& point : frame.points) {
        const auto known = m_known.find(point.id);
        if (known == m_known.end())
            continue;
        followThrottling(point, frame.monotonicNanoseconds, known->second);
        followMemory(point, frame.monotonicNanoseconds, known->second);
    }
}

void EventTrail::followThrottling(const MetricPoint& point, std::int64_t now, Known& known)
{
    if (point[Metric::ThrottledCores].value_or(0) < kThrottledCores)
        return;
    const std::int64_t last = std::exchange(known.throttledNanoseconds, now);
    if (last == 0 || now - last > kCalmNanoseconds)
        add({ point.id, now, WorkloadEventKind::Throttled });
}

/// The end of the whole is told a little later than the figures of the tick in which the kernel ended a part.
void EventTrail::followMemory(const MetricPoint& point, std::int64_t now, Known& known)
{
    if (known.oomNanoseconds == 0 && point.oomKills > 0)
        known.oomNanoseconds = now;
    const bool hasGoneOn = known.oomNanoseconds != 0 && now - known.oomNanoseconds >= kSurvivedNanoseconds;
    if (hasGoneOn)
        add({ point.id, std::exchange(known.oomNanoseconds, 0), WorkloadEventKind::ProcessOutOfMemory });
}

void EventTrail::restore(std::span<const WorkloadEvent> events, Origin origin)
{
    const bool isOfJournal = origin == Origin::Journal;
    ++m_restorations;
    for (const WorkloadEvent& event : events) {
        const auto known = m_known.find(event.id);
        if (known == m_known.end())
            continue;
        // Each that is known stands for one of these.
        Told* same
            = nearest(known->second, event, [this](const Told& told) { return told.restoration != m_restorations; });
        if (same == nullptr) {
            insert(known->second, { event, true, m_restorations, isOfJournal });
            continue;
        }
        same->restoration = m_restorations;
        same->isOfJournalAlone = same->isOfJournalAlone && isOfJournal;
    }
    Q_EMIT restored();
}

void EventTrail::add(const WorkloadEvent& event)
{
    const auto known = m_known.find(event.id);
    if (known == m_known.end())
        return;
    if (Told* restored = nearest(known->second, event, [](const Told& told) { return told.isAwaited; })) {
        restored->isAwaited = false;
        if (std::exchange(restored->isOfJournalAlone, false))
            Q_EMIT happened(event);
        return;
    }
    insert(known->second, { event });
    Q_EMIT happened(event);
}

/// Null where none is near enough.
template <typename Matches>
EventTrail::Told* EventTrail::nearest(Known& known, const WorkloadEvent& event, const Matches& matches)
{
    Told* best = nullptr;
    std::int64_t least = kSameEventNanoseconds;
    for (Told& told : known.events) {
        const std::int64_t apart = std::llabs(told.event.monotonicNanoseconds - event.monotonicNanoseconds);
        if (told.event.kind == event.kind && apart < least && matches(told)) {
            least = apart;
            best = &told;
        }
    }
    return best;
}

void EventTrail::insert(Known& known, Told told)
{
    const auto isBefore = [](const WorkloadEvent& event, const Told& other) { return isEarlier(event, other.event); };
    known.events.insert(
        std::upper_bound(known.events.begin(), known.events.end(), told.event, isBefore), std::move(told));
    if (known.events.size() > kMostOfOne)
        known.events.erase(known.events.begin());
}

} // namespace twinhull
