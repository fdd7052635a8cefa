// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/blob_staging.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace twinhull {

namespace {

constexpr off64_t kBytesToBegin = 8 << 20; // a few requests of the largest size a disk takes

/// The disk works while the rest is still read and hashed: all at the end would wait for the disk alone.
Result<> copyTo(const UniqueFd& file, const ByteSource& source)
{
    off64_t begun = 0;
    off64_t end = 0;
    for (;;) {
        auto block = source();
        if (!block)
            return std::move(block).error();
        if (block->empty())
            break;
        if (auto written = writeAll(file, *block); !written)
            return written;
        end += static_cast<off64_t>(block->size());
        if (end - begun < kBytesToBegin)
            continue;
        (void)::sync_file_range(file.fd(), begun, end - begun, SYNC_FILE_RANGE_WRITE); // fsync tells what fails
        begun = end;
    }
    if (::fsync(file.fd()) != 0)
        return Error::fromErrno(errno, "fsync");
    return {};
}

} // namespace

BlobStaging::BlobStaging(ImageLayout layout, std::unique_ptr<PartialGuard> folder)
    : m_layout(std::move(layout)), m_folder(std::move(folder))
{
}

Result<BlobStaging> BlobStaging::make(const ImageLayout& layout)
{
    if (auto prepared = layout.prepare(); !prepared)
        return std::move(prepared).error();
    (void)removeIdlePartials(layout.folder()); // not in anybody's way
    auto folder = std::make_unique<PartialGuard>(partialPathFor(layout.folder() + "/load"));
    if (auto made = folder->makeFolder(); !made)
        return std::move(made).error();
    return BlobStaging(layout, std::move(folder));
}

Result<StagedBlob> BlobStaging::add(const ByteSource& source)
{
    const std::string path = m_folder->path() + "/incoming-" + std::to_string(m_next++);
    auto file = openPath(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!file)
        return std::move(file).error();
    const auto measure = std::make_shared<StreamMeasure>();
    if (auto copied = copyTo(*file, measured(source, measure)); !copied)
        return std::move(copied).error();
    StagedBlob blob{ measure->digest(), measure->bytes() };
    if (std::rename(path.c_str(), pathOf(blob.digest).c_str()) != 0)
        return Error::fromErrno(errno, "rename " + path);
    return blob;
}

Result<StagedBlob> BlobStaging::adopt(const std::string& path)
{
    auto file = openPath(path, O_RDONLY | O_NOFOLLOW);
    if (!file)
        return std::move(file).error();
    if (::fsync(file->fd()) != 0)
        return Error::fromErrno(errno, "fsync " + path);
    const auto measure = std::make_shared<StreamMeasure>();
    if (auto hashed = drain(measured(sourceOf(*std::move(file)), measure)); !hashed)
        return std::move(hashed).error().withContext(path);
    StagedBlob blob{ measure->digest(), measure->bytes() };
    if (::link(path.c_str(), pathOf(blob.digest).c_str()) != 0 && errno != EEXIST)
        return Error::fromErrno(errno, "link " + path);
    return blob;
}

Result<std::string> BlobStaging::readDocument(const Digest& digest) const
{
    return readFile(pathOf(digest), kDocumentLimitBytes);
}

Result<> BlobStaging::publish(const std::vector<Digest>& digests)
{
    for (const auto& digest : digests) {
        if (std::rename(pathOf(digest).c_str(), m_layout.blobPath(digest).c_str()) != 0 && errno != ENOENT)
            return Error::fromErrno(errno, "store blob " + digest.hex());
        if (!exists(m_layout.blobPath(digest))) // named twice by the image: it went in the first time
            return Error{ ErrorCode::NotFound, "blob " + digest.toString() + " is missing", ENOENT, {} };
    }
    auto folder = openPath(m_layout.blobsFolder(), O_RDONLY | O_DIRECTORY);
    if (!folder)
        return std::move(folder).error();
    if (::fsync(folder->fd()) != 0)
        return Error::fromErrno(errno, "fsync " + m_layout.blobsFolder());
    return {};
}

} // namespace twinhull
