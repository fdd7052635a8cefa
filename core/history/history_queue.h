// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history_database.h"

#include <deque>
#include <map>
#include <mutex>

namespace twinhull {

/// What waits to be written, between who brings it and who writes it. A disk that hangs must not fill the memory: the
/// oldest readings make room, and each workload that lost some has an event FiguresLost at the first of them. What
/// happened to a workload is kept. Thread-safe.
class HistoryQueue {
public:
    /// Of all workloads together: ten minutes of 100, at most 10 MiB.
    static constexpr std::size_t kMostReadings = 60'000;

    explicit HistoryQueue(std::size_t mostReadings = kMostReadings) : m_mostReadings(mostReadings) { }

    struct Pushed {
        bool wasEmpty = false; ///< so nobody is on the way to take it
        std::size_t lostReadings = 0; ///< that had to make room
    };
    Pushed push(std::vector<HistoryBatch> batches);
    /// Everything, oldest first.
    std::vector<HistoryBatch> take();

private:
    std::size_t makeRoom();

    const std::size_t m_mostReadings;
    std::mutex m_mutex; ///< guards the rest
    std::deque<HistoryBatch> m_batches;
    std::map<WorkloadId, HistoryBatch> m_remains; ///< of those that made room: their events
    std::size_t m_readings = 0;
};

} // namespace twinhull
