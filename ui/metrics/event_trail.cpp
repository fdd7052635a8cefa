// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/event_trail.h"

#include "core/base/clock.h"

#include <algorithm>
#include <cstdlib>

namespace twinhull {

namespace {

// A start is told twice: when the state changes and, a little later, by its marks.
constexpr std::int64_t kSameNanoseconds = 5LL * 1'000'000'000;
constexpr std::int64_t kKeptNanoseconds = 3600LL * 1'000'000'000;

QString wordFor(WorkloadState before, WorkloadState now)
{
    switch (now) {
    case WorkloadState::Running:
        return before == WorkloadState::Paused ? EventTrail::tr("resumed") : EventTrail::tr("started");
    case WorkloadState::Paused:
        return EventTrail::tr("paused");
    case WorkloadState::Stopped:
        return EventTrail::tr("stopped");
    case WorkloadState::Failed:
        return EventTrail::tr("failed");
    default:
        return {};
    }
}

std::optional<std::int64_t> readyMoment(const WorkloadInfo& info)
{
    for (const StartupMark& mark : info.startupMarks) {
        if (mark.name == u"ready")
            return mark.monotonicNanoseconds;
    }
    return std::nullopt;
}

} // namespace

EventTrail::EventTrail(const WorkloadRegistry& workloads, QObject* parent) : QObject(parent)
{
    for (const WorkloadInfo& info : workloads.workloads())
        note(info);
    connect(&workloads, &WorkloadRegistry::added, this, &EventTrail::note);
    connect(&workloads, &WorkloadRegistry::changed, this, &EventTrail::note);
    connect(&workloads, &WorkloadRegistry::removed, this, [this](const WorkloadId& id) {
        m_states.erase(id);
        std::erase_if(m_events, [&id](const WorkloadEvent& event) { return event.id == id; });
    });
}

std::vector<WorkloadEvent> EventTrail::events(std::span<const WorkloadId> ids) const
{
    std::vector<WorkloadEvent> chosen;
    for (const WorkloadEvent& event : m_events) {
        if (std::find(ids.begin(), ids.end(), event.id) != ids.end())
            chosen.push_back(event);
    }
    std::sort(chosen.begin(), chosen.end(),
        [](const WorkloadEvent& a, const WorkloadEvent& b) { return a.monotonicNanoseconds < b.monotonicNanoseconds; });
    return chosen;
}

void EventTrail::note(const WorkloadInfo& info)
{
    const auto [known, isNew] = m_states.try_emplace(info.id, WorkloadState::Unknown);
    const WorkloadState before = std::exchange(known->second, info.state);
    const bool isRunning = info.state == WorkloadState::Running;
    if (const auto ready = readyMoment(info); isRunning && ready && before != WorkloadState::Paused) {
        add({ info.id, *ready, wordFor(WorkloadState::Stopped, WorkloadState::Running) });
        return;
    }
    // The first sight of a workload says nothing of when it came into its state.
    if (isNew || before == info.state || before == WorkloadState::Unknown)
        return;
    if (const QString word = wordFor(before, info.state); !word.isEmpty())
        add({ info.id, monotonicNanoseconds(), word });
}

void EventTrail::add(WorkloadEvent event)
{
    const std::int64_t oldest = monotonicNanoseconds() - kKeptNanoseconds;
    std::erase_if(m_events, [oldest](const WorkloadEvent& old) { return old.monotonicNanoseconds < oldest; });
    const auto isSame = [&event](const WorkloadEvent& old) {
        const std::int64_t apart = std::llabs(old.monotonicNanoseconds - event.monotonicNanoseconds);
        return old.id == event.id && old.word == event.word && apart < kSameNanoseconds;
    };
    if (std::none_of(m_events.begin(), m_events.end(), isSame))
        m_events.push_back(std::move(event));
}

} // namespace twinhull
