// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinhull {

enum class LogStream { Output, Error };
enum class LogPiece {
    Line, ///< ends a line
    Part, ///< the line goes on in the next piece of the same stream
};

/// One record of a container's log, in the format of the Kubernetes container runtime interface:
/// "2026-01-31T08:15:00.123456789Z stdout F text".
struct LogLine {
    std::string_view time; ///< RFC 3339 in UTC with nanoseconds
    LogStream stream = LogStream::Output;
    LogPiece piece = LogPiece::Line;
    std::string_view text; ///< any bytes but a line end
};

/// Points into `record`, which has no line end; nothing when it is no record.
std::optional<LogLine> parseLogLine(std::string_view record);

/// "2026-01-31T08:15:00.123456789Z" from nanoseconds since the epoch.
std::string logTime(std::int64_t wallNanoseconds);

/// Records of a piece of output, each with its line end. What ends the piece without ending a line is a Part.
std::string logRecords(LogStream stream, std::string_view bytes, std::int64_t wallNanoseconds);

} // namespace twinhull
