// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <chrono>
#include <string>

namespace twinhull {

/// A file lock that says "this container has a monitor"; gone with the process that holds it.
constexpr const char* kMonitorLockName = "monitor.lock";

/// Busy when another process holds it. The folder is the container's own.
Result<UniqueFd> lockContainer(const std::string& containerFolder);

/// The same, and waits for a holder to end (inotify(7), IN_CLOSE of the lock file): a monitor that has told how its
/// container ended lives a moment longer. Blocks for `patience` at most.
Result<UniqueFd> lockContainerWithin(const std::string& containerFolder, std::chrono::milliseconds patience);

} // namespace twinhull
