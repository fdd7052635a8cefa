// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/monitor_messages.h"

namespace twinhull {

enum class ForkSide { Starter, Monitor };

/// The monitor's side becomes leader of its own session, reaper of its orphans, with "/" as its working folder: what
/// happens to its starter no longer concerns it. The starter's side should end at once.
Result<ForkSide> forkAway();

/// One line on standard output, then all three standard descriptors are /dev/null: the starter sees the end.
Result<> reportStart(const Result<MonitorStatus>& begun);

} // namespace twinhull
