// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/sample.h"
#include "core/workload/workload_event.h"
#include "core/workload/workload_registry.h"

#include <map>
#include <span>

namespace twinhull {

/// What happened to all workloads: the moments their entrypoints began, from the start-up marks, changes of state and
/// of limits, snapshots, VMs that were made again, where their CPU limit began to hold them back, and where the kernel
/// ended a process of theirs for want of memory while they went on. GUI thread.
class EventTrail : public QObject {
    Q_OBJECT

public:
    /// The latest of each workload that are kept.
    static constexpr std::size_t kMostOfOne = 2000;

    explicit EventTrail(const WorkloadRegistry& workloads, QObject* parent = nullptr);

    /// Looks for throttling and want of memory; one frame a tick.
    void append(const MetricsFrame& frame);
    /// Who wrote it down: other runs of this program, or the monitors and commands.
    enum class Origin { History, Journal };
    /// Puts in what was written down; what is known is left out. What the journal alone knew, and this run sees too, is
    /// told as what happens, so that it comes into the history.
    void restore(std::span<const WorkloadEvent> events, Origin origin = Origin::History);

    /// Of these workloads, sorted by time.
    std::vector<WorkloadEvent> events(std::span<const WorkloadId> ids) const;

Q_SIGNALS:
    void happened(const twinhull::WorkloadEvent& event);
    void restored(); ///< there is more of the past

private:
    /// An event, and whether the other who may tell it (this run of the program, or what was written down by others)
    /// has done so.
    struct Told {
        WorkloadEvent event;
        bool isAwaited = false; ///< it was restored; this run may see it, too
        unsigned restoration = 0; ///< the latest that told it; 0: none
        bool isOfJournalAlone = false;
    };
    struct Known {
        WorkloadState state = WorkloadState::Unknown;
        ResourceLimits limits;
        QMap<QString, QString> fineLimits;
        std::int64_t throttledNanoseconds = 0; ///< when it was the last time; 0: never
        std::int64_t limitsNanoseconds = 0; ///< when their change was told last, of this run; 0: not yet
        std::int64_t oomNanoseconds = 0; ///< a process was ended, and it is not certain that the rest goes on; 0: none
        std::int64_t readyNanoseconds = 0; ///< the latest start's mark that was seen; 0: none
        bool isStartTold = false; ///< by the state, and its mark is to come
        QDateTime endedAt; ///< of the latest end that was told
        std::vector<WorkloadSnapshot> snapshots;
        QDateTime madeAgainAt; ///< as a q35
        std::vector<Told> events; ///< sorted by time
    };

    void note(const WorkloadInfo& info);
    void noteLimits(const WorkloadId& id, Known& known);
    bool noteReady(const WorkloadInfo& info, WorkloadState before, Known& known);
    void noteEnd(const WorkloadInfo& info, WorkloadState before);
    void noteSnapshots(const WorkloadInfo& info, Known& known);
    void followThrottling(const MetricPoint& point, std::int64_t now, Known& known);
    void followMemory(const MetricPoint& point, std::int64_t now, Known& known);
    void add(const WorkloadEvent& event);
    template <typename Matches>
    static Told* nearest(Known& known, const WorkloadEvent& event, const Matches& matches);
    static void insert(Known& known, Told told);

    std::map<WorkloadId, Known> m_known;
    unsigned m_restorations = 0;
};

} // namespace twinhull
