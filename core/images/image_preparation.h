// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/base/kept_ids.h"
#include "core/images/unpacked_layer.h"
#include "core/jobs/thread_job.h"
#include "core/oci/image_digest.h"

#include <string>
#include <vector>

namespace twinhull {

/// Unpacks what of the image's layers is not there yet; finds out before what the store needs. Blocks.
Result<> unpackImage(const DataFolders& folders, const Digest& digest, const LayerWish& wish, JobContext& context);

/// Unpacks, then makes the root disk unless it is there. Blocks.
Result<> makeImageDisk(const DataFolders& folders, const Digest& digest, JobContext& context);

/// Absolute folders, lowest first; whether they exist is not looked at. Where no form is wished and what the store
/// needs is not known, those for an overlay.
Result<std::vector<std::string>> layerFolders(const DataFolders& folders, const Digest& digest, const LayerWish& wish);

std::string imageDiskPath(const DataFolders& folders, const Digest& digest);

} // namespace twinhull
