// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/twin/comparison.h"

#include <chrono>
#include <string>

namespace twinhull {

/// What other programs use of the processors while a side is measured: the CPU time of the whole computer (proc(5),
/// /proc/stat: busy and stolen time, in ticks of 10 ms as a rule) without that of this process and that of the side.
/// From the constructor to finish(); two small files.
class OtherLoad {
public:
    explicit OtherLoad(std::string proc = "/proc");

    /// In processors; never below 0. `sideSeconds` is the CPU time of the side since then.
    Figure finish(const Figure& sideSeconds) const;

private:
    std::string m_proc;
    std::optional<double> m_seconds; ///< CPU time of all others, the side among them, at the beginning
    std::chrono::steady_clock::time_point m_begin;
};

} // namespace twinhull
