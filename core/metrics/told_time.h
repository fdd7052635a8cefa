// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace twinhull {

/// Longer than this between two readings nothing was read: what rests while nobody looks is read each tenth second
/// (HostCostSource), and the sampler's tick may slow down to five.
constexpr std::int64_t kLongestToldNanoseconds = 11'500'000'000;

/// How long a reading tells of, which is its weight in a mean: the time since the one before. Where there is none, or
/// it lies further away than `longest`, or ahead, `otherwise`: a tick. All in one unit.
constexpr std::int64_t toldSince(
    std::optional<std::int64_t> previous, std::int64_t moment, std::int64_t longest, std::int64_t otherwise)
{
    const std::int64_t since = moment - previous.value_or(moment);
    return since > 0 && since <= longest ? since : otherwise;
}

} // namespace twinhull
