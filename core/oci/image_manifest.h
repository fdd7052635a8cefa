// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_index.h"

#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

/// image-spec manifest.md; docker's schema 2 has the same members.
struct ImageManifest {
    ImageDescriptor config;
    std::vector<ImageDescriptor> layers; ///< lowest first
};

Result<ImageManifest> decodeImageManifest(std::string_view json);
std::string encodeImageManifest(const ImageManifest& manifest);

/// One image of manifest.json in a docker-archive ("docker save"): paths within the archive.
struct DockerArchiveImage {
    std::string configPath;
    std::vector<std::string> references; ///< "nginx:1.25"
    std::vector<std::string> layerPaths; ///< lowest first
};

Result<std::vector<DockerArchiveImage>> decodeDockerArchiveManifest(std::string_view json);
std::string encodeDockerArchiveManifest(const std::vector<DockerArchiveImage>& images);

} // namespace twinhull
