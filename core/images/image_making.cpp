// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_making.h"

#include "core/images/archive_reader.h"
#include "core/images/image_source.h"
#include "core/images/layer_packing.h"
#include "core/images/watched_file.h"
#include "core/images/worker_client.h"
#include "core/oci/image_config_change.h"

#include <QDateTime>

namespace twinhull {

namespace {

constexpr std::uint64_t kRootLimitBytes = 64ULL << 30U;
constexpr std::size_t kMemberLimit = 2'000'000;

/// A layer that is staged.
struct NewLayer {
    ImageDescriptor blob;
    Digest diffId;
};

/// Reads the whole tar; its diff id.
Result<Digest> checkTar(ByteSource packed)
{
    auto plain = decompressed(std::move(packed));
    if (!plain)
        return std::move(plain).error();
    const auto measure = std::make_shared<StreamMeasure>();
    const ByteSource tar = measured(limited(*std::move(plain), kRootLimitBytes), measure);
    auto archive = ArchiveReader::open(tar, ArchiveReader::Format::Tar);
    if (!archive)
        return std::move(archive).error();
    std::size_t count = 0;
    for (;; ++count) {
        auto entry = archive->next();
        if (!entry)
            return std::move(entry).error();
        if (!*entry)
            break;
        if (count == kMemberLimit)
            return Error{ ErrorCode::Corrupt, "more than 2000000 files in it", 0, {} };
    }
    if (count == 0)
        return Error{ ErrorCode::Corrupt, "there is no file in it", 0, {} };
    if (auto drained = drain(tar); !drained)
        return std::move(drained).error();
    return measure->digest();
}

Result<NewLayer> stageRoot(const ImportPlan& plan, BlobStaging& staging, JobContext& context)
{
    auto packing = packingOf(plan.path);
    auto source = openWatched(plan.path, context);
    if (!packing || !source)
        return source ? std::move(packing).error() : std::move(source).error();
    if (!*packing) { // a packing that no layer has: unpacked on the way in
        auto plain = decompressed(*std::move(source));
        if (!plain)
            return std::move(plain).error();
        source = *std::move(plain);
    }
    auto blob = staging.add(limited(*std::move(source), kRootLimitBytes));
    if (!blob)
        return std::move(blob).error();
    auto staged = openWatched(staging.pathOf(blob->digest), context);
    if (!staged)
        return std::move(staged).error();
    auto diffId = checkTar(*std::move(staged));
    if (!diffId)
        return std::move(diffId).error();
    return NewLayer{ { std::string(kMediaTypeLayerTar) + packing->value_or(""), blob->digest, blob->bytes, {}, {} },
        *std::move(diffId) };
}

Result<ImageDescriptor> stageText(const std::string& text, std::string_view mediaType, BlobStaging& staging)
{
    auto blob = staging.add(sourceOf(std::string_view(text)));
    if (!blob)
        return std::move(blob).error();
    return ImageDescriptor{ std::string(mediaType), blob->digest, blob->bytes, {}, {} };
}

/// The config `baseConfig` and the manifest's layers with one more on top, named and made visible.
Result<Digest> publishWith(const ImageLayout& layout, const NewLayer& layer, const NewImageWords& words,
    std::pair<std::string, ImageManifest> base, BlobStaging& staging, const JobContext& context)
{
    ImageConfigChange change{ layer.diffId, {}, words.author, words.instructions };
    change.history.created = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString();
    change.history.createdBy = "twinhull";
    change.history.comment = words.message;
    auto configText = changedImageConfig(base.first, change);
    if (!configText)
        return std::move(configText).error();
    auto config = stageText(*configText, kMediaTypeConfig, staging);
    if (!config)
        return std::move(config).error();
    ImageManifest manifest{ *config, std::move(base.second.layers) };
    manifest.layers.push_back(layer.blob);
    auto stored = stageText(encodeImageManifest(manifest), kMediaTypeManifest, staging);
    if (!stored)
        return std::move(stored).error();
    FoundImages made{ { { *stored, {} } }, { config->digest, stored->digest } };
    for (const auto& blob : manifest.layers) // those of the base too: it may have been removed meanwhile
        made.blobs.push_back(blob.digest);
    if (!words.reference.empty())
        made.images.front().references.push_back(words.reference);
    if (auto published = publishImages(layout, made, staging, context); !published)
        return std::move(published).error();
    return stored->digest;
}

Result<Digest> importRoot(const ImageLayout& layout, const ImportPlan& plan, JobContext& context)
{
    auto staging = BlobStaging::make(layout);
    if (!staging)
        return std::move(staging).error();
    auto layer = stageRoot(plan, *staging, context);
    if (!layer)
        return std::move(layer).error();
    ImageConfig config;
    config.architecture = plan.platform.architecture;
    config.os = plan.platform.os;
    config.variant = plan.platform.variant;
    return publishWith(
        layout, *layer, plan.words, { encodeImageConfig(config), ImageManifest{ layer->blob, {} } }, *staging, context);
}

Result<NewLayer> stageUpper(const CommitPlan& plan, BlobStaging& staging, JobContext& context)
{
    const std::string path = staging.workPath("layer.tar");
    WorkerObserver observer;
    observer.isCancelled = [&context] { return context.isCancelled(); };
    observer.progress
        = [&context](std::uint64_t done, std::uint64_t) { context.setProgress(static_cast<qint64>(done), 0); };
    std::vector<std::string> verb{ "pack", plan.upperFolder, path };
    verb.insert(verb.end(), plan.copiedLayers.begin(), plan.copiedLayers.end());
    if (auto packed = runImageWorker(workerWords(plan.kept, std::move(verb)), observer); !packed)
        return std::move(packed).error();
    auto blob = staging.adopt(path);
    if (!blob)
        return std::move(blob).error();
    return NewLayer{ { std::string(kMediaTypeLayerTar), blob->digest, blob->bytes, {}, {} }, blob->digest };
}

Result<Digest> commit(const ImageLayout& layout, const CommitPlan& plan, JobContext& context)
{
    auto record = layout.readRecord(plan.base);
    if (!record)
        return std::move(record).error();
    auto config = layout.readDocument(record->manifest.config.digest);
    if (!config)
        return std::move(config).error();
    auto staging = BlobStaging::make(layout);
    if (!staging)
        return std::move(staging).error();
    auto layer = stageUpper(plan, *staging, context);
    if (!layer)
        return std::move(layer).error();
    return publishWith(
        layout, *layer, plan.words, { *std::move(config), std::move(record->manifest) }, *staging, context);
}

} // namespace

Result<Digest> importImage(const ImageLayout& layout, const ImportPlan& plan, JobContext& context)
{
    auto made = importRoot(layout, plan, context);
    if (made)
        return made;
    auto error = std::move(made).error();
    if (error.hint.empty() && error.code == ErrorCode::Corrupt)
        error.hint = "It must be a tar of a whole root, as \"podman export\" or debootstrap make one.";
    return std::move(error).withContext("import " + plan.path);
}

Result<Digest> commitImage(const ImageLayout& layout, const CommitPlan& plan, JobContext& context)
{
    return commit(layout, plan, context).withContext("commit");
}

} // namespace twinhull
