// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_preparation.h"

#include "core/base/files.h"
#include "core/images/image_layout.h"
#include "core/images/root_form.h"
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
        (void)runImageWorker({ "sweep", folder }, {}); // the first error is the one to tell
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

Result<LayerForm> neededForm(const DataFolders& folders)
{
    auto form = findRootForm(folders);
    return form ? Result<LayerForm>(form->layers()) : std::move(form).error();
}

/// Owners and form are those of `like`. `parts`: of the whole work, the first of which are these layers.
Result<> unpackRecord(const DataFolders& folders, const ImageRecord& record, const UnpackedLayer& like,
    std::size_t parts, JobContext& context)
{
    const ImageLayout layout(folders.images());
    if (auto made = makeFolders(folders.layers()); !made)
        return made;
    for (std::size_t i = 0; i < record.config.diffIds.size(); ++i) {
        const UnpackedLayer layer{ record.config.diffIds[i], like.kept, like.form };
        if (exists(folders.layers() + "/" + layer.folderName()))
            continue;
        const auto arguments = workerWords(like.kept,
            { "unpack", folders.layers(), UnpackedLayer{ layer.diffId, {}, layer.form }.folderName(),
                layout.blobPath(record.manifest.layers[i].digest) });
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

Result<std::vector<std::string>> layerFolders(const DataFolders& folders, const Digest& digest, const LayerWish& wish)
{
    const LayerForm form = wish.form ? *wish.form : knownRootForm(folders).value_or(RootForm()).layers();
    auto record = recordOf(folders, digest);
    if (!record)
        return std::move(record).error();
    std::vector<std::string> paths;
    for (const auto& diffId : record->config.diffIds)
        paths.push_back(folders.layers() + "/" + UnpackedLayer{ diffId, wish.kept, form }.folderName());
    return paths;
}

Result<> unpackImage(const DataFolders& folders, const Digest& digest, const LayerWish& wish, JobContext& context)
{
    auto record = recordOf(folders, digest);
    auto needed = wish.form ? Result<LayerForm>(*wish.form) : neededForm(folders);
    if (!record || !needed)
        return record ? std::move(needed).error() : std::move(record).error();
    const std::size_t parts = record->config.diffIds.size();
    return unpackRecord(folders, *record, { digest, wish.kept, *needed }, parts, context);
}

Result<> makeImageDisk(const DataFolders& folders, const Digest& digest, JobContext& context)
{
    if (exists(imageDiskPath(folders, digest)))
        return {};
    auto record = recordOf(folders, digest);
    auto form = neededForm(folders);
    if (!record || !form)
        return record ? std::move(form).error() : std::move(record).error();
    const std::size_t layers = record->config.diffIds.size();
    if (auto unpacked = unpackRecord(folders, *record, { digest, {}, *form }, layers + 1, context); !unpacked)
        return unpacked;
    if (auto made = makeFolders(folders.disks()); !made)
        return made;
    std::vector<std::string> arguments{ "disk", folders.disks(), digest.hex(), folders.layers() };
    for (const auto& diffId : record->config.diffIds)
        arguments.push_back(UnpackedLayer{ diffId, {}, *form }.folderName());
    return runAndTidy(arguments, observerFor(context, layers, layers + 1), folders.disks());
}

} // namespace twinhull
