// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric.h"

#include <span>

namespace twinhull {

/// What one chart shows: one figure of the catalogue, or some that belong together. CPU in cores, memory in bytes, the
/// others in bytes per second or as a share of the time.
class Quantity {
public:
    enum Composed {
        Cpu,
        Memory, ///< resident, which is read of both kinds alike: a difference is one of like with like
        Network, ///< in and out
        Disk, ///< read and written
        CpuParts, ///< whose CPU time it is
        Waiting, ///< what it had to wait for
    };
    enum class Form {
        Sum, ///< one line a workload: the figures added up
        Parts, ///< a line a figure; they add up to a whole
        Lines, ///< a line a figure; they do not
    };

    constexpr Quantity(Composed composed) : m_number(composed) { } // NOLINT(google-explicit-constructor): see Metric
    constexpr Quantity(Metric metric) // NOLINT(google-explicit-constructor): every figure can be charted
        : m_number(kComposed + static_cast<int>(metric))
    {
    }

    std::span<const Metric> metrics() const;
    Form form() const;
    bool isComposed() const { return m_number < kComposed; }

    friend constexpr bool operator==(Quantity, Quantity) = default;

private:
    static constexpr int kComposed = Waiting + 1;

    int m_number;
};

} // namespace twinhull
