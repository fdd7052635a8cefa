// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"
#include "core/images/registry_reference.h"
#include "core/images/skopeo.h"
#include "core/jobs/thread_job.h"

#include <string>
#include <string_view>

namespace twinhull {

/// What an image can be saved as; podman's names.
enum class SaveFormat { DockerArchive, OciArchive, OciFolder };

/// "docker-archive", "oci-archive" or "oci-dir".
Result<SaveFormat> parseSaveFormat(std::string_view text);

struct SavePlan {
    Digest image;
    std::string reference; ///< the name it bears inside; may be empty
    std::string path; ///< must not exist; written beside and renamed
    SaveFormat format = SaveFormat::DockerArchive;
};

/// Writes an image to a file or folder through skopeo(1). Progress is what was read of the layers, in bytes.
/// AlreadyExists where something is at the path. Blocks; nothing is left of what failed.
Result<> saveImage(const ImageLayout& layout, const SavePlan& plan, JobContext& context);

struct PushPlan {
    Digest image;
    RegistryReference destination; ///< by tag
    RegistryAccess access = {};
};

/// Sends an image to a registry through skopeo(1), without the layers that are there. Progress as above. Blocks.
Result<> pushImage(const ImageLayout& layout, const PushPlan& plan, JobContext& context);

} // namespace twinhull
