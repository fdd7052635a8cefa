// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metric.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

using MetricValues = std::array<std::optional<float>, kMetricCount>; ///< by Metric

/// What one tick brought of one workload.
struct TickValues {
    std::int64_t time = 0; ///< on the clock that its owner names
    MetricValues values;
};

/// Ticks of one workload in the order they came. A figure takes room only in a tick that changed it: what rests takes
/// a tenth of as many TickValues, and what works about a third.
class PackedTicks {
public:
    void append(const TickValues& tick);

    bool isEmpty() const { return m_heads.empty(); }
    std::size_t size() const { return m_heads.size(); } ///< of ticks
    /// The times of the first and of the last; not of none.
    std::int64_t firstTime() const { return m_heads.front().time; }
    std::int64_t lastTime() const { return m_heads.back().time; }

    /// Calls with each of them, as a `const TickValues&` that lasts for the call.
    template <typename Call>
    void visit(Call call) const
    {
        MetricValues known;
        auto value = m_values.begin();
        for (const Head& head : m_heads) {
            TickValues tick{ head.time, {} };
            for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
                if (isSet(head.changed, metric))
                    known[metric] = *value++;
                if (isSet(head.present, metric))
                    tick.values[metric] = known[metric];
            }
            call(tick);
        }
    }

private:
    struct Head {
        std::int64_t time = 0;
        std::uint64_t present = 0; ///< a bit a metric
        std::uint64_t changed = 0; ///< since it was present before: its value is in m_values
    };
    static_assert(kMetricCount <= 64);

    static bool isSet(std::uint64_t bits, std::size_t metric) { return (bits >> metric & 1U) != 0; }

    std::vector<Head> m_heads;
    std::vector<float> m_values; ///< of all that changed, tick by tick, by metric
    std::vector<float> m_known; ///< the latest of each metric; empty before the first tick
};

} // namespace twinhull
