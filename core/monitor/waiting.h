// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/subprocess.h"
#include "core/base/unique_fd.h"

#include <chrono>
#include <string>
#include <vector>

namespace twinhull {

/// Until the descriptor is readable or hung up; false when the deadline came first.
bool waitReadable(const UniqueFd& fd, std::chrono::milliseconds deadline);

/// Exit status (128 + N for signal N) of a child of ours; past the deadline it is killed and the error is Timeout.
Result<int> waitForExit(const Child& child, std::chrono::milliseconds deadline);

/// Waits for those of our children that have ended, but not for these, whose owners do.
void reapStrays(const std::vector<pid_t>& known);

struct Pipe {
    UniqueFd readEnd; ///< does not block
    UniqueFd writeEnd;
};
Result<Pipe> makePipe();

/// The last line that says something; others' text, so at most 500 bytes of it.
std::string lastLineOf(std::string text);

} // namespace twinhull
