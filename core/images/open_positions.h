// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace twinhull {

/// How far the children of this thread have read files below `folder`: absolute path to position in bytes, the largest
/// where it is open several times (proc(5), fd and fdinfo).
std::map<std::string, std::uint64_t> openPositionsBelow(const std::string& folder);

} // namespace twinhull
