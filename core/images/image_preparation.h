// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/jobs/thread_job.h"
#include "core/oci/image_digest.h"

#include <string>
#include <vector>

namespace twinhull {

/// Unpacks what of the image's layers is not there yet. Blocks.
Result<> unpackImage(const DataFolders& folders, const Digest& digest, JobContext& context);

/// Unpacks, then makes the root disk unless it is there. Blocks.
Result<> makeImageDisk(const DataFolders& folders, const Digest& digest, JobContext& context);

/// Absolute folders, lowest first; whether they exist is not looked at.
Result<std::vector<std::string>> layerFolders(const DataFolders& folders, const Digest& digest);

std::string imageDiskPath(const DataFolders& folders, const Digest& digest);

} // namespace twinhull
