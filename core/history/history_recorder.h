// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/history/history_database.h"
#include "core/metrics/metric_source.h"
#include "core/workload/workload_registry.h"

#include <QThread>

#include <array>
#include <bitset>
#include <map>

namespace twinhull {

class HistoryQueue;
class HistoryWriter;

/// Keeps the sampler's frames for half a minute, one while nobody looks, and hands them to a thread that writes them
/// down. What was not handed over is lost when this program is killed; what was stays. Where the disk hangs, as much
/// waits as HistoryQueue holds. GUI thread.
class HistoryRecorder : public QObject {
    Q_OBJECT

public:
    /// The registry tells names and must outlive this. `path` is the file; its folder is made.
    HistoryRecorder(const WorkloadRegistry& workloads, std::string path, QObject* parent = nullptr);
    /// With another bound of what waits.
    HistoryRecorder(const WorkloadRegistry& workloads, std::string path, std::size_t mostWaitingReadings);
    ~HistoryRecorder() override; ///< writes the rest

    void append(const MetricsFrame& frame);
    void setAttention(Attention attention) { m_attention = attention; }
    /// What happened to a workload that the registry knows is written down with its next figures.
    void note(const WorkloadEvent& event);
    /// Answers by pastRead() with what was written since then, or by pastNotRead().
    void readPast(const WorkloadId& id, std::int64_t sinceMonotonicNanoseconds);
    /// Answers by eventsRead() with what happened in the last 30 days.
    void readEvents(const WorkloadId& id);

Q_SIGNALS:
    void pastRead(const twinhull::WorkloadId& id, const twinhull::PackedTicks& readings);
    void pastNotRead(const twinhull::WorkloadId& id, const twinhull::Error& error);
    void eventsRead(const twinhull::WorkloadId& id, const std::vector<twinhull::HistoryEvent>& events);
    /// All figures until then are on the disk, or were dropped, which failed() told.
    void written(qint64 untilMonotonicNanoseconds);
    /// Figures are not written down or are dropped, or what was there is not readable; told once until it works again.
    void failed(const twinhull::Error& error);

private:
    /// Of one workload, until it is handed over.
    struct Kept {
        HistoryBatch batch;
        std::bitset<kMetricCount> known; ///< figures that a reading had
        std::array<Needs, kMetricCount> needs{}; ///< what the others needed last
    };

    void handOver();
    void tellLoss(std::size_t readings);

    const WorkloadRegistry& m_workloads;
    const std::string m_path;
    std::shared_ptr<HistoryQueue> m_queue; ///< shared with the thread
    QThread m_thread;
    HistoryWriter* m_writer; ///< lives on the thread
    std::map<WorkloadId, Kept> m_kept;
    std::int64_t m_keptSince = 0; ///< on the clock of the frames; 0: nothing is kept
    Attention m_attention = Attention::Watched;
    bool m_isLossTold = false;
};

} // namespace twinhull
