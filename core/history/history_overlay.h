// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history_database.h"

namespace twinhull {

/// A figure over two ranges of time of one length, of one workload or of two.
struct OverlayQuestion {
    WorkloadId first;
    WorkloadId second;
    Metric metric = Metric::CpuCores;
    std::int64_t firstFromMilliseconds = 0; ///< since the epoch
    std::int64_t secondFromMilliseconds = 0;
    std::int64_t lengthMilliseconds = 0; ///< > 0
    std::size_t mostPoints = 60; ///< > 0
};

/// What both did in a step; where one was not read it has nothing.
struct OverlaidPoint {
    std::int64_t offsetMilliseconds = 0; ///< from the beginnings to where the step begins
    std::optional<HistoryRange> first;
    std::optional<HistoryRange> second;
    std::int64_t toldMilliseconds = 0; ///< how long both tell of, which is its weight in a mean; 0 where one does not
};

struct Overlaid {
    std::int64_t stepMilliseconds = 0; ///< of both: a minute at least where the seconds of one are not kept any more
    std::vector<OverlaidPoint> points; ///< by offset; steps in which neither was read are left out
};

/// Lays the two over each other, their beginnings at one place.
Result<Overlaid> layOver(const HistoryDatabase& database, const OverlayQuestion& question);

} // namespace twinhull
