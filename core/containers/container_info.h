// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/workload/workload_info.h"

namespace twinhull {

/// What settings alone tell: the container does not run.
WorkloadInfo stoppedInfo(const ContainerFolder& folder, const ContainerSettings& settings);

/// Adds how the latest run ended.
void applyExit(WorkloadInfo& info, const ExitRecord& record);

/// Adds what the monitor says of a run.
void applyStatus(WorkloadInfo& info, const MonitorStatus& status);

/// What can be done in this state.
Capabilities containerCapabilities(WorkloadState state, bool canPause);

} // namespace twinhull
