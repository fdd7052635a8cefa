// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <cstdint>
#include <map>
#include <vector>

namespace twinhull {

/// Some seconds of one workload: the times they were read at, and a column for each figure, NaN where one was absent.
struct HistoryChunk {
    std::int64_t startMilliseconds = 0; ///< since the epoch; of the first reading
    std::vector<std::uint16_t> offsets; ///< milliseconds since the start, one a reading, rising
    std::map<int, std::vector<float>> columns; ///< by the store's number of the figure; as long as `offsets`

    friend bool operator==(const HistoryChunk&, const HistoryChunk&) = default; // of NaN never equal
};
constexpr std::int64_t kLongestChunkMilliseconds = 65'000;
constexpr std::size_t kMostChunkReadings = 256;

/// Without startMilliseconds, which is a column of the table. A figure that did not change takes 4 bytes.
QByteArray encodeHistoryChunk(const HistoryChunk& chunk);
/// Corrupt for what encodeHistoryChunk() would not have made.
Result<HistoryChunk> decodeHistoryChunk(std::int64_t startMilliseconds, const QByteArray& bytes);

/// What a figure did in a minute.
struct HistoryRange {
    float least = 0;
    float mean = 0;
    float greatest = 0;

    friend bool operator==(const HistoryRange&, const HistoryRange&) = default;
};
using HistoryMinute = std::map<int, HistoryRange>; ///< by the store's number of the figure

QByteArray encodeHistoryMinute(const HistoryMinute& minute);
Result<HistoryMinute> decodeHistoryMinute(const QByteArray& bytes);

} // namespace twinhull
