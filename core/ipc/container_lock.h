// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/unique_fd.h"

#include <chrono>
#include <functional>
#include <string>

namespace twinhull {

/// A file lock that says "this container has a monitor"; gone with the process that holds it.
constexpr const char* kMonitorLockName = "monitor.lock";

/// Held by who looks into the files of a container that does not run, one at a time.
constexpr const char* kVisitLockName = "visit.lock";

/// For a monitor. Busy when another process holds it; one that only looks into the files is waited for. The folder is
/// the container's own.
Result<UniqueFd> lockContainer(const std::string& containerFolder);

/// The same, and waits for a holder to end (inotify(7), IN_CLOSE of the lock file): a monitor that has told how its
/// container ended lives a moment longer. Blocks for `patience` at most.
Result<UniqueFd> lockContainerWithin(const std::string& containerFolder, std::chrono::milliseconds patience);

/// Neither is there for another while this is held. What works in the files gets `container` as well, so that no
/// monitor begins before it has ended, whoever else is killed.
struct ContainerVisit {
    UniqueFd turn;
    UniqueFd container;
};

/// Waits for its turn, and hears a few times a second whether it was cancelled. Busy where that does not come within
/// `patience`, the container runs, or its latest run was not cleared up.
Result<ContainerVisit> lockForVisit(const std::string& containerFolder, const std::function<bool()>& isCancelled,
    std::chrono::milliseconds patience = std::chrono::hours(24));

} // namespace twinhull
