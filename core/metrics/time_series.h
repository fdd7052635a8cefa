// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

/// One reading at one moment of CLOCK_MONOTONIC.
struct TimePoint {
    std::int64_t monotonicNanoseconds = 0;
    float value = 0;
};

/// A ring of readings, oldest first; at() is constant time. Memory is taken as it fills (8 bytes a point).
class TimeSeries {
public:
    static constexpr std::size_t kHourOfSeconds = 3600;

    explicit TimeSeries(std::size_t capacity = kHourOfSeconds);

    /// `monotonicNanoseconds` (not negative) must not go back; a point that does is dropped. Kept to the millisecond.
    void append(std::int64_t monotonicNanoseconds, float value);

    std::size_t size() const { return m_values.size(); }
    bool isEmpty() const { return m_values.empty(); }
    TimePoint at(std::size_t index) const; ///< 0 is the oldest; index < size()
    std::optional<TimePoint> last() const;
    /// First index whose time is not before the given one; size() when there is none.
    std::size_t firstAtOrAfter(std::int64_t monotonicNanoseconds) const;

private:
    std::size_t physical(std::size_t index) const;
    std::int64_t millisecondsOf(std::size_t index) const;
    void put(std::uint32_t milliseconds, float value);
    void rebase(std::int64_t newestNanoseconds);

    std::size_t m_capacity;
    std::size_t m_start = 0;
    std::int64_t m_epochNanoseconds
        = 0; ///< times are kept as milliseconds since then: 32 bits last 49 days, then it moves on
    std::vector<float> m_values;
    std::vector<std::uint32_t> m_milliseconds;
};

} // namespace twinhull
