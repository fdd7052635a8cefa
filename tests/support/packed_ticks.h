// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/packed_ticks.h"

namespace twinhull::test {

inline std::vector<TickValues> unpacked(const PackedTicks& packed)
{
    std::vector<TickValues> all;
    packed.visit([&all](const TickValues& tick) { all.push_back(tick); });
    return all;
}

} // namespace twinhull::test
