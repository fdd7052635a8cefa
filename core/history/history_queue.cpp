// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history_queue.h"

#include <algorithm>
#include <iterator>

namespace twinhull {

namespace {

constexpr std::size_t kMostRemainingEvents = 1000; ///< of one workload

bool tellsOfLoss(const HistoryBatch& batch)
{
    return std::any_of(batch.events.begin(), batch.events.end(),
        [](const HistoryEvent& event) { return event.kind == WorkloadEventKind::FiguresLost; });
}

} // namespace

HistoryQueue::Pushed HistoryQueue::push(std::vector<HistoryBatch> batches)
{
    const std::lock_guard lock(m_mutex);
    const bool wasEmpty = m_batches.empty() && m_remains.empty();
    for (HistoryBatch& batch : batches) {
        m_readings += batch.readings.size();
        m_batches.push_back(std::move(batch));
    }
    return { wasEmpty, makeRoom() };
}

std::size_t HistoryQueue::makeRoom()
{
    std::size_t lost = 0;
    while (m_readings > m_mostReadings) {
        HistoryBatch oldest = std::move(m_batches.front());
        m_batches.pop_front();
        m_readings -= oldest.readings.size();
        lost += oldest.readings.size();
        HistoryBatch& remains = m_remains.try_emplace(oldest.id).first->second;
        remains.id = oldest.id;
        remains.name = oldest.name;
        if (!oldest.readings.isEmpty() && !tellsOfLoss(remains))
            remains.events.push_back({ oldest.readings.firstTime(), WorkloadEventKind::FiguresLost });
        std::move(oldest.events.begin(), oldest.events.end(), std::back_inserter(remains.events));
        if (remains.events.size() > kMostRemainingEvents)
            remains.events.resize(kMostRemainingEvents);
    }
    return lost;
}

std::vector<HistoryBatch> HistoryQueue::take()
{
    const std::lock_guard lock(m_mutex);
    std::vector<HistoryBatch> all;
    for (auto& [id, remains] : m_remains)
        all.push_back(std::move(remains));
    std::move(m_batches.begin(), m_batches.end(), std::back_inserter(all));
    m_remains.clear();
    m_batches.clear();
    m_readings = 0;
    return all;
}

} // namespace twinhull
