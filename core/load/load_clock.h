// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/load/load.h"

#include <chrono>

namespace twinhull {

/// Takes the times of a load, from its making to its report.
class LoadClock {
public:
    LoadClock();

    double seconds() const; ///< by now
    double cpuSeconds() const;

    /// Lets the processor rest between two portions of a load of a given rate; may be cut short by a signal.
    static void rest(std::chrono::nanoseconds time);

    LoadReport report(std::uint64_t amount) const; ///< without a value
    LoadReport reportRate(std::uint64_t amount, double divisor) const; ///< amount / divisor a second
    LoadReport reportCost(std::uint64_t amount, double unitSeconds) const; ///< in unitSeconds a piece of the amount

private:
    std::int64_t m_wall;
    std::int64_t m_cpu;
};

} // namespace twinhull
