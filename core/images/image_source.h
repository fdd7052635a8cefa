// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/blob_staging.h"
#include "core/images/image_catalog.h"
#include "core/images/image_platform.h"
#include "core/jobs/thread_job.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace twinhull {

/// Images found in a source, their blobs staged, and the blobs that must be published with them.
struct FoundImages {
    std::vector<NewImage> images; ///< with the references as the source has them; not normalized
    std::vector<Digest> blobs;
};

/// Stages the blob a descriptor names. Corrupt where the source has none with that digest.
using FetchBlob = std::function<Result<StagedBlob>(const ImageDescriptor&)>;

/// Walks an index, nested ones too, down to the manifests for the platform.
Result<FoundImages> findOciImages(
    const ImageIndex& index, const FetchBlob& fetch, const BlobStaging& staging, const ImagePlatform& platform);

/// Turns the images of a docker-archive into OCI manifests. `files` are the archive's members by path.
Result<FoundImages> findDockerImages(std::string_view manifestJson, const std::map<std::string, StagedBlob>& files,
    BlobStaging& staging, const ImagePlatform& platform);

/// Moves the blobs into the layout, then names them in its index, under its lock; Cancelled where the job is by then.
Result<> publishImages(
    const ImageLayout& layout, const FoundImages& found, BlobStaging& staging, const JobContext& context);

} // namespace twinhull
