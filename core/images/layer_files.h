// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/archive_reader.h"
#include "core/images/image_layout.h"
#include "core/jobs/thread_job.h"

#include <cstdint>
#include <string>
#include <vector>

namespace twinhull {

/// What one layer does to one path. Names are a stranger's.
struct LayerFile {
    enum class Change { Added, Changed, Removed };

    std::string path; ///< without a leading "/"; of a removed folder, only the folder itself
    Change change = Change::Added;
    ArchiveEntry::Type type = ArchiveEntry::Type::Other; ///< meaningless where removed
    mode_t permissions = 0;
    std::uint64_t bytes = 0;
    std::string linkTarget;
};

/// What the layer at `layer` (lowest: 0) adds to, changes in and removes from those below it, by path. Reads the layers
/// up to it from their blobs, without unpacking them to disk. Unsupported beyond 500,000 paths. Blocks.
Result<std::vector<LayerFile>> layerFiles(
    const ImageLayout& layout, const Digest& image, std::size_t layer, JobContext& context);

} // namespace twinhull
