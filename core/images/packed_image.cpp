// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/packed_image.h"

#include "core/base/files.h"
#include "core/images/image_layout.h"

#include <set>

namespace twinhull {

Result<std::uint64_t> packedImageBytes(const std::string& imagesFolder, const std::string& digest)
{
    const auto parsed = Digest::parse(digest);
    if (!parsed)
        return parsed.error();
    const ImageLayout layout(imagesFolder);
    const auto record = layout.readRecord(*parsed);
    if (!record)
        return record.error();
    std::set<std::string> paths{ layout.blobPath(record->digest), layout.blobPath(record->manifest.config.digest) };
    for (const auto& layer : record->manifest.layers)
        paths.insert(layout.blobPath(layer.digest)); // one layer may be there twice
    std::uint64_t total = 0;
    for (const auto& path : paths) {
        const auto bytes = allocatedBytes(path);
        if (!bytes)
            return bytes.error();
        total += *bytes;
    }
    return total;
}

} // namespace twinhull
