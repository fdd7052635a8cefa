// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/ipc/container_settings.h"

#include <functional>

namespace twinhull {

/// The programs that a start needs. Empty paths: nowhere found.
struct ContainerPrograms {
    std::string hull;
    std::string monitor;
    std::string networkHelper; ///< slirp4netns, else pasta
    std::string networkKeeper = {};
    std::string pasta = {}; ///< for ports on IPv6 addresses

    static ContainerPrograms find();
};

/// monotonicNanoseconds() when a start was asked for, and when the layers it needs were in place.
struct StartMoments {
    std::int64_t request = 0;
    std::int64_t unpack = 0;
};

/// A program that this container needs and that is not here.
Result<> checkPrograms(const ContainerSettings& settings, const ContainerPrograms& programs);

/// The command line of the monitor of this container.
MonitorArguments monitorArguments(const DataFolders& folders, const ContainerFolder& folder,
    const ContainerSettings& settings, const ContainerPrograms& programs, MonitorTask task,
    const StartMoments& moments);

/// Starts the monitor on those processors (empty: any), which all that it starts keeps, and waits for its report.
/// Blocks for as long as a container takes to start: worker threads only.
Result<MonitorStatus> launchMonitor(
    const ContainerPrograms& programs, const MonitorArguments& arguments, const std::vector<unsigned>& cpus);

} // namespace twinhull
