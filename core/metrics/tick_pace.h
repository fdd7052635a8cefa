// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace twinhull {

/// Decides how long to wait between ticks, so that measuring stays a small part of what is measured: when three ticks
/// in a row cost more than 2 % of a core the interval doubles, up to five times what was asked; it comes back by itself
/// when ten in a row would be cheap again.
class TickPace {
public:
    explicit TickPace(std::chrono::milliseconds asked) : m_asked(asked), m_interval(asked) { }

    /// The interval to the next tick, after one that took so much CPU time.
    std::chrono::milliseconds next(std::chrono::nanoseconds tickCpu);

    std::chrono::milliseconds interval() const { return m_interval; }
    bool isSlowedDown() const { return m_interval > m_asked; }

private:
    std::chrono::milliseconds m_asked;
    std::chrono::milliseconds m_interval;
    int m_costly = 0; ///< in a row
    int m_cheap = 0; ///< in a row
};

} // namespace twinhull
