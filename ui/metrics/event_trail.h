// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_registry.h"

#include <map>
#include <span>

namespace twinhull {

/// Something that happened to a workload and is shown on the time axis.
struct WorkloadEvent {
    WorkloadId id;
    std::int64_t monotonicNanoseconds = 0;
    QString word; ///< "ready", "paused", "stopped"
};

/// What happened to all workloads since this was made: the moments their entrypoints began, from the start-up marks,
/// and changes of state. Kept for an hour. GUI thread.
class EventTrail : public QObject {
    Q_OBJECT

public:
    explicit EventTrail(const WorkloadRegistry& workloads, QObject* parent = nullptr);

    /// Of these workloads, sorted by time.
    std::vector<WorkloadEvent> events(std::span<const WorkloadId> ids) const;

private:
    void note(const WorkloadInfo& info);
    void add(WorkloadEvent event);

    std::map<WorkloadId, WorkloadState> m_states;
    std::vector<WorkloadEvent> m_events;
};

} // namespace twinhull
