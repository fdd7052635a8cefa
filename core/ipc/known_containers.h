// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"

#include <string>
#include <vector>

namespace twinhull {

/// A container that uses things which outlive it.
struct KnownContainer {
    ContainerSettings settings;
    bool isRunning = false;
    std::vector<NetworkPlace> places = {}; ///< while it runs
    bool isRemoved = false; ///< it can be brought back
};

/// All, those too that can be brought back. One whose settings cannot be read is an error: nobody can tell what it
/// uses; in the bin it is left out, because it cannot come back either.
Result<std::vector<KnownContainer>> knownContainers(const DataFolders& folders);

} // namespace twinhull
