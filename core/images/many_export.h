// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_export.h"

#include <string>
#include <vector>

namespace twinhull {

/// One image of an archive of several.
struct ArchivedImage {
    Digest image;
    std::vector<std::string> references; ///< the names it bears inside; may be empty
};

struct SaveManyPlan {
    std::vector<ArchivedImage> images;
    std::string path; ///< must not exist; written beside and renamed
    SaveFormat format = SaveFormat::DockerArchive; ///< an archive; InvalidArgument for a folder
};

/// Writes several images into one archive, each layer once and packed as the store has it; docker and podman read
/// packed layers in a docker-archive too. Every blob's digest is checked on the way. Progress is bytes of blobs.
/// AlreadyExists where something is at the path. Blocks; nothing is left of what failed or was cancelled.
Result<> saveImages(const ImageLayout& layout, const SaveManyPlan& plan, JobContext& context);

} // namespace twinhull
