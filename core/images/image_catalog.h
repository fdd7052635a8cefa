// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_layout.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace twinhull {

/// An image whose blobs lie in the layout already.
struct NewImage {
    ImageDescriptor manifest;
    std::vector<std::string> references; ///< full ones; each is taken from the image that had it
};

/// Index entries as (digest, references) in the order of the index; an image has one entry a reference.
struct CatalogEntry {
    Digest digest;
    QStringList references;
};
std::vector<CatalogEntry> catalogEntries(const ImageIndex& index);

/// For a holder of the layout's lock.
Result<> addToIndex(const ImageLayout& layout, const std::vector<NewImage>& images);
/// One reference, or all of the digest where no reference is given. The last reference takes the image along.
/// NotFound where the index has it no more.
Result<> removeFromIndex(ImageIndex& index, const Digest& digest, const std::optional<std::string>& reference);

/// For a holder of the layout's lock. Takes references from the digest; the image stays, without a name where these
/// were its last. NotFound, and nothing is changed, where one of them is not the image's.
Result<> dropReferences(const ImageLayout& layout, const Digest& digest, const std::vector<std::string>& references);

/// Everything the index still needs.
struct NeededFiles {
    std::set<Digest> manifests;
    std::set<Digest> blobs; ///< with the manifests
    std::set<Digest> diffIds;
};
Result<NeededFiles> neededFiles(const ImageLayout& layout);

} // namespace twinhull
