// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinhull {

/// Figures as a person reads and writes them. English, with a point, whatever the locale of the process is.

/// Binary units: "0 B", "512 B", "4.1 GiB", "11 MiB". One decimal below ten, none where the value is whole.
std::string formatBytes(std::uint64_t bytes);

/// Decimal units, as networks and disks are sold: "0 B/s", "42 kB/s", "1.2 MB/s". Less than half a byte, negative or
/// not a number is "0 B/s".
std::string formatRate(double bytesPerSecond);
/// "0.4 /s", "120 /s", "3.4 k/s".
std::string formatFrequency(double perSecond);

/// "0 s", "850 ns", "12 µs", "4.1 ms", "1.61 s", "12.3 s", "2 min 5 s", "2 h", "3 d 4 h"; a leading "-" when negative.
std::string formatDuration(std::chrono::nanoseconds duration);

/// "256M", "1.5G", "512k", "1GiB", "10 MB", plain bytes. Units are binary however they are written, as everywhere in
/// this field (docker run --memory). Fails on a sign, an unknown unit, a fraction of a byte or what 64 bits cannot
/// hold.
Result<std::uint64_t> parseSize(std::string_view text);

/// "500ms", "30s", "1m30s", "2h"; a number alone is seconds. At most ten years; fails on a sign and on a fraction.
Result<std::chrono::milliseconds> parseDuration(std::string_view text);

/// 1..65535, digits only.
Result<std::uint16_t> parsePort(std::string_view text);

/// Without blanks (space, tab, line ends) at both ends.
std::string_view trimmed(std::string_view text);

/// The whole text as a decimal number without a sign; fails on anything else.
Result<std::uint64_t> parseNumber(std::string_view text);

} // namespace twinhull
