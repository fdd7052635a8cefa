// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/kept_ids.h"
#include "core/images/image_layout.h"
#include "core/images/image_platform.h"
#include "core/jobs/thread_job.h"

#include <optional>
#include <string>
#include <vector>

namespace twinhull {

/// What a person says of a new image; podman's --change, --message and --author.
struct NewImageWords {
    std::string reference; ///< normalized; empty: the image has no name
    std::vector<std::string> instructions; ///< see ImageConfigChange
    std::string message;
    std::string author;
};

struct ImportPlan {
    std::string path; ///< a tar of a whole root, plain or packed with gzip, zstd, xz, bzip2
    ImagePlatform platform = hostPlatform();
    NewImageWords words;
};

/// Makes an image of one layer of a root's tar. Every member is read once, so that what is no tar is refused here.
/// Returns the image. Blocks; all or nothing.
Result<Digest> importImage(const ImageLayout& layout, const ImportPlan& plan, JobContext& context);

struct CommitPlan {
    Digest base; ///< the image the container runs from
    std::string upperFolder; ///< of the container's overlay
    NewImageWords words;
    KeptIds kept = {}; ///< of the container
    std::vector<std::string> copiedLayers = {}; ///< highest first, where its root is a copy of them and no overlay
};

/// Makes an image of an image and what a container wrote over it. Blocks; all or nothing.
Result<Digest> commitImage(const ImageLayout& layout, const CommitPlan& plan, JobContext& context);

} // namespace twinhull
