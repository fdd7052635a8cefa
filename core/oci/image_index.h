// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/oci/image_digest.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twinhull {

inline constexpr std::string_view kMediaTypeIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kMediaTypeManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kMediaTypeConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kMediaTypeLayerTar = "application/vnd.oci.image.layer.v1.tar";
/// image-spec annotations.md: the name or the tag of a manifest within a layout.
inline constexpr std::string_view kAnnotationRefName = "org.opencontainers.image.ref.name";
/// What containerd and newer docker write beside it: always a full reference.
inline constexpr std::string_view kAnnotationContainerdName = "io.containerd.image.name";

struct ImagePlatform {
    std::string architecture; ///< Go's names: "amd64"
    std::string os;
    std::string variant = {}; ///< "v7"; mostly empty
};

/// image-spec descriptor.md.
struct ImageDescriptor {
    std::string mediaType;
    Digest digest;
    std::uint64_t size = 0; ///< bytes of the blob
    std::map<std::string, std::string> annotations;
    std::optional<ImagePlatform> platform;

    bool isIndex() const; ///< an OCI index or a docker manifest list
};

/// image-spec image-index.md, and index.json of a layout.
struct ImageIndex {
    std::vector<ImageDescriptor> manifests;
};

Result<ImageIndex> decodeImageIndex(std::string_view json);
std::string encodeImageIndex(const ImageIndex& index);

} // namespace twinhull
