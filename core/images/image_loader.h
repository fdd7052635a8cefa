// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"
#include "core/images/image_platform.h"
#include "core/jobs/thread_job.h"

#include <string>

namespace twinhull {

struct LoadPlan {
    std::string path; ///< an OCI layout folder, an OCI archive or a docker-archive
    std::string reference; ///< for what the source leaves unnamed; empty: after the file
    ImagePlatform platform = hostPlatform();
};

/// Loads every image for the platform. Blocks; all or nothing.
Result<> loadImages(const ImageLayout& layout, const LoadPlan& plan, JobContext& context);

} // namespace twinhull
