// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull::oci {

/// What a container uses now. A figure that cannot be read is absent; a limit that is absent is none.
struct ContainerFigures {
    std::optional<std::uint64_t> cpuNanoseconds;
    std::optional<std::uint64_t> cpuUserNanoseconds;
    std::optional<std::uint64_t> cpuKernelNanoseconds;
    std::optional<std::uint64_t> periods;
    std::optional<std::uint64_t> throttledPeriods;
    std::optional<std::uint64_t> throttledNanoseconds;
    std::optional<std::uint64_t> memoryBytes;
    std::optional<std::uint64_t> memoryLimitBytes;
    std::optional<std::uint64_t> memoryPeakBytes;
    std::optional<std::uint64_t> swapBytes;
    std::optional<std::uint64_t> cacheBytes; ///< "file" of memory.stat
    std::optional<std::uint64_t> pids;
    std::optional<std::uint64_t> pidsLimit;
};

/// One line of `runc events`: {"type":"stats","id":…,"data":{…}}, with its end.
std::string encodeStatsEvent(std::string_view id, const ContainerFigures& figures);

/// {"type":"oom","id":…}.
std::string encodeOomEvent(std::string_view id);

} // namespace twinhull::oci
