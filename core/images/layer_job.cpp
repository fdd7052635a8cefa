// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/layer_job.h"

#include "core/base/files.h"
#include "core/base/project_quota.h"
#include "core/images/file_lock.h"
#include "core/images/partial_path.h"
#include "core/images/tree_copier.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace twinhull {

namespace {

constexpr std::uint64_t kStreamLimitBytes = 80ULL << 30U; // the files' limit and their headers

Result<ByteSource> openBlob(const std::string& path, const ProgressFunction& progress)
{
    auto file = openPath(path, O_RDONLY | O_NOFOLLOW);
    if (!file)
        return std::move(file).error();
    struct stat info { };
    if (::fstat(file->fd(), &info) != 0)
        return Error::fromErrno(errno, "stat " + path);
    return ByteSource([source = sourceOf(*std::move(file)), progress, done = std::uint64_t{ 0 },
                          total = static_cast<std::uint64_t>(info.st_size)]() mutable {
        auto block = source();
        if (block && !block->empty()) {
            done += block->size();
            progress(done, total);
        }
        return block;
    });
}

Result<> syncFileSystemOf(const std::string& folder)
{
    auto fd = openPath(folder, O_RDONLY | O_DIRECTORY);
    if (!fd)
        return std::move(fd).error();
    if (::syncfs(fd->fd()) != 0)
        return Error::fromErrno(errno, "sync " + folder);
    return {};
}

/// The digest of the tar that it was filled with.
Result<Digest> fill(const std::string& folder, ByteSource compressed, OverlayAttributes attributes, Whiteouts whiteouts)
{
    auto root = openPath(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!root)
        return std::move(root).error();
    auto stream = decompressed(std::move(compressed));
    if (!stream)
        return std::move(stream).error();
    const auto measure = std::make_shared<StreamMeasure>();
    const ByteSource tar = measured(limited(*std::move(stream), kStreamLimitBytes), measure);
    auto archive = ArchiveReader::open(tar, ArchiveReader::Format::Tar);
    if (!archive)
        return std::move(archive).error();
    LayerUnpacker unpacker(*std::move(root), attributes, {}, whiteouts);
    if (auto unpacked = unpacker.unpack(*archive); !unpacked)
        return std::move(unpacked).error();
    if (auto drained = drain(tar); !drained)
        return std::move(drained).error();
    if (auto synced = syncFileSystemOf(folder); !synced)
        return std::move(synced).error();
    return measure->digest();
}

/// What takes the place of an empty folder with a limit has it too.
Result<> keepLimitOf(const std::string& folder, const std::string& successor)
{
    const auto before = openPath(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const auto after = openPath(successor, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!before || !after)
        return after ? Result<>() : Result<>(after.error());
    return joinProjectOf(*after, *before);
}

Result<bool> isEmptyFolder(const std::string& path)
{
    std::error_code failure;
    const bool isEmpty = std::filesystem::is_empty(path, failure);
    return failure ? Result<bool>(Error::fromErrno(failure.value(), "look into " + path)) : Result<bool>(isEmpty);
}

Result<> renameTo(const std::string& target, PartialGuard& partial)
{
    if (std::rename(partial.path().c_str(), target.c_str()) != 0)
        return Error::fromErrno(errno, "rename to " + target);
    partial.keep();
    return {};
}

} // namespace

Result<> unpackLayer(const std::string& layersFolder, const UnpackedLayer& layer, const std::string& blobPath,
    OverlayAttributes attributes, const ProgressFunction& progress)
{
    const std::string target = layersFolder + "/" + layer.folderName();
    auto lock = FileLock::acquire(layersFolder + "/.lock");
    if (!lock)
        return std::move(lock).error();
    if (exists(target))
        return {};
    PartialGuard partial(partialPathFor(target));
    if (auto made = partial.makeFolder(0755); !made)
        return made;
    auto blob = openBlob(blobPath, progress);
    if (!blob)
        return std::move(blob).error();
    const Whiteouts whiteouts = layer.form == LayerForm::Overlay ? Whiteouts::Applied : Whiteouts::Named;
    auto filled = fill(partial.path(), *std::move(blob), attributes, whiteouts);
    if (filled && *filled != layer.diffId)
        filled = Error{ ErrorCode::Corrupt, "its content is not what the image's config says", 0,
            "Load the image again." };
    if (!filled)
        return std::move(filled).error().withContext("unpack layer " + layer.diffId.hex().substr(0, 12));
    return renameTo(target, partial);
}

Result<> restoreTree(
    const std::string& folder, const std::string& file, OverlayAttributes attributes, const ProgressFunction& progress)
{
    PartialGuard partial(partialPathFor(folder));
    if (auto made = partial.makeFolder(0755); !made)
        return made;
    if (auto limited = keepLimitOf(folder, partial.path()); !limited)
        return limited;
    auto source = openBlob(file, progress);
    if (!source)
        return std::move(source).error();
    auto filled = fill(partial.path(), *std::move(source), attributes, Whiteouts::PlainNames);
    return filled ? renameTo(folder, partial) : std::move(filled).error();
}

Result<> copyRoot(const std::string& folder, const std::vector<std::string>& layers, const ProgressFunction& progress)
{
    const auto isEmpty = isEmptyFolder(folder);
    if (!isEmpty || !*isEmpty)
        return isEmpty ? Result<>() : Result<>(isEmpty.error());
    PartialGuard partial(partialPathFor(folder));
    if (auto made = partial.makeFolder(0755); !made)
        return made;
    if (auto limited = keepLimitOf(folder, partial.path()); !limited)
        return limited;
    auto copied = copyTree(layers, partial.path(), progress);
    if (copied)
        copied = syncFileSystemOf(partial.path());
    if (!copied)
        return std::move(copied).error().withContext("copy the image's files");
    auto renamed = renameTo(folder, partial);
    const bool isMadeByOther
        = !renamed && (renamed.error().sysErrno == ENOTEMPTY || renamed.error().sysErrno == EEXIST);
    return isMadeByOther ? Result<>() : renamed;
}

} // namespace twinhull
