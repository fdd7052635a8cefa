// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/images/image_layout.h"

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// One name of an image, or the image with all its names.
struct ImageRemoval {
    Digest digest;
    std::optional<std::string> reference;
};

/// Takes these out of the index, all or none; then removes the blobs, unpacked layers and disks that no image needs any
/// more, and what was left of downloads that nobody goes on with. Without any, that alone. Blocks.
Result<> removeImages(const DataFolders& folders, const std::vector<ImageRemoval>& removals);

/// Removes what programs that died left half made or half removed: not downloads, which are gone on with. Waits for the
/// store's lock only where there was something. Blocks.
void sweepStore(const DataFolders& folders);

} // namespace twinhull
