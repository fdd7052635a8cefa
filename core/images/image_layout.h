// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/data_folders.h"
#include "core/images/byte_source.h"
#include "core/images/file_lock.h"
#include "core/images/image_info.h"
#include "core/oci/image_config.h"
#include "core/oci/image_index.h"
#include "core/oci/image_manifest.h"

#include <string>
#include <vector>

namespace twinhull {

/// One image as its three documents say.
struct ImageRecord {
    Digest digest; ///< of the manifest
    ImageManifest manifest;
    ImageConfig config;
};

/// Our OCI layout on disk (image-spec image-layout.md). Holds paths only; callable from any thread. Whoever changes
/// index.json or takes blobs away holds lock().
class ImageLayout {
public:
    explicit ImageLayout(std::string folder) : m_folder(std::move(folder)) { }

    /// Makes the folders and the oci-layout file where they are missing.
    Result<> prepare() const;
    Result<FileLock> lock() const;

    const std::string& folder() const { return m_folder; }
    std::string indexPath() const { return m_folder + "/index.json"; }
    std::string blobsFolder() const { return m_folder + "/blobs/sha256"; }
    std::string blobPath(const Digest& digest) const { return blobsFolder() + "/" + digest.hex(); }

    /// Empty where there is no index.json yet.
    Result<ImageIndex> readIndex() const;
    Result<> writeIndex(const ImageIndex& index) const;

    /// A small blob whole, its digest checked.
    Result<std::string> readDocument(const Digest& digest) const;
    Result<ImageRecord> readRecord(const Digest& manifestDigest) const;

private:
    std::string m_folder;
};

/// The record as the value the rest of the program knows.
ImageInfo imageInfoOf(const ImageRecord& record, const QStringList& references);

/// Documents (index, manifest, config) are small; more is hostile.
inline constexpr std::size_t kDocumentLimitBytes = 8U << 20U;

} // namespace twinhull
