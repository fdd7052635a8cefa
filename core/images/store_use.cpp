// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/store_use.h"

#include "core/images/image_catalog.h"
#include "core/images/image_download.h"
#include "core/images/partial_path.h"
#include "core/images/unpacked_layer.h"
#include "core/images/worker_client.h"

#include <algorithm>
#include <filesystem>
#include <map>

namespace twinhull {

namespace {

using Users = std::map<std::string, std::set<Digest>>; ///< by path

Result<Users> usersOf(const DataFolders& folders, const ImageLayout& layout)
{
    auto index = layout.readIndex();
    if (!index)
        return std::move(index).error();
    Users users;
    for (const auto& entry : catalogEntries(*index)) {
        auto record = layout.readRecord(entry.digest);
        if (!record)
            return std::move(record).error().withContext("read image " + entry.digest.toString());
        users[layout.blobPath(record->digest)].insert(entry.digest);
        users[layout.blobPath(record->manifest.config.digest)].insert(entry.digest);
        for (const auto& layer : record->manifest.layers)
            users[layout.blobPath(layer.digest)].insert(entry.digest);
        for (const auto& diffId : record->config.diffIds)
            users[folders.layers() + "/" + diffId.hex()].insert(entry.digest);
        users[folders.disks() + "/" + entry.digest.hex() + ".erofs"].insert(entry.digest);
    }
    return users;
}

/// Whoever needs a layer needs it for all containers' ids.
std::vector<UnpackedLayer> layersIn(const std::string& folder)
{
    std::vector<UnpackedLayer> layers;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (auto layer = UnpackedLayer::fromFolderName(entry->path().filename().string()))
            layers.push_back(*std::move(layer));
    }
    return layers;
}

/// What bears a digest as its name; the rest is not an image's.
std::vector<std::string> piecesIn(const std::string& folder, std::string_view ending)
{
    std::vector<std::string> paths;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        std::string name = entry->path().filename().string();
        if (!name.ends_with(ending))
            continue;
        name.resize(name.size() - ending.size());
        if (Digest::fromHex(name))
            paths.push_back(entry->path().string());
    }
    return paths;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from)
{
    to.insert(to.end(), from.begin(), from.end());
}

/// Folders of layers belong to the image's users: the worker may look into them.
Result<std::vector<std::uint64_t>> sizesOfLayers(
    const std::vector<std::string>& layers, const std::function<bool()>& isCancelled)
{
    std::vector<std::uint64_t> sizes;
    if (layers.empty())
        return sizes;
    std::vector<std::string> arguments{ "measure" };
    append(arguments, layers);
    WorkerObserver observer;
    observer.isCancelled = isCancelled;
    observer.sizes = &sizes;
    if (auto measured = runImageWorker(arguments, observer); !measured)
        return std::move(measured).error();
    if (sizes.size() != layers.size())
        return Error{ ErrorCode::Unknown, "image-worker told sizes of other layers than it was asked for", 0, {} };
    return sizes;
}

template <typename Counts>
std::uint64_t sumWhere(const std::vector<StoreUse::Piece>& pieces, Counts counts)
{
    std::uint64_t sum = 0;
    for (const auto& piece : pieces)
        sum += counts(piece) ? piece.bytes : 0;
    return sum;
}

} // namespace

std::uint64_t StoreUse::wholeBytes() const
{
    return sumWhere(pieces, [](const Piece&) { return true; });
}

std::uint64_t StoreUse::ownBytes(const Digest& image) const
{
    return sumWhere(pieces, [&](const Piece& p) { return p.images.size() == 1 && p.images.contains(image); });
}

std::uint64_t StoreUse::sharedBytes(const Digest& image) const
{
    return sumWhere(pieces, [&](const Piece& p) { return p.images.size() > 1 && p.images.contains(image); });
}

std::uint64_t StoreUse::freedBy(const std::set<Digest>& images) const
{
    return sumWhere(pieces,
        [&](const Piece& p) { return std::includes(images.begin(), images.end(), p.images.begin(), p.images.end()); });
}

Result<StoreUse> measureStore(const DataFolders& folders, const std::function<bool()>& isCancelled)
{
    const ImageLayout layout(folders.images());
    auto users = usersOf(folders, layout);
    if (!users)
        return std::move(users).error().withContext("measure images");
    std::vector<std::string> paths = piecesIn(layout.blobsFolder(), "");
    append(paths, piecesIn(folders.disks(), ".erofs"));
    for (const auto& folder : { layout.folder(), layout.blobsFolder(), folders.disks() })
        append(paths, stalePartials(folder));
    append(paths, idleDownloads(layout));
    StoreUse use;
    for (const auto& path : paths) {
        auto bytes = allocatedBytes(path);
        if (bytes) // else it went meanwhile
            use.pieces.push_back({ *bytes, (*users)[path] });
    }
    const auto layers = layersIn(folders.layers());
    std::vector<std::string> layerPaths;
    for (const auto& layer : layers)
        layerPaths.push_back(folders.layers() + "/" + layer.folderName());
    auto sizes = sizesOfLayers(layerPaths, isCancelled);
    if (!sizes)
        return std::move(sizes).error().withContext("measure images");
    for (std::size_t i = 0; i < layers.size(); ++i)
        use.pieces.push_back({ (*sizes)[i], (*users)[folders.layers() + "/" + layers[i].diffId.hex()] });
    return use;
}

} // namespace twinhull
