// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ipc/container_folder.h"
#include "core/containers/monitor_launch.h"

#include <chrono>

namespace twinhull {

/// Containers that were removed and may still be brought back: data/bin/ID, the folder as it was with removed.json in
/// it. All of this blocks.
struct BinEntry {
    std::string id;
    std::string name;
    std::int64_t removedMilliseconds = 0; ///< since the epoch
    std::int64_t untilMilliseconds = 0; ///< then it goes for good
    std::string imageDigest = {}; ///< that it needs to come back; empty where its settings are none
    bool isReadable = true; ///< else the rest is not known: its disk fails, or it is somebody else's
};

constexpr std::chrono::hours kBinRetention{ 7 * 24 };

/// Those that can be brought back, the latest first. None where there is no bin; an error where it cannot be read.
Result<std::vector<BinEntry>> binEntries(const DataFolders& folders);

/// Ends what is left of it and moves its folder to the bin. Busy while a monitor has it.
Result<> discardContainer(const DataFolders& folders, const ContainerFolder& folder, const ContainerPrograms& programs);

/// AlreadyExists when another container has its name by now; NotFound when the bin has no such.
Result<> restoreContainer(const DataFolders& folders, const std::string& id);

/// For good, now. NotFound when the bin has no such.
Result<> removeFromBin(const DataFolders& folders, const std::string& id);

/// For good: those whose time is over by then, in milliseconds since the epoch, where that can be read, and what dead
/// processes left half removed.
Result<> emptyBin(const DataFolders& folders, std::int64_t nowMilliseconds);

} // namespace twinhull
