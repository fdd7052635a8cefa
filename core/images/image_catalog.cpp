// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_catalog.h"

#include <algorithm>

namespace twinhull {

namespace {

const std::string kRefName(kAnnotationRefName);

std::string referenceOf(const ImageDescriptor& descriptor)
{
    const auto found = descriptor.annotations.find(kRefName);
    return found == descriptor.annotations.end() ? std::string() : found->second;
}

void addEntry(ImageIndex& index, const ImageDescriptor& manifest, const std::string& reference)
{
    ImageDescriptor entry{ std::string(kMediaTypeManifest), manifest.digest, manifest.size, {}, {} };
    if (!reference.empty())
        entry.annotations.emplace(kRefName, reference);
    index.manifests.push_back(std::move(entry));
}

bool hasDigest(const ImageIndex& index, const Digest& digest)
{
    return std::any_of(
        index.manifests.begin(), index.manifests.end(), [&](const auto& entry) { return entry.digest == digest; });
}

/// The image that loses its last name stays, unnamed.
void dropReference(ImageIndex& index, const std::string& reference)
{
    const auto found = std::find_if(index.manifests.begin(), index.manifests.end(),
        [&](const auto& entry) { return referenceOf(entry) == reference; });
    if (found == index.manifests.end())
        return;
    const ImageDescriptor former = *found;
    index.manifests.erase(found);
    if (!hasDigest(index, former.digest))
        addEntry(index, former, {});
}

void dropUnnamed(ImageIndex& index, const Digest& digest)
{
    std::erase_if(
        index.manifests, [&](const auto& entry) { return entry.digest == digest && referenceOf(entry).empty(); });
}

} // namespace

std::vector<CatalogEntry> catalogEntries(const ImageIndex& index)
{
    std::vector<CatalogEntry> entries;
    for (const auto& descriptor : index.manifests) {
        auto found = std::find_if(
            entries.begin(), entries.end(), [&](const auto& entry) { return entry.digest == descriptor.digest; });
        if (found == entries.end())
            found = entries.insert(found, { descriptor.digest, {} });
        if (const std::string reference = referenceOf(descriptor); !reference.empty())
            found->references.append(QString::fromStdString(reference));
    }
    return entries;
}

Result<> addToIndex(const ImageLayout& layout, const std::vector<NewImage>& images)
{
    auto index = layout.readIndex();
    if (!index)
        return std::move(index).error();
    for (const auto& image : images) {
        for (const auto& reference : image.references) {
            dropReference(*index, reference);
            addEntry(*index, image.manifest, reference);
        }
        if (!hasDigest(*index, image.manifest.digest))
            addEntry(*index, image.manifest, {});
        if (!image.references.empty())
            dropUnnamed(*index, image.manifest.digest);
    }
    return layout.writeIndex(*index);
}

Result<> removeFromIndex(ImageIndex& index, const Digest& digest, const std::optional<std::string>& reference)
{
    const auto removed = std::erase_if(index.manifests,
        [&](const auto& entry) { return entry.digest == digest && (!reference || referenceOf(entry) == *reference); });
    if (removed == 0)
        return Error{ ErrorCode::NotFound, "the image was removed already", 0, {} };
    return {};
}

Result<> dropReferences(const ImageLayout& layout, const Digest& digest, const std::vector<std::string>& references)
{
    auto index = layout.readIndex();
    if (!index)
        return std::move(index).error();
    for (const auto& reference : references) {
        const bool isThere = std::any_of(index->manifests.begin(), index->manifests.end(),
            [&](const auto& entry) { return entry.digest == digest && referenceOf(entry) == reference; });
        if (!isThere)
            return Error{ ErrorCode::NotFound, reference + " is no name of this image", 0, {} };
        dropReference(*index, reference);
    }
    return layout.writeIndex(*index);
}

Result<NeededFiles> neededFiles(const ImageLayout& layout)
{
    auto index = layout.readIndex();
    if (!index)
        return std::move(index).error();
    NeededFiles needed;
    for (const auto& entry : catalogEntries(*index)) {
        auto record = layout.readRecord(entry.digest);
        if (!record) // without its documents nobody can tell what it shares: nothing may be swept
            return std::move(record).error().withContext("read image " + entry.digest.toString());
        needed.manifests.insert(record->digest);
        needed.blobs.insert(record->digest);
        needed.blobs.insert(record->manifest.config.digest);
        for (const auto& layer : record->manifest.layers)
            needed.blobs.insert(layer.digest);
        needed.diffIds.insert(record->config.diffIds.begin(), record->config.diffIds.end());
    }
    return needed;
}

} // namespace twinhull
