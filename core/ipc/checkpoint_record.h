// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/ipc/network_place.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// What is asked of a checkpoint; a restore asks for the same again. criu(8) has more on each.
struct CheckpointChoice {
    bool leavesRunning = false;
    bool keepsConnections = false; ///< TCP (--tcp-established); only with the network of this computer
    bool closesConnections = false; ///< TCP (--tcp-close)
    bool keepsLocks = false; ///< of files (--file-locks)

    friend bool operator==(const CheckpointChoice&, const CheckpointChoice&) = default;
};

/// What hull's restore must know beside criu's images; record.json in their folder, format version 1.
struct CheckpointRecord {
    std::int64_t wallMilliseconds = 0; ///< since the epoch, of when it was asked for
    CheckpointChoice choice;
    std::vector<NetworkPlace> places; ///< its addresses, which it gets again

    friend bool operator==(const CheckpointRecord&, const CheckpointRecord&) = default;
};

/// Folders below a container's own. What is being saved has the second name until all of it is there.
constexpr const char* kCheckpointFolder = "checkpoint";
constexpr const char* kPartialCheckpointFolder = "checkpoint.partial";
/// Below those. The second is hull's own mark, which it writes when the images are whole.
constexpr const char* kCheckpointRecordName = "record.json";
constexpr const char* kCheckpointMarkName = "descriptors.json";
constexpr std::size_t kCheckpointRecordLimitBytes = 64U << 10U;

std::string encodeCheckpointRecord(const CheckpointRecord& record);
Result<CheckpointRecord> decodeCheckpointRecord(std::string_view json);

} // namespace twinhull
