// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/unique_fd.h"
#include "core/containers/bundle_writer.h"
#include "core/ipc/container_folder.h"
#include "core/containers/monitor_launch.h"

namespace twinhull {

/// What the provider's jobs do on worker threads. All of it blocks.

/// Makes the container's folder whole or not at all. AlreadyExists when another container has that name.
Result<> makeContainer(const DataFolders& folders, const BundleSource& source);

/// AlreadyExists when a container has that name. Hold the lock of the containers' folder.
Result<> checkNameFree(const DataFolders& folders, const std::string& name);

/// What a container of an ordinary user wrote belongs to subordinate ids: only root of such a user namespace may remove
/// it.
Result<> removeContainerTree(const std::string& path);

/// Ends what is left of it; the lock keeps others from starting it. Busy while a monitor has it.
Result<UniqueFd> endContainer(const ContainerFolder& folder, const ContainerPrograms& programs);

/// Ends what is left of it and takes its folders away. Busy while a monitor has it.
Result<> removeContainer(const DataFolders& folders, const ContainerFolder& folder, const ContainerPrograms& programs);

/// Takes away what dead processes left half made or half removed.
void removeStaleContainers(const DataFolders& folders);

} // namespace twinhull
