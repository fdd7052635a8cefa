// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull::oci {

/// RFC 3339 in UTC, with milliseconds: "2026-01-31T23:59:59.123Z". `milliseconds` since the epoch.
std::string timeText(std::int64_t milliseconds);

/// One line of a runtime's JSON log as engines read it, with its end: {"msg":…,"level":"error","time":…}.
std::string encodeLogLine(std::string_view level, std::string_view message, std::int64_t wallMilliseconds);

} // namespace twinhull::oci
