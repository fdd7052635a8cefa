// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/ipc/monitor_messages.h"

#include <string>

namespace twinhull {

/// A connection to monitor.sock below the folder, which must be ours alone; it does not block. NotFound or Unavailable:
/// no monitor there.
Result<UniqueFd> knockAtMonitor(const std::string& runtimeFolder);

/// Sends one request. It is small: a socket that is not full takes it whole.
Result<> askMonitor(const UniqueFd& socket, const MonitorRequest& request);

} // namespace twinhull
