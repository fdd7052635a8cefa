// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"
#include "core/jobs/thread_job.h"

#include <string>

namespace twinhull {

/// Loads every image for this kind of computer out of an OCI layout folder, an OCI archive or a docker-archive; what
/// the source leaves unnamed is called `reference`, else after the file. Blocks; all or nothing.
Result<> loadImages(
    const ImageLayout& layout, const std::string& path, const std::string& reference, JobContext& context);

} // namespace twinhull
