// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>

namespace twinhull {

/// What scripts may rely on; the table of `twinhullctl --help`.
enum class ExitCode {
    Ok = 0,
    Failed = 1,
    Usage = 2, ///< the command line makes no sense
    NotFound = 3, ///< no such image, workload or file
    InUse = 4, ///< a name or a port is taken, or it is busy
    Unavailable = 5, ///< this computer lacks something that is needed
    Cancelled = 6, ///< by a signal, or a deadline passed
};

/// Of run --attach and run -it where the workload was not made or not started, as podman's; else they end as it ends.
constexpr int kNotRunStatus = 125;

ExitCode exitCodeOf(ErrorCode code);

/// For the footer of --help.
std::string exitCodeTable();

} // namespace twinhull
