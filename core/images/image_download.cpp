// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_download.h"

#include <unistd.h>

#include <filesystem>

namespace twinhull {

namespace {

constexpr std::string_view kIncoming = "oci-put-blob"; ///< containers/image, oci/layout: its names for what it writes
constexpr std::string_view kLockEnding = ".lock";

std::string downloadsFolder(const ImageLayout& layout)
{
    return layout.folder() + "/downloads";
}

std::vector<std::string> namesIn(const std::string& folder)
{
    std::vector<std::string> names;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure))
        names.push_back(entry->path().filename().string());
    return names;
}

} // namespace

Result<ImageDownload> ImageDownload::open(const ImageLayout& layout, const Digest& manifest)
{
    const std::string folder = downloadsFolder(layout) + "/" + manifest.hex();
    if (auto made = makeFolders(downloadsFolder(layout)); !made)
        return std::move(made).error();
    // Beside it, because skopeo owns what is inside; never unlinked, because somebody may just open it.
    auto lock = FileLock::tryAcquire(folder + std::string(kLockEnding));
    if (!lock)
        return lock.error().code == ErrorCode::Busy
            ? Error{ ErrorCode::Busy, "the same image is being downloaded already", 0, "Wait for that download." }
            : std::move(lock).error();
    if (auto made = makeFolders(folder + "/blobs/sha256"); !made)
        return std::move(made).error();
    ImageDownload download(folder, *std::move(lock));
    download.dropIncoming();
    return download;
}

std::vector<std::string> ImageDownload::incoming() const
{
    std::vector<std::string> names;
    for (auto& name : namesIn(m_folder)) {
        if (name.starts_with(kIncoming))
            names.push_back(std::move(name));
    }
    return names;
}

void ImageDownload::offer(const std::string& storedPath, const Digest& digest) const
{
    (void)::link(storedPath.c_str(), blobPath(digest).c_str()); // not there, or offered before: downloaded or kept
}

void ImageDownload::dropIncoming() const
{
    for (const auto& name : incoming())
        (void)::unlink((m_folder + "/" + name).c_str()); // in nobody's way
}

void ImageDownload::remove() const
{
    (void)removeTree(m_folder); // an idle download is swept by prune
}

std::vector<std::string> idleDownloads(const ImageLayout& layout)
{
    std::vector<std::string> idle;
    for (const auto& name : namesIn(downloadsFolder(layout))) {
        const std::string path = downloadsFolder(layout) + "/" + name;
        if (Digest::fromHex(name) && FileLock::tryAcquire(path + std::string(kLockEnding)))
            idle.push_back(path);
    }
    return idle;
}

Result<> removeIdleDownloads(const ImageLayout& layout)
{
    for (const auto& path : idleDownloads(layout)) {
        const auto lock = FileLock::tryAcquire(path + std::string(kLockEnding));
        if (!lock) // somebody goes on with it just now
            continue;
        if (auto removed = removeTree(path); !removed)
            return removed;
    }
    return {};
}

} // namespace twinhull
