// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/file_lock.h"
#include "core/images/image_layout.h"

#include <string>
#include <vector>

namespace twinhull {

/// Where the blobs of one image come in: IMAGES/downloads/MANIFEST, an OCI layout that skopeo writes. It stays when the
/// download breaks off, so that the next one goes on with the layers that are whole. Locked by whoever downloads.
class ImageDownload {
public:
    /// Busy where another program downloads the same image just now.
    static Result<ImageDownload> open(const ImageLayout& layout, const Digest& manifest);

    const std::string& folder() const { return m_folder; }
    std::string blobPath(const Digest& digest) const { return m_folder + "/blobs/sha256/" + digest.hex(); }
    /// What skopeo writes just now, by name; sizes grow.
    std::vector<std::string> incoming() const;

    /// Shows it a blob that the store has, so that it is not downloaded again.
    void offer(const std::string& storedPath, const Digest& digest) const;
    /// Takes what is broken off of single layers away; skopeo starts those again.
    void dropIncoming() const;
    void remove() const;

private:
    ImageDownload(std::string folder, FileLock lock) : m_folder(std::move(folder)), m_lock(std::move(lock)) { }

    std::string m_folder;
    FileLock m_lock;
};

/// Folders of downloads that nobody works at.
std::vector<std::string> idleDownloads(const ImageLayout& layout);

/// Removes those.
Result<> removeIdleDownloads(const ImageLayout& layout);

} // namespace twinhull
