// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/packed_ticks.h"

#include <limits>

namespace twinhull {

void PackedTicks::append(const TickValues& tick)
{
    m_known.resize(kMetricCount, std::numeric_limits<float>::quiet_NaN()); // which nothing equals
    Head head{ tick.time };
    for (std::size_t metric = 0; metric < kMetricCount; ++metric) {
        const auto& value = tick.values[metric];
        if (!value)
            continue;
        head.present |= std::uint64_t{ 1 } << metric;
        if (m_known[metric] == *value)
            continue;
        head.changed |= std::uint64_t{ 1 } << metric;
        m_known[metric] = *value;
        m_values.push_back(*value);
    }
    m_heads.push_back(head);
}

} // namespace twinhull
