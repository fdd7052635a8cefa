// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
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

/// A window of the same length that ends less than a pixel later, at a whole number of pixels since the clock began:
/// what is shown then moves by whole pixels from tick to tick.
struct PixelWindow {
    TimeWindow window;
    std::int64_t pixels = 0; ///< from the clock's beginning to its end
    double nanoseconds = 0; ///< of a pixel

    PixelWindow(const TimeWindow& shown, double width) : nanoseconds(static_cast<double>(shown.length()) / width)
    {
        pixels = std::llround(std::ceil(static_cast<double>(shown.toNanoseconds) / nanoseconds));
        const auto end = std::llround(static_cast<double>(pixels) * nanoseconds);
        window = { end - shown.length(), end };
    }
};

} // namespace twinhull
