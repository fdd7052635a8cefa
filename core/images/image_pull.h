// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"
#include "core/images/image_platform.h"
#include "core/images/registry_reference.h"
#include "core/images/skopeo.h"
#include "core/jobs/thread_job.h"

#include <chrono>

namespace twinhull {

struct PullPlan {
    RegistryReference name;
    ImagePlatform platform = hostPlatform();
    RegistryAccess access = {};
    unsigned retries = 3; ///< after the first try, for what passes
    std::chrono::seconds stallLimit{ 60 }; ///< how long a registry may send nothing
};

/// Brings an image into the store through skopeo(1): reads the manifest for the platform, downloads the layers that are
/// not there, checks every digest and names the image. Progress is in bytes. What was downloaded whole stays for the
/// next pull when this one fails, is cancelled or killed; nothing of it is visible before. Blocks.
Result<> pullImage(const ImageLayout& layout, const PullPlan& plan, JobContext& context);

} // namespace twinhull
