// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

/// How the latest run of a container ended; containers/ID/exit.json, format version 1.
struct ExitRecord {
    std::optional<int> exitStatus; ///< 0..255, 128 + N after signal N; absent where nobody could see it
    int signal = 0; ///< that ended it; 0: none, or unknown
    bool wasOutOfMemory = false; ///< the kernel killed in its cgroup for want of memory, and it did not end well
    std::int64_t wallMilliseconds = 0; ///< since the epoch
    std::string reason = {}; ///< one sentence where the status alone says too little; may be empty
    bool wasAsked = false; ///< a person, or a program of theirs, had asked it to stop
    bool wasCheckpointed = false; ///< it was saved, and goes on from there when it is restored

    friend bool operator==(const ExitRecord&, const ExitRecord&) = default;
};

std::string encodeExitRecord(const ExitRecord& record);
Result<ExitRecord> decodeExitRecord(std::string_view json);

} // namespace twinhull
