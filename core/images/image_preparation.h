// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/kept_ids.h"
#include "core/jobs/thread_job.h"
#include "core/oci/image_digest.h"

#include <string>
#include <vector>

namespace twinhull {

/// Unpacks what of the image's layers is not there yet, for containers in which the person is `kept`. Blocks.
Result<> unpackImage(const DataFolders& folders, const Digest& digest, const KeptIds& kept, JobContext& context);

/// Unpacks, then makes the root disk unless it is there. Blocks.
Result<> makeImageDisk(const DataFolders& folders, const Digest& digest, JobContext& context);

/// Absolute folders, lowest first; whether they exist is not looked at.
Result<std::vector<std::string>> layerFolders(const DataFolders& folders, const Digest& digest, const KeptIds& kept);

std::string imageDiskPath(const DataFolders& folders, const Digest& digest);

} // namespace twinhull
