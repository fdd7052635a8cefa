// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/tick_pace.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kLargestShare = 50; // one fiftieth of the interval: 2 %
constexpr int kCostlyTicks = 3;
constexpr int kCheapTicks = 10;
constexpr int kMostStretched = 5;

}

std::chrono::milliseconds TickPace::next(std::chrono::nanoseconds tickCpu)
{
    const bool isCostly = tickCpu * kLargestShare > m_interval;
    const bool isCheap = tickCpu * kLargestShare * 3 < m_interval; // at half the interval it would be two thirds
    m_costly = isCostly ? m_costly + 1 : 0;
    m_cheap = isCheap && isSlowedDown() ? m_cheap + 1 : 0;
    if (m_costly >= kCostlyTicks) {
        m_interval = std::min(m_interval * 2, m_asked * kMostStretched);
        m_costly = 0;
    } else if (m_cheap >= kCheapTicks) {
        m_interval = std::max(m_interval / 2, m_asked);
        m_cheap = 0;
    }
    return m_interval;
}

} // namespace twinhull
