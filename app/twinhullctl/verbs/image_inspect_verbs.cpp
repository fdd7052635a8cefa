// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/base/text.h"
#include "core/images/image_details.h"
#include "core/images/layer_files.h"
#include "core/images/store_use.h"

#include <QJsonArray>

namespace twinhull {

namespace {

struct NamedImage {
    std::string words;
};

struct FilesOptions {
    std::string words;
    std::size_t layer = 0; ///< 0: the topmost
};

struct NoOptions { };

QString imageBytesText(std::uint64_t bytes)
{
    return QString::fromStdString(formatBytes(bytes));
}

QJsonObject layerJson(const ImageDetails::Layer& layer)
{
    return {
        { QStringLiteral("digest"), layer.digest },
        { QStringLiteral("diff_id"), layer.diffId },
        { QStringLiteral("media_type"), layer.mediaType },
        { QStringLiteral("bytes"), static_cast<double>(layer.bytes) },
        { QStringLiteral("unpacked"), layer.isUnpacked },
    };
}

QJsonArray historyJson(const ImageDetails& details)
{
    QJsonArray steps;
    for (const auto& step : details.history) {
        steps.append(QJsonObject{
            { QStringLiteral("created_at"), step.created },
            { QStringLiteral("created_by"), step.createdBy },
            { QStringLiteral("comment"), step.comment },
            { QStringLiteral("layer"), step.layer ? QJsonValue(details.layers[*step.layer].digest) : QJsonValue() },
            { QStringLiteral("bytes"),
                step.layer ? QJsonValue(static_cast<double>(details.layers[*step.layer].bytes)) : QJsonValue(0) },
        });
    }
    return steps;
}

QJsonObject detailsJson(const ImageDetails& details)
{
    QJsonObject json = imageJson(details.info);
    json[QStringLiteral("os")] = details.os;
    json[QStringLiteral("variant")] = details.variant;
    json[QStringLiteral("author")] = details.author;
    json[QStringLiteral("environment")] = QJsonArray::fromStringList(details.info.environment);
    json[QStringLiteral("working_folder")] = details.info.workingFolder;
    json[QStringLiteral("user")] = details.info.user;
    json[QStringLiteral("stop_signal")] = details.info.stopSignal;
    QJsonArray layers;
    for (const auto& layer : details.layers)
        layers.append(layerJson(layer));
    json[QStringLiteral("layers")] = layers;
    json[QStringLiteral("history")] = historyJson(details);
    return json;
}

std::optional<ImageDetails> detailsOf(Program& program, const std::string& words)
{
    const auto image = chosenImage(program, words);
    if (!image)
        return {};
    auto details = readImageDetails(program.folders(), *Digest::parse(image->digest.toStdString()));
    if (details)
        return *std::move(details);
    program.fail(details.error());
    return {};
}

/// Always JSON, as podman inspect.
void inspect(Program& program, const NamedImage& options)
{
    if (const auto details = detailsOf(program, options.words)) {
        program.print(QJsonValue(detailsJson(*details)));
        program.finish();
    }
}

void imageHistory(Program& program, const NamedImage& options)
{
    const auto details = detailsOf(program, options.words);
    if (!details)
        return;
    if (program.wantsJson()) {
        program.print(QJsonValue(historyJson(*details)));
    } else {
        TextTable table({ QStringLiteral("CREATED"), QStringLiteral("SIZE"), QStringLiteral("LAYER"),
            QStringLiteral("CREATED BY") });
        for (auto step = details->history.rbegin(); step != details->history.rend(); ++step) { // newest first
            const auto* layer = step->layer ? &details->layers[*step->layer] : nullptr;
            table.add({ step->created, layer != nullptr ? imageBytesText(layer->bytes) : QStringLiteral("-"),
                layer != nullptr ? layer->digest.mid(7, 12) : QStringLiteral("-"),
                step->createdBy.simplified().left(80) });
        }
        program.print(table.toText());
    }
    program.finish();
}

QString changeText(LayerFile::Change change)
{
    switch (change) {
    case LayerFile::Change::Added:
        return QStringLiteral("added");
    case LayerFile::Change::Changed:
        return QStringLiteral("changed");
    case LayerFile::Change::Removed:
        return QStringLiteral("removed");
    }
    return {};
}

void printFiles(Program& program, const std::vector<LayerFile>& list)
{
    if (program.wantsJson()) {
        QJsonArray array;
        for (const auto& file : list)
            array.append(QJsonObject{ { QStringLiteral("path"), QString::fromStdString(file.path) },
                { QStringLiteral("change"), changeText(file.change) },
                { QStringLiteral("bytes"), static_cast<double>(file.bytes) },
                { QStringLiteral("mode"), QString::number(file.permissions, 8) },
                { QStringLiteral("link_target"), QString::fromStdString(file.linkTarget) } });
        program.print(QJsonValue(array));
    } else {
        TextTable table(
            { QStringLiteral("CHANGE"), QStringLiteral("MODE"), QStringLiteral("SIZE"), QStringLiteral("PATH") });
        for (const auto& file : list)
            table.add({ changeText(file.change), QString::number(file.permissions, 8), imageBytesText(file.bytes),
                QString::fromStdString(file.path) });
        program.print(table.toText());
    }
    program.finish();
}

void files(Program& program, const FilesOptions& options)
{
    const auto image = chosenImage(program, options.words);
    if (!image)
        return;
    const auto layers = static_cast<std::size_t>(image->layerDigests.size());
    const std::size_t layer = options.layer == 0 ? layers - 1 : options.layer - 1;
    const auto list = std::make_shared<std::vector<LayerFile>>();
    auto job = program.images().work(QObject::tr("List the files of %1").arg(image->shortName()),
        [digest = *Digest::parse(image->digest.toStdString()), layer, list](
            const DataFolders& folders, JobContext& context) {
            auto read = layerFiles(ImageLayout(folders.images()), digest, layer, context);
            if (!read)
                return Result<>(std::move(read).error());
            *list = *std::move(read);
            return Result<>();
        });
    program.run(std::move(job), [&program, list] { printFiles(program, *list); });
}

void printUse(Program& program, const StoreUse& use)
{
    QJsonArray array;
    TextTable table(
        { QStringLiteral("IMAGE"), QStringLiteral("SIZE"), QStringLiteral("SHARED"), QStringLiteral("UNIQUE") });
    for (const auto& image : program.images().images()) {
        const Digest digest = *Digest::parse(image.digest.toStdString());
        const auto own = use.ownBytes(digest);
        const auto shared = use.sharedBytes(digest);
        table.add({ image.shortName(), imageBytesText(own + shared), imageBytesText(shared), imageBytesText(own) });
        array.append(QJsonObject{ { QStringLiteral("digest"), image.digest },
            { QStringLiteral("references"), QJsonArray::fromStringList(image.references) },
            { QStringLiteral("shared_bytes"), static_cast<double>(shared) },
            { QStringLiteral("unique_bytes"), static_cast<double>(own) } });
    }
    if (program.wantsJson())
        program.print(QJsonValue(QJsonObject{ { QStringLiteral("images"), array },
            { QStringLiteral("total_bytes"), static_cast<double>(use.wholeBytes()) },
            { QStringLiteral("leftover_bytes"), static_cast<double>(use.leftoverBytes()) } }));
    else
        program.print(table.toText()
            + QObject::tr("All together %1, what is shared counted once; %2 of it is left over and goes with: "
                          "twinhullctl images prune\n")
                  .arg(imageBytesText(use.wholeBytes()), imageBytesText(use.leftoverBytes())));
    program.finish();
}

void diskUse(Program& program, const NoOptions&)
{
    const auto use = std::make_shared<StoreUse>();
    auto job = program.images().work(
        QObject::tr("Measure the images"), [use](const DataFolders& folders, JobContext& context) {
            auto measured = measureStore(folders, [&context] { return context.isCancelled(); });
            if (!measured)
                return Result<>(std::move(measured).error());
            *use = *std::move(measured);
            return Result<>();
        });
    program.run(std::move(job), [&program, use] { printUse(program, *use); });
}

} // namespace

void addImageInspectVerbs(CLI::App& images, ChosenVerb& chosen)
{
    const auto named = std::make_shared<NamedImage>();
    auto* inspectVerb = images.add_subcommand("inspect", "everything the image says of itself, as JSON");
    inspectVerb->add_option("IMAGE", named->words, "reference or digest")->required();
    onVerb(*inspectVerb, chosen, named, Need::Images, &inspect);

    auto* historyVerb = images.add_subcommand("history", "how the image was made, newest step first");
    historyVerb->add_option("IMAGE", named->words, "reference or digest")->required();
    onVerb(*historyVerb, chosen, named, Need::Images, &imageHistory);

    const auto listed = std::make_shared<FilesOptions>();
    auto* filesVerb = images.add_subcommand("files", "what a layer adds, changes and removes");
    filesVerb->add_option("IMAGE", listed->words, "reference or digest")->required();
    filesVerb->add_option("--layer", listed->layer, "counted from 1, the lowest; the topmost by default");
    onVerb(*filesVerb, chosen, listed, Need::Images, &files);

    auto* useVerb = images.add_subcommand("df", "what each image takes on disk, shared layers counted once");
    onVerb(*useVerb, chosen, std::make_shared<NoOptions>(), Need::Images, &diskUse);
}

} // namespace twinhull
