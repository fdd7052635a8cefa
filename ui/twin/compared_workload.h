// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"
#include "ui/metrics/readings.h"

#include <array>

namespace twinhull {

/// What is known now of a workload that is compared.
struct ComparedWorkload {
    WorkloadInfo info;
    Figure startupMilliseconds; ///< request to the first instruction of the entrypoint, latest start
    std::array<Figure, kMetricCount> figures; ///< by Metric: levels as they are, rates as their mean over the window
    std::array<Needs, kMetricCount> needs{}; ///< by Metric: of what is absent
    Readings pss; ///< over the window; each slow reading is repeated until the next
    Readings cpu; ///< cores, over the window
    bool isNetworkGuestView = false;
    Figure diskBytes; ///< own and shared image parts

    Figure& operator[](Metric metric) { return figures.at(static_cast<std::size_t>(metric)); }
    const Figure& operator[](Metric metric) const { return figures.at(static_cast<std::size_t>(metric)); }
    WorkloadKind kind() const { return info.id.kind; }
    bool isEmulated() const { return info.engine == u"tcg"; }
};

/// All but diskBytes, which must be read on another thread.
ComparedWorkload readCompared(const WorkloadInfo& info, const MetricRings& rings, const TimeWindow& window);

} // namespace twinhull
