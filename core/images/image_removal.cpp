// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_removal.h"

#include "core/base/files.h"
#include "core/base/log.h"
#include "core/images/image_catalog.h"
#include "core/images/partial_path.h"
#include "core/images/unpacked_layer.h"
#include "core/images/worker_client.h"
#include "core/ipc/event_journal.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

namespace twinhull {

namespace {

/// Renames what `isLeft` says of its name to partial names, so that it is gone at once and can be removed without the
/// lock.
template <typename IsLeft>
void setAside(const std::string& folder, IsLeft isLeft, std::vector<std::string>& aside)
{
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (!isLeft(entry->path().filename().string()))
            continue;
        const std::string partial = partialPathFor(entry->path().string());
        if (std::rename(entry->path().c_str(), partial.c_str()) == 0)
            aside.push_back(partial);
    }
}

/// For names that are a digest with an ending. Anything else there is not ours to judge.
auto isNoneOf(const std::set<Digest>& needed, std::string_view ending)
{
    return [&needed, ending](std::string_view name) {
        if (!name.ends_with(ending))
            return false;
        name.remove_suffix(ending.size());
        const auto digest = Digest::fromHex(name);
        return digest && !needed.contains(*digest);
    };
}

struct Aside {
    std::vector<std::string> files; ///< ours
    std::vector<std::string> layers; ///< the image's users'
};

/// A name that went, and each image that went with its last one.
void noteRemovals(const DataFolders& folders, const std::vector<ImageRemoval>& removals, const ImageIndex& left)
{
    const auto entries = catalogEntries(left);
    std::set<Digest> gone;
    for (const auto& removal : removals) {
        const std::string digest = removal.digest.toString();
        if (removal.reference)
            noteEvent(folders.events(), { 0, "image", "untag", digest, *removal.reference });
        const bool isThere = std::any_of(
            entries.begin(), entries.end(), [&removal](const auto& entry) { return entry.digest == removal.digest; });
        if (!isThere && gone.insert(removal.digest).second)
            noteEvent(folders.events(), { 0, "image", "remove", digest, removal.reference.value_or(digest) });
    }
}

/// The index is written once, so that a person's choice goes as a whole.
Result<> forget(const DataFolders& folders, const ImageLayout& layout, const std::vector<ImageRemoval>& removals)
{
    auto index = layout.readIndex();
    if (!index || removals.empty())
        return index ? Result<>() : std::move(index).error();
    for (const auto& removal : removals) {
        if (auto removed = removeFromIndex(*index, removal.digest, removal.reference); !removed)
            return removed;
    }
    auto written = layout.writeIndex(*index);
    if (written)
        noteRemovals(folders, removals, *index);
    return written;
}

Result<Aside> forgetAndSetAside(const DataFolders& folders, const std::vector<ImageRemoval>& removals)
{
    const ImageLayout layout(folders.images());
    auto lock = layout.lock();
    if (!lock)
        return std::move(lock).error();
    if (auto forgotten = forget(folders, layout, removals); !forgotten)
        return std::move(forgotten).error();
    const auto needed = neededFiles(layout);
    Aside aside;
    if (!needed) // an image that cannot be read might share anything: nothing is swept
        return aside;
    const auto isNoLayer = [&needed](const std::string& name) {
        const auto layer = UnpackedLayer::fromFolderName(name);
        return layer && !needed->diffIds.contains(layer->diffId);
    };
    setAside(layout.blobsFolder(), isNoneOf(needed->blobs, ""), aside.files);
    setAside(folders.layers(), isNoLayer, aside.layers);
    setAside(folders.disks(), isNoneOf(needed->manifests, ".erofs"), aside.files);
    return aside;
}

} // namespace

Result<> removeImages(const DataFolders& folders, const std::vector<ImageRemoval>& removals)
{
    auto aside = forgetAndSetAside(folders, removals);
    if (!aside)
        return std::move(aside).error().withContext("remove image");
    for (const auto& path : aside->files) {
        if (auto removed = removeTree(path); !removed)
            return std::move(removed).error().withContext("remove image");
    }
    if (aside->layers.empty())
        return {};
    std::vector<std::string> arguments{ "remove" }; // by the worker, who is root among the image's users
    arguments.insert(arguments.end(), aside->layers.begin(), aside->layers.end());
    return runImageWorker(arguments, {}).withContext("remove image");
}

void sweepStore(const DataFolders& folders)
{
    const ImageLayout layout(folders.images());
    bool isSwept = false;
    const auto sweep = [&isSwept](const std::string& folder, auto remove) {
        const std::size_t before = partialsIn(folder).size();
        if (before == 0)
            return;
        if (auto removed = remove(folder); !removed)
            log(LogLevel::Warning, removed.error());
        isSwept = isSwept || partialsIn(folder).size() < before;
    };
    // A layer has the image's users, and so has a disk's tree.
    const auto byWorker = [](const std::string& folder) { return runImageWorker({ "sweep", folder }, {}); };
    sweep(layout.folder(), removeIdlePartials);
    sweep(layout.blobsFolder(), removeIdlePartials);
    sweep(folders.layers(), byWorker);
    sweep(folders.disks(), byWorker);
    if (!isSwept)
        return;
    if (auto removed = removeImages(folders, {}); !removed) // what was in place already, and has no name
        log(LogLevel::Warning, removed.error());
}

} // namespace twinhull
