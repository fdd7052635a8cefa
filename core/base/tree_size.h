// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace twinhull {

/// What keeps the walk through a stranger's tree short.
struct TreeLimits {
    std::size_t mostEntries = 1'000'000;
    std::size_t deepest = 200; ///< folders in one another, each of which takes a descriptor
    std::function<bool()> isStopping = [] { return false; };
};

/// Bytes allocated on disk (st_blocks) by a file or a tree, hard links once; links are not followed. OutOfSpace beyond
/// the limits, Cancelled when it was to stop. What goes meanwhile is left out, as is a path that is not there.
Result<std::uint64_t> treeBytes(const std::string& path, const TreeLimits& limits);

} // namespace twinhull
