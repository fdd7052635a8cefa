// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/tick_pace.h"

namespace twinhull {

namespace {

constexpr int kLargestShare = 50; // one fiftieth of the interval: 2 %
constexpr int kLargestShareWhenBusy = 200;
constexpr int kCostlyTicks = 3;
constexpr int kCheapTicks = 10;
constexpr int kMostStretched = 5;

/// Two thirds of the share at that interval, so that a cost near the share does not make it go to and fro.
bool wouldBeCheap(std::chrono::nanoseconds tickCpu, int share, std::chrono::milliseconds interval)
{
    return tickCpu * share * 3 < interval * 2;
}

} // namespace

std::chrono::milliseconds TickPace::next(std::chrono::nanoseconds tickCpu, std::optional<double> cpuPressure)
{
    lookAtOwnCost(tickCpu);
    lookAtComputer(tickCpu, cpuPressure);
    return interval();
}

/// While it waits to come back the reason stays.
PaceReason TickPace::reason() const
{
    if (!isSlowedDown())
        return PaceReason::AsAsked;
    return m_byCost >= byBusyComputer() ? PaceReason::OwnCost : PaceReason::BusyComputer;
}

void TickPace::lookAtOwnCost(std::chrono::nanoseconds tickCpu)
{
    const std::chrono::milliseconds shorter = std::max(m_byCost / 2, m_asked);
    m_ownCost.count(
        tickCpu * kLargestShare > m_byCost, m_byCost > m_asked && wouldBeCheap(tickCpu, kLargestShare, shorter));
    if (m_ownCost.costly >= kCostlyTicks)
        m_byCost = std::min(m_byCost * 2, m_asked * kMostStretched);
    else if (m_ownCost.cheap >= kCheapTicks)
        m_byCost = shorter;
    else
        return;
    m_ownCost = {};
}

/// Once it is not busy any more nothing but its own cost is to be minded.
void TickPace::lookAtComputer(std::chrono::nanoseconds tickCpu, std::optional<double> cpuPressure)
{
    m_isBusy = cpuPressure && *cpuPressure >= (m_isBusy ? kCalmPressure : kBusyPressure);
    m_others.count(m_isBusy && tickCpu * kLargestShareWhenBusy > m_asked,
        !m_isBusy || wouldBeCheap(tickCpu, kLargestShareWhenBusy, m_asked));
    if (m_others.costly >= kCostlyTicks)
        m_isStretched = true;
    else if (m_others.cheap >= kCheapTicks)
        m_isStretched = false;
}

void TickPace::InARow::count(bool isCostly, bool isCheap)
{
    costly = isCostly ? costly + 1 : 0;
    cheap = isCheap ? cheap + 1 : 0;
}

} // namespace twinhull
