// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/ipc/upkeep.h"

#include <string>
#include <vector>

namespace twinhull {

/// A container, and whether its restart policy starts it again after a logout or a restart of the computer.
struct ReturningContainer {
    std::string id;
    std::string name;
    RestartPolicy policy;
    bool wasStopped = false; ///< by a person, when it ran last
    bool comesBack = false;
};

/// Always comes back whatever happened; UnlessStopped where no person had stopped it; OnFailure and Never stay: the end
/// of the computer is no failure of theirs (docker's and podman's rule).
bool comesBack(const RestartPolicy& policy, bool wasStopped);

/// All containers, the oldest first, which is the order they are started in. One of which nobody saw the end (run.json
/// without a monitor) counts as not stopped, unless that had been asked for. A few file reads each; any thread.
std::vector<ReturningContainer> returningContainers(const DataFolders& folders);

} // namespace twinhull
