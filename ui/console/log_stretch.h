// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/console/log_index.h"

#include <limits>
#include <optional>
#include <string>

namespace twinhull {

/// A stretch of time, as `twinhullctl logs --since --until` takes it: both moments are in it.
struct LogStretch {
    std::string since; ///< as logTime() writes it (core/ipc/log_line.h); empty: from the beginning
    std::string until; ///< empty: for ever

    bool isAll() const { return since.empty() && until.empty(); }
};

/// Numbers of lines: begin <= number < end.
struct LogLineRange {
    std::uint64_t begin = 0;
    std::uint64_t end = std::numeric_limits<std::uint64_t>::max();

    friend bool operator==(const LogLineRange&, const LogLineRange&) = default;
};

/// The lines of that stretch, found by halving: some twenty short reads in any log, so the GUI thread may. A log is in
/// the order of time, but where the clock was set back. Open at its end while no later line is known, and empty at the
/// greatest number while all lines are too old. Nothing where the log has no times.
std::optional<LogLineRange> linesIn(const LogIndex& index, const LogStretch& stretch);

} // namespace twinhull
