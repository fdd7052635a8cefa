// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_names.h"

#include "core/images/image_catalog.h"

#include <algorithm>

namespace twinhull {

namespace {

Result<CatalogEntry> entryWith(const ImageLayout& layout, const Digest& digest)
{
    auto index = layout.readIndex();
    if (!index)
        return std::move(index).error();
    const auto entries = catalogEntries(*index);
    const auto found
        = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.digest == digest; });
    if (found == entries.end())
        return Error{ ErrorCode::NotFound, "the image was removed already", 0, {} };
    return *found;
}

} // namespace

Result<> tagImage(const ImageLayout& layout, const Digest& digest, const std::vector<std::string>& references)
{
    auto lock = layout.lock();
    if (!lock)
        return std::move(lock).error();
    if (auto there = entryWith(layout, digest); !there)
        return std::move(there).error().withContext("tag image");
    auto manifest = layout.readDocument(digest);
    if (!manifest)
        return std::move(manifest).error().withContext("tag image");
    const ImageDescriptor descriptor{ std::string(kMediaTypeManifest), digest, manifest->size(), {}, {} };
    return addToIndex(layout, { { descriptor, references } }).withContext("tag image");
}

Result<> untagImage(const ImageLayout& layout, const Digest& digest, const std::vector<std::string>& references)
{
    auto lock = layout.lock();
    if (!lock)
        return std::move(lock).error();
    auto entry = entryWith(layout, digest);
    if (!entry)
        return std::move(entry).error().withContext("untag image");
    std::vector<std::string> given = references;
    for (const QString& own : entry->references) {
        if (references.empty())
            given.push_back(own.toStdString());
    }
    return dropReferences(layout, digest, given).withContext("untag image");
}

} // namespace twinhull
