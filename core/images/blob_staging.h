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
    /// Takes a file of this file system, which nobody may write to any more, as it lies: hashed, synced and linked in,
    /// not copied. The name it had stays.
    Result<StagedBlob> adopt(const std::string& path);
    /// Where work on a blob may lie until it is adopted; removed at the end.
    std::string workPath(const std::string& name) const { return m_folder->path() + "/work-" + name; }
    /// Where a staged blob lies.
    std::string pathOf(const Digest& digest) const { return m_folder->path() + "/" + digest.hex(); }

    /// A staged document; NotFound where no blob has that digest.
    Result<std::string> readDocument(const Digest& digest) const;

    /// Moves these blobs into the layout and fsyncs its folder. The caller holds the layout's lock.
    Result<> publish(const std::vector<Digest>& digests);

private:
    BlobStaging(ImageLayout layout, std::unique_ptr<PartialGuard> folder);

    ImageLayout m_layout;
    std::unique_ptr<PartialGuard> m_folder;
    unsigned m_next = 0;
};

} // namespace twinhull
