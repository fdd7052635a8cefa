// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace twinhull {

/// What became of files that were to leave this computer's page cache.
struct DroppedFiles {
    std::uint64_t bytes = 0; ///< of all that could be opened
    std::uint64_t leftBytes = 0; ///< still in the page cache afterwards: a running program has them mapped
    std::uint64_t unopened = 0; ///< files that this account may not read, so nobody knows about theirs

    bool isCold() const { return leftBytes == 0 && unopened == 0; }
    DroppedFiles& operator+=(const DroppedFiles& other);
    friend bool operator==(const DroppedFiles&, const DroppedFiles&) = default;
};

/// Writes out and drops the clean pages of files and of all files in trees (posix_fadvise(2), POSIX_FADV_DONTNEED),
/// which needs no root and leaves the caches of everybody else alone, then asks the kernel what is left of them
/// (mincore(2)). Links are not followed and only ordinary files are opened. NotFound when a path is missing; Cancelled.
/// Blocks: worker threads.
Result<DroppedFiles> dropFromPageCache(const std::vector<std::string>& paths, const std::function<bool()>& isCancelled);

/// What of a file stands in the page cache; of a file of others without the right to write it the kernel says: all.
Result<std::uint64_t> cachedBytesOf(const std::string& path);

} // namespace twinhull
