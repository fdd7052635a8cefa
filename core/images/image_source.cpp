// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_source.h"

#include "core/images/layer_packing.h"

namespace twinhull {

namespace {

constexpr int kIndexDepth = 3;

Error wrongPlatform(const ImagePlatform& offered, const ImagePlatform& wanted)
{
    return Error{ ErrorCode::Unsupported,
        "the image is for " + platformText(offered) + ", wanted is " + platformText(wanted)
            + (fitsPlatform(wanted, hostPlatform()) ? ", this kind of computer" : ""),
        0, "Choose the variant that is wanted with --platform, or another image." };
}

Result<> checkPlatform(const ImageConfig& config, const ImagePlatform& wanted)
{
    const ImagePlatform offered{ config.architecture.empty() ? wanted.architecture : config.architecture,
        config.os.empty() ? wanted.os : config.os, config.variant };
    return fitsPlatform(offered, wanted) ? Result<>() : wrongPlatform(offered, wanted);
}

std::string nameIn(const ImageDescriptor& descriptor)
{
    for (const auto key : { kAnnotationContainerdName, kAnnotationRefName }) {
        const auto found = descriptor.annotations.find(std::string(key));
        if (found != descriptor.annotations.end())
            return found->second;
    }
    return {};
}

class OciWalk {
public:
    OciWalk(const FetchBlob& fetch, const BlobStaging& staging, ImagePlatform wanted)
        : m_fetch(fetch), m_staging(staging), m_wanted(std::move(wanted))
    {
    }

    Result<> visit(const ImageIndex& index, const std::string& name, int depth)
    {
        for (const auto& descriptor : index.manifests) {
            const std::string own = nameIn(descriptor);
            if (descriptor.platform && !fitsPlatform(*descriptor.platform, m_wanted)) {
                m_passed = descriptor.platform;
                continue;
            }
            auto visited = descriptor.isIndex() ? visitIndex(descriptor, own.empty() ? name : own, depth)
                                                : visitManifest(descriptor, own.empty() ? name : own);
            if (!visited)
                return visited;
        }
        return {};
    }

    Result<FoundImages> takeFound() &&
    {
        if (!m_found.images.empty())
            return std::move(m_found);
        if (m_passed)
            return wrongPlatform(*m_passed, m_wanted);
        return Error{ ErrorCode::NotFound, "it contains no image", 0, {} };
    }

private:
    Result<StagedBlob> take(const ImageDescriptor& descriptor)
    {
        auto blob = m_fetch(descriptor);
        if (!blob)
            return blob;
        if (blob->bytes != descriptor.size)
            return Error{ ErrorCode::Corrupt, "blob " + descriptor.digest.toString() + " has not the size it should", 0,
                {} };
        m_found.blobs.push_back(descriptor.digest);
        return blob;
    }

    Result<std::string> takeDocument(const ImageDescriptor& descriptor)
    {
        if (auto taken = take(descriptor); !taken)
            return std::move(taken).error();
        return m_staging.readDocument(descriptor.digest);
    }

    Result<> visitIndex(const ImageDescriptor& descriptor, const std::string& name, int depth)
    {
        if (depth == 0)
            return Error{ ErrorCode::Corrupt, "indexes are nested too deeply", 0, {} };
        auto blob = m_fetch(descriptor);
        if (!blob)
            return std::move(blob).error();
        auto text = m_staging.readDocument(descriptor.digest);
        if (!text)
            return std::move(text).error();
        auto index = decodeImageIndex(*text);
        return index ? visit(*index, name, depth - 1) : Result<>(std::move(index).error());
    }

    Result<> visitManifest(const ImageDescriptor& descriptor, const std::string& name)
    {
        auto text = takeDocument(descriptor);
        if (!text)
            return std::move(text).error();
        auto manifest = decodeImageManifest(*text);
        if (!manifest)
            return std::move(manifest).error();
        auto configText = takeDocument(manifest->config);
        if (!configText)
            return std::move(configText).error();
        auto config = decodeImageConfig(*configText);
        if (!config)
            return std::move(config).error();
        if (auto checked = checkPlatform(*config, m_wanted); !checked)
            return checked;
        for (const auto& layer : manifest->layers) {
            if (auto taken = take(layer); !taken)
                return std::move(taken).error();
        }
        m_found.images.push_back({ descriptor, { name } });
        return {};
    }

    const FetchBlob& m_fetch;
    const BlobStaging& m_staging;
    ImagePlatform m_wanted;
    FoundImages m_found;
    std::optional<ImagePlatform> m_passed;
};

Result<StagedBlob> fileNamed(const std::map<std::string, StagedBlob>& files, const std::string& path)
{
    const auto found = files.find(path);
    if (found == files.end())
        return Error{ ErrorCode::Corrupt, "the archive has no \"" + path + "\"", 0, {} };
    return found->second;
}

/// The end of the layer's media type. Of other packings no media type tells; they are unpacked all the same.
Result<std::string> packingIn(const BlobStaging& staging, const StagedBlob& layer, const Digest& diffId)
{
    if (layer.digest == diffId)
        return std::string();
    auto packing = packingOf(staging.pathOf(layer.digest));
    return packing ? Result<std::string>(packing->value_or("+gzip")) : std::move(packing).error();
}

Result<ImageManifest> manifestOf(const DockerArchiveImage& image, const std::map<std::string, StagedBlob>& files,
    const BlobStaging& staging, const ImagePlatform& platform)
{
    auto configFile = fileNamed(files, image.configPath);
    if (!configFile)
        return std::move(configFile).error();
    auto text = staging.readDocument(configFile->digest);
    if (!text)
        return std::move(text).error();
    auto config = decodeImageConfig(*text);
    if (!config)
        return std::move(config).error();
    if (auto checked = checkPlatform(*config, platform); !checked)
        return std::move(checked).error();
    if (config->diffIds.size() != image.layerPaths.size())
        return Error{ ErrorCode::Corrupt, "its config names another number of layers", 0, {} };
    ImageManifest manifest{ { std::string(kMediaTypeConfig), configFile->digest, configFile->bytes, {}, {} }, {} };
    for (std::size_t i = 0; i < image.layerPaths.size(); ++i) {
        auto file = fileNamed(files, image.layerPaths[i]);
        if (!file)
            return std::move(file).error();
        auto ending = packingIn(staging, *file, config->diffIds[i]);
        if (!ending)
            return std::move(ending).error();
        manifest.layers.push_back({ std::string(kMediaTypeLayerTar) + *ending, file->digest, file->bytes, {}, {} });
    }
    return manifest;
}

} // namespace

Result<FoundImages> findOciImages(
    const ImageIndex& index, const FetchBlob& fetch, const BlobStaging& staging, const ImagePlatform& platform)
{
    OciWalk walk(fetch, staging, platform);
    if (auto visited = walk.visit(index, {}, kIndexDepth); !visited)
        return std::move(visited).error();
    return std::move(walk).takeFound();
}

Result<FoundImages> findDockerImages(std::string_view manifestJson, const std::map<std::string, StagedBlob>& files,
    BlobStaging& staging, const ImagePlatform& platform)
{
    auto images = decodeDockerArchiveManifest(manifestJson);
    if (!images)
        return std::move(images).error();
    FoundImages found;
    for (const auto& image : *images) {
        auto manifest = manifestOf(image, files, staging, platform);
        if (!manifest)
            return std::move(manifest).error();
        const std::string text = encodeImageManifest(*manifest);
        auto blob = staging.add(sourceOf(std::string_view(text)));
        if (!blob)
            return std::move(blob).error();
        found.images.push_back(
            { { std::string(kMediaTypeManifest), blob->digest, blob->bytes, {}, {} }, image.references });
        found.blobs.insert(found.blobs.end(), { blob->digest, manifest->config.digest });
        for (const auto& layer : manifest->layers)
            found.blobs.push_back(layer.digest);
    }
    return found;
}

Result<> publishImages(
    const ImageLayout& layout, const FoundImages& found, BlobStaging& staging, const JobContext& context)
{
    auto lock = layout.lock();
    if (!lock)
        return std::move(lock).error();
    if (context.isCancelled())
        return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    if (auto published = staging.publish(found.blobs); !published)
        return published;
    return addToIndex(layout, found.images);
}

} // namespace twinhull
