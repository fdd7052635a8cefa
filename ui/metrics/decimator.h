// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/time_series.h"
#include "core/metrics/told_time.h"
#include "ui/metrics/time_window.h"

#include <span>
#include <vector>

namespace twinhull {

/// Readings without a gap between them, oldest first.
using UnbrokenRun = std::vector<TimePoint>;

/// Longer than this between two readings is a gap: nothing was read, so nothing is drawn.
constexpr std::int64_t kGapNanoseconds = kLongestToldNanoseconds;

/// What is a gap: kGapNanoseconds between ticks; longer before a moment, where a point stands for more than a tick.
struct GapRule {
    std::int64_t coarseUntilNanoseconds = 0;
    std::int64_t coarseNanoseconds = kGapNanoseconds;

    std::int64_t after(std::int64_t moment) const
    {
        return moment < coarseUntilNanoseconds ? coarseNanoseconds : kGapNanoseconds;
    }
};

/// At most the lowest and the highest reading of each of `columns` equal parts of the window, in their order of time,
/// so that no peak is lost however narrow the chart is; split where there are gaps. `points` must be sorted by time;
/// the readings just outside the window are kept, so that lines reach its edges.
std::vector<UnbrokenRun> decimate(
    std::span<const TimePoint> points, const TimeWindow& window, int columns, const GapRule& gaps = {});

} // namespace twinhull
