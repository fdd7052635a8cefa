// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/oci/image_manifest.h"

#include "core/oci/image_json.h"

namespace twinhull {

namespace {

constexpr std::size_t kLayerLimit = 512; // overlayfs takes 500 lower folders
constexpr std::size_t kImageLimit = 1'000;

Error tooManyLayers()
{
    return Error{ ErrorCode::Corrupt, "image manifest: more than 512 layers", 0, {} };
}

} // namespace

Result<ImageManifest> decodeImageManifest(std::string_view json)
{
    auto object = image_json::parse(json, "image manifest");
    if (!object)
        return std::move(object).error();
    const auto* config = image_json::member(*object, "config");
    auto layers = image_json::array(*object, "layers");
    if (config == nullptr || !layers || *layers == nullptr)
        return Error{ ErrorCode::Corrupt, "image manifest: no config or no layers", 0, {} };
    if ((*layers)->size() > kLayerLimit)
        return tooManyLayers();
    auto configDescriptor = image_json::descriptor(*config);
    if (!configDescriptor)
        return std::move(configDescriptor).error().withContext("image manifest");
    ImageManifest manifest{ *std::move(configDescriptor), {} };
    for (const auto& item : **layers) {
        auto layer = image_json::descriptor(item);
        if (!layer)
            return std::move(layer).error().withContext("image manifest");
        manifest.layers.push_back(*std::move(layer));
    }
    return manifest;
}

std::string encodeImageManifest(const ImageManifest& manifest)
{
    auto layers = image_json::Json::array();
    for (const auto& layer : manifest.layers)
        layers.push_back(image_json::fromDescriptor(layer));
    return image_json::dump({ { "schemaVersion", 2 }, { "mediaType", kMediaTypeManifest },
        { "config", image_json::fromDescriptor(manifest.config) }, { "layers", std::move(layers) } });
}

Result<std::vector<DockerArchiveImage>> decodeDockerArchiveManifest(std::string_view json)
{
    auto list = image_json::parse(json, "manifest.json");
    if (!list)
        return std::move(list).error();
    if (!list->is_array() || list->empty() || list->size() > kImageLimit)
        return Error{ ErrorCode::Corrupt, "manifest.json: not a list of images", 0, {} };
    std::vector<DockerArchiveImage> images;
    for (const auto& item : *list) {
        auto config = image_json::text(item, "Config");
        auto references = image_json::texts(item, "RepoTags");
        auto layers = image_json::texts(item, "Layers");
        if (!config || config->empty() || !references || !layers)
            return Error{ ErrorCode::Corrupt, "manifest.json: an image without a config or layers", 0, {} };
        if (layers->size() > kLayerLimit)
            return tooManyLayers();
        images.push_back({ *std::move(config), *std::move(references), *std::move(layers) });
    }
    return images;
}

std::string encodeDockerArchiveManifest(const std::vector<DockerArchiveImage>& images)
{
    auto list = image_json::Json::array();
    for (const auto& image : images)
        list.push_back(
            { { "Config", image.configPath }, { "RepoTags", image.references }, { "Layers", image.layerPaths } });
    return image_json::dump(list);
}

} // namespace twinhull
