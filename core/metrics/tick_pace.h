// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
/// cheap again.
class TickPace {
public:
    /// CPU pressure ("some" avg10, in percent) from which on the computer is busy, and below which it is not any more.
    static constexpr double kBusyPressure = 80;
    static constexpr double kCalmPressure = 40;

    explicit TickPace(std::chrono::milliseconds asked) : m_asked(asked), m_interval(asked) { }

    /// The interval to the next tick, after one that took so much CPU time. Where the kernel tells no pressure its own
    /// cost alone decides.
    std::chrono::milliseconds next(std::chrono::nanoseconds tickCpu, std::optional<double> cpuPressure = {});

    std::chrono::milliseconds interval() const { return m_interval; }
    PaceReason reason() const { return m_reason; }
    bool isSlowedDown() const { return m_interval > m_asked; }

private:
    void explain(std::chrono::nanoseconds tickCpu);

    std::chrono::milliseconds m_asked;
    std::chrono::milliseconds m_interval;
    PaceReason m_reason = PaceReason::AsAsked;
    bool m_isBusy = false;
    int m_costly = 0; ///< in a row
    int m_cheap = 0; ///< in a row
};

} // namespace twinhull
