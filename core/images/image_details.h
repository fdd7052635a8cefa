// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/images/image_info.h"
#include "core/oci/image_digest.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace twinhull {

/// Everything the documents of one image say, for people. Texts are a stranger's.
struct ImageDetails {
    struct Layer {
        QString digest; ///< of the blob
        QString diffId; ///< of the layer unpacked
        QString mediaType;
        std::uint64_t bytes = 0; ///< of the blob
        bool isUnpacked = false;
    };
    struct Step {
        QString created; ///< as written; may be empty
        QString createdBy;
        QString comment;
        std::optional<std::size_t> layer; ///< index in `layers`; none where it made none, or where that cannot be told
    };

    ImageInfo info;
    QString os;
    QString variant;
    QString author;
    std::vector<Layer> layers; ///< lowest first
    std::vector<Step> history; ///< oldest first
};

/// Reads small files. NotFound where the store has no such image.
Result<ImageDetails> readImageDetails(const DataFolders& folders, const Digest& digest);

} // namespace twinhull
