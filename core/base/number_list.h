// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// Processors and memory nodes that a list can name.
inline constexpr unsigned kNumberListEnd = 8192;

/// The numbers of a list as in cpuset(7), "0-3,7"; empty for an empty text, no value for one that is no list.
std::optional<std::vector<unsigned>> parseNumberList(std::string_view text);
/// The other way, for rising numbers: "0-3,7".
std::string formatNumberList(const std::vector<unsigned>& numbers);

} // namespace twinhull
