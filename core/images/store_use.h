// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/oci/image_digest.h"

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

namespace twinhull {

/// What the images take on disk: every blob, unpacked layer and root disk once, with the images that need it.
struct StoreUse {
    struct Piece {
        std::uint64_t bytes = 0; ///< allocated
        std::set<Digest> images; ///< that need it; empty: a leftover
    };
    std::vector<Piece> pieces;

    std::uint64_t wholeBytes() const;
    std::uint64_t leftoverBytes() const { return freedBy({}); }
    /// What is needed by this image alone, and what others need as well.
    std::uint64_t ownBytes(const Digest& image) const;
    std::uint64_t sharedBytes(const Digest& image) const;
    /// What removing these images frees, the leftovers with it.
    std::uint64_t freedBy(const std::set<Digest>& images) const;
};

/// Looks at every file of unpacked layers: seconds for large images. Blocks. An image whose documents cannot be read is
/// an error, because nobody can tell what it needs.
Result<StoreUse> measureStore(const DataFolders& folders, const std::function<bool()>& isCancelled);

} // namespace twinhull
