// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/blob_staging.h"
#include "core/images/image_catalog.h"

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

/// Walks an index, nested ones too, down to the manifests for this kind of computer.
Result<FoundImages> findOciImages(const ImageIndex& index, const FetchBlob& fetch, const BlobStaging& staging);

/// Turns the images of a docker-archive into OCI manifests. `files` are the archive's members by path.
Result<FoundImages> findDockerImages(
    std::string_view manifestJson, const std::map<std::string, StagedBlob>& files, BlobStaging& staging);

/// Go's name of the processor this program was built for.
std::string_view hostArchitecture();

} // namespace twinhull
