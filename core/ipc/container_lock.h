// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>

namespace twinhull {

/// A file lock that says "this container has a monitor"; gone with the process that holds it.
constexpr const char* kMonitorLockName = "monitor.lock";

/// Busy when another process holds it. The folder is the container's own.
Result<UniqueFd> lockContainer(const std::string& containerFolder);

} // namespace twinhull
