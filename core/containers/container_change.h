// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/containers/monitor_launch.h"
#include "core/workload/workload_changes.h"

namespace twinhull {

/// Changes of a container that is there, on worker threads: all of it blocks. Whoever follows the folder sees them.

/// AlreadyExists when another container has that name.
Result<> renameContainer(const DataFolders& folders, const ContainerFolder& folder, const std::string& name);

/// First in its cgroup, where it runs, so that what cannot be is said before anything is kept; then in config.json and
/// settings.json; and in its cgroup after that where it was started meanwhile. Where these cannot be written, it runs
/// on with its old limits (core/containers/limit_change.h).
Result<> updateContainer(const DataFolders& folders, const ContainerFolder& folder, const ContainerPrograms& programs,
    const WorkloadChange& change);

} // namespace twinhull
