// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/history/history_database.h"
#include "core/metrics/sample.h"
#include "core/workload/workload_registry.h"

#include <QThread>

#include <map>

namespace twinhull {

class HistoryWriter;

/// Keeps the sampler's frames for ten seconds and hands them to a thread that writes them down. What was not handed
/// over is lost when this program is killed; what was stays. GUI thread.
class HistoryRecorder : public QObject {
    Q_OBJECT

public:
    /// The registry tells names and must outlive this. `path` is the file; its folder is made.
    HistoryRecorder(const WorkloadRegistry& workloads, std::string path, QObject* parent = nullptr);
    ~HistoryRecorder() override; ///< writes the rest

    void append(const MetricsFrame& frame);
    /// What happened to a workload that the registry knows is written down with its next figures.
    void note(const WorkloadEvent& event);
    /// Answers by pastRead() with what is known of the hour before now, and by eventsRead() with
    /// what happened in the last 30 days.
    void readPast(const WorkloadId& id);

Q_SIGNALS:
    void pastRead(const twinhull::WorkloadId& id, const std::vector<twinhull::HistoryReading>& readings);
    void eventsRead(const twinhull::WorkloadId& id, const std::vector<twinhull::HistoryEvent>& events);
    /// Figures are not written down, or what was there is not readable; told once until it works again.
    void failed(const twinhull::Error& error);

private:
    void handOver();

    const WorkloadRegistry& m_workloads;
    QThread m_thread;
    HistoryWriter* m_writer; ///< lives on the thread
    std::map<WorkloadId, HistoryBatch> m_kept;
    std::int64_t m_keptSince = 0; ///< CLOCK_MONOTONIC; 0: nothing is kept
};

} // namespace twinhull
