// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace twinhull {

/// What a chart shows of ageClockNanoseconds(); `to` is the latest tick.
struct TimeWindow {
    std::int64_t fromNanoseconds = 0;
    std::int64_t toNanoseconds = 0;

    std::int64_t length() const { return toNanoseconds - fromNanoseconds; }
    /// 0 at the left edge, 1 at the right; outside values for moments outside.
    double share(std::int64_t monotonicNanoseconds) const
    {
        return static_cast<double>(monotonicNanoseconds - fromNanoseconds) / static_cast<double>(length());
    }
};

} // namespace twinhull
