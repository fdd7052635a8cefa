// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace twinhull {

/// Why the time between ticks is longer than asked.
enum class PaceReason {
    AsAsked, ///< it is not
    OwnCost, ///< reading as often would take more than 2 % of a core
    BusyComputer, ///< others wait for a CPU, and reading as often would take more than 0.5 %
};

/// Decides how long to wait between ticks, so that measuring stays a small part of what is measured: when three ticks
/// in a row cost more than 2 % of a core the interval doubles, up to five times what was asked. Where the computer is
/// busy 0.5 % is too much, and twice what was asked is the most. It comes back by itself when ten in a row would be
/// cheap again. Each of the two rules keeps its own account and the longer interval counts, so what one did ends when
/// its own cause does.
class TickPace {
public:
    /// CPU pressure ("some" avg10, in percent) from which on the computer is busy, and below which it is not any more.
    static constexpr double kBusyPressure = 80;
    static constexpr double kCalmPressure = 40;

    explicit TickPace(std::chrono::milliseconds asked) : m_asked(asked), m_byCost(asked) { }

    /// The interval to the next tick, after one that took so much CPU time. Where the kernel tells no pressure its own
    /// cost alone decides.
    std::chrono::milliseconds next(std::chrono::nanoseconds tickCpu, std::optional<double> cpuPressure = {});

    std::chrono::milliseconds interval() const { return std::max(m_byCost, byBusyComputer()); }
    PaceReason reason() const;
    bool isSlowedDown() const { return interval() > m_asked; }

private:
    struct InARow {
        int costly = 0;
        int cheap = 0;

        void count(bool isCostly, bool isCheap);
    };

    std::chrono::milliseconds byBusyComputer() const { return m_asked * (m_isStretched ? 2 : 1); }
    void lookAtOwnCost(std::chrono::nanoseconds tickCpu);
    void lookAtComputer(std::chrono::nanoseconds tickCpu, std::optional<double> cpuPressure);

    std::chrono::milliseconds m_asked;
    std::chrono::milliseconds m_byCost; ///< what its own cost alone makes of it
    InARow m_ownCost;
    bool m_isBusy = false; ///< the computer
    bool m_isStretched = false; ///< because it is, or was a moment ago
    InARow m_others;
};

} // namespace twinhull
