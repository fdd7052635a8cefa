// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_preparation.h"

#include "core/base/files.h"
#include "core/images/image_layout.h"
#include "core/images/unpacked_layer.h"
#include "core/images/worker_client.h"

namespace twinhull {

namespace {

/// Tells the progress of one part out of `count` equal ones.
WorkerObserver observerFor(JobContext& context, std::size_t part, std::size_t count)
{
    constexpr qint64 kPerMille = 1000;
    const auto before = static_cast<qint64>(part) * kPerMille;
    const auto all = static_cast<qint64>(count) * kPerMille;
    return {
        [&context, before, all](std::uint64_t done, std::uint64_t total) {
            const auto share = total == 0 ? 0 : static_cast<qint64>(done * kPerMille / total);
            context.setProgress(before + share, all);
        },
        [&context] { return context.isCancelled(); },
    };
}

/// A worker that was killed could not tidy up.
Result<> runAndTidy(
    const std::vector<std::string>& arguments, const WorkerObserver& observer, const std::string& folder)
{
    auto done = runImageWorker(arguments, observer);
    if (!done)
        (void)runImageWorker({ "clean", folder }, {}); // the first error is the one to tell
    return done;
}

Result<ImageRecord> recordOf(const DataFolders& folders, const Digest& digest)
{
    const ImageLayout layout(folders.images());
    if (!exists(layout.blobPath(digest)))
        return Error{ ErrorCode::NotFound, "there is no image " + digest.toString(), 0,
            "See what there is with \"twinhullctl images\"." };
    return layout.readRecord(digest).withContext("read image " + digest.toString());
}

/// `parts`: of the whole work, the first of which are these layers.
Result<> unpackRecord(
    const DataFolders& folders, const ImageRecord& record, const KeptIds& kept, std::size_t parts, JobContext& context)
{
    const ImageLayout layout(folders.images());
    if (auto made = makeFolders(folders.layers()); !made)
        return made;
    for (std::size_t i = 0; i < record.config.diffIds.size(); ++i) {
        const UnpackedLayer layer{ record.config.diffIds[i], kept };
        if (exists(folders.layers() + "/" + layer.folderName()))
            continue;
        const auto arguments = workerWords(kept,
            { "unpack", folders.layers(), layer.diffId.hex(), layout.blobPath(record.manifest.layers[i].digest) });
        if (auto done = runAndTidy(arguments, observerFor(context, i, parts), folders.layers()); !done)
            return done;
    }
    return {};
}

} // namespace

std::string imageDiskPath(const DataFolders& folders, const Digest& digest)
{
    return folders.disks() + "/" + digest.hex() + ".erofs";
}

Result<std::vector<std::string>> layerFolders(const DataFolders& folders, const Digest& digest, const KeptIds& kept)
{
    auto record = recordOf(folders, digest);
    if (!record)
        return std::move(record).error();
    std::vector<std::string> paths;
    for (const auto& diffId : record->config.diffIds)
        paths.push_back(folders.layers() + "/" + UnpackedLayer{ diffId, kept }.folderName());
    return paths;
}

Result<> unpackImage(const DataFolders& folders, const Digest& digest, const KeptIds& kept, JobContext& context)
{
    auto record = recordOf(folders, digest);
    if (!record)
        return std::move(record).error();
    return unpackRecord(folders, *record, kept, record->config.diffIds.size(), context);
}

Result<> makeImageDisk(const DataFolders& folders, const Digest& digest, JobContext& context)
{
    if (exists(imageDiskPath(folders, digest)))
        return {};
    auto record = recordOf(folders, digest);
    if (!record)
        return std::move(record).error();
    const std::size_t layers = record->config.diffIds.size();
    if (auto unpacked = unpackRecord(folders, *record, {}, layers + 1, context); !unpacked)
        return unpacked;
    if (auto made = makeFolders(folders.disks()); !made)
        return made;
    std::vector<std::string> arguments{ "disk", folders.disks(), digest.hex(), folders.layers() };
    for (const auto& diffId : record->config.diffIds)
        arguments.push_back(diffId.hex());
    return runAndTidy(arguments, observerFor(context, layers, layers + 1), folders.disks());
}

} // namespace twinhull
