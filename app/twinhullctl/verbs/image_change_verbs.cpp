// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/workload/look_into_bins.h"
#include "core/base/text.h"
#include "core/images/image_jobs.h"
#include "core/images/image_reference.h"
#include "core/images/store_use.h"

#include <QJsonArray>

#include <algorithm>
#include <iostream>

namespace twinhull {

namespace {

struct NamesOptions {
    std::string words;
    std::vector<std::string> names;
};

struct SaveOptions {
    std::vector<std::string> words;
    std::string output;
    std::string format = "docker-archive";
};

struct ImportOptions {
    std::string path;
    std::string platform;
    NewImageWords words;
};

struct PruneOptions {
    bool takesAll = false;
    bool isForced = false;
    bool isPreview = false;
    bool takesBuildCache = false;
};

/// By tagJob or untagJob.
template <auto makeJob>
void changeNames(Program& program, const NamesOptions& options)
{
    const auto image = chosenImage(program, options.words);
    if (!image)
        return;
    QStringList names;
    for (const auto& name : options.names)
        names << QString::fromStdString(name);
    program.run(makeJob(program.images(), image->digest, names),
        [&program, digest = image->digest] { printImage(program, digest); });
}

/// The name an image is saved by: that of the words, else its first.
QString savedName(const ImageInfo& image, const std::string& words)
{
    const auto match = matchImage({ image }, QString::fromStdString(words));
    return match && match->reference ? *match->reference : image.references.value(0);
}

/// Words that choose one image twice give it both names; it is there once.
void addArchived(std::vector<ArchivedImage>& archived, const ImageInfo& image, const std::string& words)
{
    const Digest digest = *Digest::parse(image.digest.toStdString());
    auto place = std::find_if(
        archived.begin(), archived.end(), [&digest](const ArchivedImage& entry) { return entry.image == digest; });
    if (place == archived.end())
        place = archived.insert(archived.end(), ArchivedImage{ digest, {} });
    const std::string name = savedName(image, words).toStdString();
    if (!name.empty() && std::find(place->references.begin(), place->references.end(), name) == place->references.end())
        place->references.push_back(name);
}

void saveMany(Program& program, const SaveOptions& options, SaveFormat format)
{
    SaveManyPlan plan{ {}, options.output, format };
    for (const auto& words : options.words) {
        const auto image = chosenImage(program, words);
        if (!image)
            return;
        addArchived(plan.images, *image, words);
    }
    program.run(saveManyJob(program.images(), plan), [&program, plan] {
        QJsonArray array;
        QString lines;
        for (const auto& entry : plan.images) {
            const QString digest = QString::fromStdString(entry.image.toString());
            lines += digest + u'\n';
            if (const auto image = program.images().find(digest))
                array.append(imageJson(*image));
        }
        program.wantsJson() ? program.print(QJsonValue(array)) : program.print(lines);
        program.finish();
    });
}

void save(Program& program, const SaveOptions& options)
{
    const auto format = parseSaveFormat(options.format);
    if (!format) {
        program.fail(format.error());
        return;
    }
    if (options.words.size() > 1) {
        saveMany(program, options, *format);
        return;
    }
    const std::string& words = options.words.front();
    const auto image = chosenImage(program, words);
    if (!image)
        return;
    program.run(saveJob(program.images(),
                    { *Digest::parse(image->digest.toStdString()), savedName(*image, words).toStdString(),
                        options.output, *format }),
        [&program, digest = image->digest] { printImage(program, digest); });
}

void importRoot(Program& program, const ImportOptions& options)
{
    ImportPlan plan{ options.path, hostPlatform(), options.words };
    auto platform = options.platform.empty() ? Result<ImagePlatform>(hostPlatform()) : parsePlatform(options.platform);
    auto reference = options.words.reference.empty() ? Result<std::string>(std::string())
                                                     : normalizedReference(options.words.reference);
    if (!platform || !reference) {
        program.fail(platform ? reference.error() : platform.error());
        return;
    }
    plan.platform = *platform;
    plan.words.reference = *reference;
    const auto made = std::make_shared<QString>();
    program.run(importJob(program.images(), plan, made), [&program, made] { printImage(program, *made); });
}

/// What prune would do, and whether it does.
struct Pruning {
    PruneOptions options;
    std::vector<ImageInfo> images;
    StoreUse use;
};

std::uint64_t freedBytes(const Pruning& pruning)
{
    std::set<Digest> digests;
    for (const auto& image : pruning.images)
        digests.insert(*Digest::parse(image.digest.toStdString()));
    return pruning.use.freedBy(digests);
}

/// Asks unless --force is there; with --json nobody is asked, and that is an error.
bool mayRemove(Program& program, const PruneOptions& options)
{
    if (options.isForced)
        return true;
    if (program.wantsJson()) {
        program.fail(Error{ ErrorCode::InvalidArgument, "prune with --json asks nothing", 0,
            "Add --force to remove, or --dry-run to see what that would free." });
        return false;
    }
    std::cerr << "Remove these? [y/N] " << std::flush;
    std::string answer;
    if (std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes"))
        return true;
    program.finish();
    return false;
}

void reportPruning(Program& program, const Pruning& pruning, bool isRemoved)
{
    if (program.wantsJson()) {
        QJsonArray array;
        for (const auto& image : pruning.images)
            array.append(imageJson(image));
        program.print(
            QJsonValue(QJsonObject{ { QStringLiteral("removed"), isRemoved }, { QStringLiteral("images"), array },
                { QStringLiteral("freed_bytes"), static_cast<double>(freedBytes(pruning)) } }));
        return;
    }
    TextTable table({ QStringLiteral("IMAGE"), QStringLiteral("UNIQUE") });
    for (const auto& image : pruning.images)
        table.add({ image.shortName(),
            QString::fromStdString(formatBytes(pruning.use.ownBytes(*Digest::parse(image.digest.toStdString())))) });
    const QString freed = QString::fromStdString(formatBytes(freedBytes(pruning)));
    const QString leftover = QString::fromStdString(formatBytes(pruning.use.leftoverBytes()));
    program.print((pruning.images.empty() ? QString() : table.toText())
        + (isRemoved ? QObject::tr("Freed %1.\n").arg(freed)
                     : QObject::tr("This frees %1, of it %2 that no image needs.\n").arg(freed, leftover)));
}

void decide(Program& program, const std::shared_ptr<Pruning>& pruning)
{
    const auto& options = pruning->options;
    const bool isNothing = pruning->images.empty() && freedBytes(*pruning) == 0;
    const bool isAsked = !options.isForced && !program.wantsJson();
    if (options.isPreview || isAsked)
        reportPruning(program, *pruning, false);
    else if (isNothing)
        reportPruning(program, *pruning, options.isForced);
    if (options.isPreview || isNothing) {
        program.finish();
        return;
    }
    if (!mayRemove(program, options))
        return;
    QStringList digests;
    for (const auto& image : pruning->images)
        digests << image.digest;
    program.run(pruneJob(program.images(), digests), [&program, pruning] {
        reportPruning(program, *pruning, true);
        program.finish();
    });
}

void pruneBuildCache(Program& program, const PruneOptions& options)
{
    const bool isAsked = !options.isForced && !program.wantsJson();
    if (program.wantsJson() && options.isPreview)
        program.print(
            QJsonValue(QJsonObject{ { QStringLiteral("removed"), false }, { QStringLiteral("build_cache"), true } }));
    else if (options.isPreview || isAsked)
        program.print(QObject::tr("This removes all that builds keep to be quicker next time, and no image.\n"));
    if (options.isPreview) {
        program.finish();
        return;
    }
    if (!mayRemove(program, options))
        return;
    program.run(removeBuildCacheJob(program.images()), [&program] {
        if (program.wantsJson())
            program.print(QJsonValue(
                QJsonObject{ { QStringLiteral("removed"), true }, { QStringLiteral("build_cache"), true } }));
        program.finish();
    });
}

void pruneUnused(Program& program, const PruneOptions& options, const QStringList& used)
{
    const auto pruning
        = std::make_shared<Pruning>(Pruning{ options, prunableImages(program.images(), used, options.takesAll), {} });
    auto job = program.images().work(
        QObject::tr("Measure the images"), [pruning](const DataFolders& folders, JobContext& context) {
            auto measured = measureStore(folders, [&context] { return context.isCancelled(); });
            if (!measured)
                return Result<>(std::move(measured).error());
            pruning->use = *std::move(measured);
            return Result<>();
        });
    program.run(std::move(job), [&program, pruning] { decide(program, pruning); });
}

void prune(Program& program, const PruneOptions& options)
{
    if (options.takesBuildCache) {
        pruneBuildCache(program, options);
        return;
    }
    program.noteMissingVms();
    lookIntoBins(program.registry(), program, [&program, options](const BinsFound& found) {
        const auto needed = imagesNeededBy(found); // what was removed can be brought back
        if (!needed)
            return program.fail(needed.error());
        QStringList used = *needed;
        for (const auto& info : program.registry().workloads())
            used << info.imageDigest;
        pruneUnused(program, options, used);
    });
}

void addPrune(CLI::App& images, ChosenVerb& chosen)
{
    const auto options = std::make_shared<PruneOptions>();
    auto* verb = images.add_subcommand("prune", "remove images without a name, and what no image needs");
    verb->add_flag("-a,--all", options->takesAll, "named ones too, where no container or VM uses them");
    verb->add_flag("-f,--force", options->isForced, "do not ask");
    verb->add_flag("--dry-run", options->isPreview, "only show what it would free");
    verb->add_flag("--build-cache", options->takesBuildCache, "only what builds keep to be quicker next time");
    onVerb(*verb, chosen, options, Need::Workloads, &prune);
}

} // namespace

void addImageChangeVerbs(CLI::App& images, ChosenVerb& chosen)
{
    const auto names = std::make_shared<NamesOptions>();
    auto* tagVerb = images.add_subcommand("tag", "give an image more names");
    tagVerb->add_option("IMAGE", names->words, "reference or digest")->required();
    tagVerb->add_option("NAME", names->names, "like team/web:1")->required();
    onVerb(*tagVerb, chosen, names, Need::Images, &changeNames<&tagJob>);

    auto* untagVerb = images.add_subcommand("untag", "take names from an image, which stays");
    untagVerb->add_option("IMAGE", names->words, "reference or digest")->required();
    untagVerb->add_option("NAME", names->names, "all of its names by default");
    onVerb(*untagVerb, chosen, names, Need::Images, &changeNames<&untagJob>);

    const auto saving = std::make_shared<SaveOptions>();
    auto* saveVerb = images.add_subcommand("save", "write images to a file, or one to a folder");
    saveVerb->add_option("IMAGE", saving->words, "references or digests; several go into one archive")->required();
    saveVerb->add_option("-o,--output", saving->output, "must not exist")->required()->type_name("PATH");
    saveVerb->add_option("--format", saving->format, "docker-archive, oci-archive or oci-dir")->capture_default_str();
    onVerb(*saveVerb, chosen, saving, Need::Images, &save);

    const auto importing = std::make_shared<ImportOptions>();
    auto* importVerb = images.add_subcommand("import", "make an image of a tar of a whole root");
    importVerb->add_option("PATH", importing->path, "plain or packed (gzip, zstd, xz, bzip2)")->required();
    importVerb->add_option("NAME", importing->words.reference, "like team/web:1");
    importVerb
        ->add_option(
            "-c,--change", importing->words.instructions, "CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, USER, WORKDIR …")
        ->allow_extra_args(false);
    importVerb->add_option("-m,--message", importing->words.message, "for its history");
    importVerb->add_option("--platform", importing->platform, "OS/ARCH[/VARIANT] instead of this computer's");
    onVerb(*importVerb, chosen, importing, Need::Images, &importRoot);
    addPrune(images, chosen);
}

} // namespace twinhull
