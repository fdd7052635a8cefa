// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/byte_source.h"
#include "core/images/image_layout.h"
#include "core/images/partial_path.h"
#include "core/oci/image_digest.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace twinhull {

struct StagedBlob {
    Digest digest;
    std::uint64_t bytes = 0;
};

/// Blobs on their way into a layout: written beside it under their digests, then renamed in. What was not published is
/// removed at the end.
class BlobStaging {
public:
    static Result<BlobStaging> make(const ImageLayout& layout);

    /// Writes and hashes the stream.
    Result<StagedBlob> add(const ByteSource& source);
    /// A staged document; NotFound where no blob has that digest.
    Result<std::string> readDocument(const Digest& digest) const;

    /// Moves these blobs into the layout and fsyncs its folder. The caller holds the layout's lock.
    Result<> publish(const std::vector<Digest>& digests);

private:
    BlobStaging(ImageLayout layout, std::string folder);

    std::string pathOf(const Digest& digest) const { return m_folder->path() + "/" + digest.hex(); }

    ImageLayout m_layout;
    std::unique_ptr<PartialGuard> m_folder;
    unsigned m_next = 0;
};

} // namespace twinhull
