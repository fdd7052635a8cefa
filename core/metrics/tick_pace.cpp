// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/tick_pace.h"

#include <algorithm>

namespace twinhull {

namespace {

constexpr int kLargestShare = 50; // one fiftieth of the interval: 2 %
constexpr int kLargestShareWhenBusy = 200;
constexpr int kCostlyTicks = 3;
constexpr int kCheapTicks = 10;
constexpr int kMostStretched = 5;
constexpr int kMostStretchedWhenBusy = 2; // peaks are worth more then

}

std::chrono::milliseconds TickPace::next(std::chrono::nanoseconds tickCpu, std::optional<double> cpuPressure)
{
    m_isBusy = cpuPressure && *cpuPressure >= (m_isBusy ? kCalmPressure : kBusyPressure);
    const bool isTooMuch = tickCpu * kLargestShare > m_interval;
    const bool isTooMuchNow = m_isBusy && m_interval < m_asked * kMostStretchedWhenBusy;
    const int share = m_isBusy ? kLargestShareWhenBusy : kLargestShare;
    const bool isCostly = isTooMuch || (isTooMuchNow && tickCpu * kLargestShareWhenBusy > m_interval);
    const bool isCheap = tickCpu * share * 3 < m_interval; // at half the interval it would be two thirds
    m_costly = isCostly ? m_costly + 1 : 0;
    m_cheap = isCheap && isSlowedDown() ? m_cheap + 1 : 0;
    if (m_costly >= kCostlyTicks) {
        m_interval = std::min(m_interval * 2, m_asked * (isTooMuch ? kMostStretched : kMostStretchedWhenBusy));
        m_costly = 0;
    } else if (m_cheap >= kCheapTicks) {
        m_interval = std::max(m_interval / 2, m_asked);
        m_cheap = 0;
    }
    explain(tickCpu);
    return m_interval;
}

/// While it waits to come back the reason stays.
void TickPace::explain(std::chrono::nanoseconds tickCpu)
{
    if (!isSlowedDown())
        m_reason = PaceReason::AsAsked;
    else if (tickCpu * kLargestShare > m_asked)
        m_reason = PaceReason::OwnCost;
    else if (m_isBusy)
        m_reason = PaceReason::BusyComputer;
}

} // namespace twinhull
