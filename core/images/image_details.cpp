// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_details.h"

#include "core/images/image_catalog.h"
#include "core/images/unpacked_layer.h"

#include <algorithm>

namespace twinhull {

namespace {

QStringList referencesOf(const ImageLayout& layout, const Digest& digest)
{
    const auto index = layout.readIndex();
    if (!index)
        return {};
    for (const auto& entry : catalogEntries(*index)) {
        if (entry.digest == digest)
            return entry.references;
    }
    return {};
}

std::vector<ImageDetails::Step> stepsOf(const ImageRecord& record)
{
    const auto& history = record.config.history;
    const auto makesLayer = [](const ImageHistoryEntry& entry) { return !entry.isEmptyLayer; };
    const auto makers = std::count_if(history.begin(), history.end(), makesLayer);
    const bool isWhole = static_cast<std::size_t>(makers) == record.manifest.layers.size();
    std::vector<ImageDetails::Step> steps;
    std::size_t layer = 0;
    for (const auto& entry : history) {
        ImageDetails::Step step{ QString::fromStdString(entry.created), QString::fromStdString(entry.createdBy),
            QString::fromStdString(entry.comment), {} };
        if (isWhole && makesLayer(entry))
            step.layer = layer++;
        steps.push_back(std::move(step));
    }
    return steps;
}

/// In whichever form this store needs it, or needed it once.
bool isUnpackedIn(const std::string& layersFolder, const Digest& diffId)
{
    return exists(layersFolder + "/" + UnpackedLayer{ diffId, {}, LayerForm::Overlay }.folderName())
        || exists(layersFolder + "/" + UnpackedLayer{ diffId, {}, LayerForm::Names }.folderName());
}

} // namespace

Result<ImageDetails> readImageDetails(const DataFolders& folders, const Digest& digest)
{
    const ImageLayout layout(folders.images());
    if (!exists(layout.blobPath(digest)))
        return Error{ ErrorCode::NotFound, "there is no image " + digest.toString(), 0,
            "See what there is with \"twinhullctl images\"." };
    auto record = layout.readRecord(digest);
    if (!record)
        return std::move(record).error().withContext("read image " + digest.toString());
    ImageDetails details;
    details.info = imageInfoOf(*record, referencesOf(layout, digest));
    details.os = QString::fromStdString(record->config.os);
    details.variant = QString::fromStdString(record->config.variant);
    details.author = QString::fromStdString(record->config.author);
    for (std::size_t i = 0; i < record->manifest.layers.size(); ++i) {
        const auto& layer = record->manifest.layers[i];
        const Digest& diffId = record->config.diffIds[i];
        details.layers.push_back(
            { QString::fromStdString(layer.digest.toString()), QString::fromStdString(diffId.toString()),
                QString::fromStdString(layer.mediaType), layer.size, isUnpackedIn(folders.layers(), diffId) });
    }
    details.history = stepsOf(*record);
    return details;
}

} // namespace twinhull
