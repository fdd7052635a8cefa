// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <string>

namespace twinhull {

/// A connection to monitor.sock below the folder, which must be ours alone; it does not block. NotFound or Unavailable:
/// no monitor there.
Result<UniqueFd> knockAtMonitor(const std::string& runtimeFolder);

} // namespace twinhull
