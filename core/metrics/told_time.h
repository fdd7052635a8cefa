// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace twinhull {

/// Longer than this between two readings nothing was read: what rests while nobody looks is read each tenth second
/// (HostCostSource), and the sampler's tick may slow down to five.
constexpr std::int64_t kLongestToldNanoseconds = 11'500'000'000;

/// Times are kept to the millisecond, so equal ticks may differ by a rounding; ticks are 1 s apart.
constexpr std::int64_t kSameTickNanoseconds = 300'000'000;

/// How long a reading tells of, which is its weight in a mean: the time since the one before. Where there is none, or
/// it lies further away than `longest`, or ahead, `otherwise`: a tick. All in one unit.
constexpr std::int64_t toldSince(
    std::optional<std::int64_t> previous, std::int64_t moment, std::int64_t longest, std::int64_t otherwise)
{
    const std::int64_t since = moment - previous.value_or(moment);
    return since > 0 && since <= longest ? since : otherwise;
}

/// The time before a figure's reading at which its workload was read: the later of its own reading before that one and
/// the latest of `moments` (rising, nanoseconds) that is not the same tick. What is not read at each of them (a disk
/// without requests has no latency) tells of no time before.
constexpr std::optional<std::int64_t> readBefore(
    std::optional<std::int64_t> previous, std::span<const std::int64_t> moments, std::int64_t moment)
{
    const auto own = std::lower_bound(moments.begin(), moments.end(), moment - kSameTickNanoseconds);
    if (own == moments.begin())
        return previous;
    return previous ? std::max(*previous, own[-1]) : own[-1];
}

} // namespace twinhull
