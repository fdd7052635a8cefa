// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_index.h"

#include "core/oci/image_json.h"

namespace twinhull {

namespace {

constexpr std::string_view kDockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::size_t kManifestLimit = 10'000;

} // namespace

bool ImageDescriptor::isIndex() const
{
    return mediaType == kMediaTypeIndex || mediaType == kDockerManifestList;
}

Result<ImageIndex> decodeImageIndex(std::string_view json)
{
    auto object = image_json::parse(json, "image index");
    if (!object)
        return std::move(object).error();
    auto version = image_json::size(*object, "schemaVersion");
    if (!version || *version != 2)
        return Error{ ErrorCode::Corrupt, "image index: \"schemaVersion\" is not 2", 0, {} };
    auto manifests = image_json::array(*object, "manifests");
    if (!manifests)
        return std::move(manifests).error().withContext("image index");
    ImageIndex index;
    if (*manifests == nullptr)
        return index;
    if ((*manifests)->size() > kManifestLimit)
        return Error{ ErrorCode::Corrupt, "image index: more than 10000 manifests", 0, {} };
    for (const auto& item : **manifests) {
        auto descriptor = image_json::descriptor(item);
        if (!descriptor)
            return std::move(descriptor).error().withContext("image index");
        index.manifests.push_back(*std::move(descriptor));
    }
    return index;
}

std::string encodeImageIndex(const ImageIndex& index)
{
    auto manifests = image_json::Json::array();
    for (const auto& descriptor : index.manifests)
        manifests.push_back(image_json::fromDescriptor(descriptor));
    return image_json::dump(
        { { "schemaVersion", 2 }, { "mediaType", kMediaTypeIndex }, { "manifests", std::move(manifests) } });
}

} // namespace twinhull
