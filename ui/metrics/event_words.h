// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workload/workload_event.h"

#include <QString>

namespace twinhull {

/// Beside a mark on the time axis: "started", "out of memory".
QString wordOf(WorkloadEventKind kind);

} // namespace twinhull
