// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_layout.h"

namespace twinhull {

namespace {

QStringList toQt(const std::vector<std::string>& texts)
{
    QStringList list;
    for (const auto& text : texts)
        list.append(QString::fromStdString(text));
    return list;
}

/// The config of an image for this kind of computer has one diff id a layer (config.md).
Result<> checkRecord(const ImageRecord& record)
{
    if (record.config.diffIds.size() == record.manifest.layers.size())
        return {};
    return Error{ ErrorCode::Corrupt,
        "the manifest names " + std::to_string(record.manifest.layers.size()) + " layers, the config "
            + std::to_string(record.config.diffIds.size()),
        0, {} };
}

} // namespace

Result<> ImageLayout::prepare() const
{
    if (auto made = makeFolders(blobsFolder()); !made)
        return made;
    const std::string marker = m_folder + "/oci-layout";
    if (exists(marker))
        return {};
    return writeFileAtomically(marker, R"({"imageLayoutVersion":"1.0.0"})");
}

Result<FileLock> ImageLayout::lock() const
{
    return FileLock::acquire(m_folder + "/.lock");
}

Result<ImageIndex> ImageLayout::readIndex() const
{
    if (!exists(indexPath()))
        return ImageIndex{};
    auto text = readFile(indexPath(), kDocumentLimitBytes);
    if (!text)
        return std::move(text).error();
    return decodeImageIndex(*text).withContext(indexPath());
}

Result<> ImageLayout::writeIndex(const ImageIndex& index) const
{
    return writeFileAtomically(indexPath(), encodeImageIndex(index));
}

Result<std::string> ImageLayout::readDocument(const Digest& digest) const
{
    auto file = openPath(blobPath(digest), O_RDONLY | O_NOFOLLOW);
    if (!file)
        return std::move(file).error();
    const auto measure = std::make_shared<StreamMeasure>();
    auto text = readAll(measured(sourceOf(*std::move(file)), measure), kDocumentLimitBytes);
    if (text && measure->digest() != digest)
        return Error{ ErrorCode::Corrupt, "blob " + digest.toString() + " is damaged", 0, {} };
    return text;
}

Result<ImageRecord> ImageLayout::readRecord(const Digest& manifestDigest) const
{
    auto manifestText = readDocument(manifestDigest);
    if (!manifestText)
        return std::move(manifestText).error();
    auto manifest = decodeImageManifest(*manifestText);
    if (!manifest)
        return std::move(manifest).error();
    auto configText = readDocument(manifest->config.digest);
    if (!configText)
        return std::move(configText).error();
    auto config = decodeImageConfig(*configText);
    if (!config)
        return std::move(config).error();
    ImageRecord record{ manifestDigest, *std::move(manifest), *std::move(config) };
    if (auto checked = checkRecord(record); !checked)
        return std::move(checked).error();
    return record;
}

ImageInfo imageInfoOf(const ImageRecord& record, const QStringList& references)
{
    const ImageConfig& config = record.config;
    ImageInfo info;
    info.digest = QString::fromStdString(record.digest.toString());
    info.references = references;
    info.compressedBytes = record.manifest.config.size;
    for (const auto& layer : record.manifest.layers) {
        info.compressedBytes += layer.size;
        info.layerDigests.append(QString::fromStdString(layer.digest.toString()));
    }
    info.created = QDateTime::fromString(QString::fromStdString(config.created), Qt::ISODateWithMs);
    info.architecture = QString::fromStdString(config.architecture);
    info.entrypoint = toQt(config.entrypoint);
    info.command = toQt(config.command);
    info.environment = toQt(config.environment);
    info.workingFolder = QString::fromStdString(config.workingFolder);
    info.user = QString::fromStdString(config.user);
    info.exposedPorts = toQt(config.exposedPorts);
    for (const auto& [key, value] : config.labels)
        info.labels.insert(QString::fromStdString(key), QString::fromStdString(value));
    info.stopSignal = QString::fromStdString(config.stopSignal);
    info.health = config.health;
    return info;
}

} // namespace twinhull
