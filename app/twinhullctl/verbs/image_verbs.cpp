// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"

#include "app/twinhullctl/text_table.h"
#include "core/workload/look_into_bins.h"
#include "core/base/text.h"
#include "core/images/image_jobs.h"
#include "core/images/starter_image.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

constexpr qsizetype kShortDigest = 19; ///< "sha256:" and twelve digits

Error missingImage(const std::string& words)
{
    return Error{ ErrorCode::NotFound, "image " + words + " is not in the store", 0,
        "See what is with: twinhullctl images" };
}

struct ImageLoadOptions {
    std::string path;
    std::string name;
    std::string platform;
};

void load(Program& program, const ImageLoadOptions& options)
{
    auto platform = options.platform.empty() ? Result<ImagePlatform>(hostPlatform()) : parsePlatform(options.platform);
    if (!platform) {
        program.fail(platform.error());
        return;
    }
    runAndList(program, loadJob(program.images(), { options.path, options.name, *platform }));
}

struct RemoveOptions {
    std::vector<std::string> names;
};

/// What stands in the way of removing the image of this name.
std::optional<Error> hindranceTo(const std::string& name, Program& program, const std::vector<BinnedWorkload>& binned)
{
    const auto image = program.images().find(QString::fromStdString(name));
    if (!image)
        return missingImage(name);
    for (const auto& info : program.registry().workloads()) {
        if (info.imageDigest == image->digest)
            return Error{ ErrorCode::Busy, "image " + name + " is used by " + info.name.toStdString(), 0,
                "Remove that first with: twinhullctl remove " + info.name.toStdString() };
    }
    for (const auto& entry : binned) {
        if (entry.imageDigest == image->digest)
            return Error{ ErrorCode::Busy,
                "image " + name + " is needed to bring " + entry.name.toStdString() + " back, which was removed", 0,
                "Remove that for good with: twinhullctl bin remove " + entry.id.key.toStdString() };
    }
    return {};
}

/// All that is in the way, told at once.
Error together(const std::vector<Error>& hindrances, bool isAboutSeveral)
{
    Error error = hindrances.front();
    for (auto next = hindrances.begin() + 1; next != hindrances.end(); ++next) {
        error.message += "; " + next->message;
        error.hint += next->hint == hindrances.front().hint ? "" : " " + next->hint;
    }
    if (isAboutSeveral)
        error.hint = "None was removed. " + error.hint;
    return error;
}

/// All are judged before the first goes.
void removeChosen(Program& program, const RemoveOptions& options)
{
    lookIntoBins(program.registry(), program, [&program, names = options.names](const BinsFound& binned) {
        if (const auto needed = imagesNeededBy(binned); !needed)
            return program.fail(needed.error());
        std::vector<Error> hindrances;
        QStringList words;
        for (const auto& name : names) {
            words << QString::fromStdString(name);
            if (auto hindrance = hindranceTo(name, program, *binned))
                hindrances.push_back(*std::move(hindrance));
        }
        if (!hindrances.empty())
            return program.fail(together(hindrances, names.size() > 1));
        runAndList(program, removeJob(program.images(), words));
    });
}

void makeStarter(Program& program)
{
    runAndList(program, buildStarterImage(program.folders(), starterBusybox()));
}

} // namespace

QJsonObject imageJson(const ImageInfo& image)
{
    QJsonObject labels;
    for (auto it = image.labels.begin(); it != image.labels.end(); ++it)
        labels[it.key()] = it.value();
    return {
        { QStringLiteral("digest"), image.digest },
        { QStringLiteral("references"), QJsonArray::fromStringList(image.references) },
        { QStringLiteral("compressed_bytes"), static_cast<double>(image.compressedBytes) },
        { QStringLiteral("created_at"),
            image.created.isValid() ? QJsonValue(image.created.toUTC().toString(Qt::ISODate)) : QJsonValue() },
        { QStringLiteral("architecture"), image.architecture },
        { QStringLiteral("entrypoint"), QJsonArray::fromStringList(image.entrypoint) },
        { QStringLiteral("command"), QJsonArray::fromStringList(image.command) },
        { QStringLiteral("exposed_ports"), QJsonArray::fromStringList(image.exposedPorts) },
        { QStringLiteral("labels"), labels },
    };
}

void listImages(Program& program)
{
    const auto images = program.images().images();
    if (program.wantsJson()) {
        QJsonArray array;
        for (const auto& image : images)
            array.append(imageJson(image));
        program.print(QJsonValue(array));
    } else {
        TextTable table({ QStringLiteral("REFERENCE"), QStringLiteral("DIGEST"), QStringLiteral("SIZE"),
            QStringLiteral("CREATED") });
        for (const auto& image : images)
            table.add({ image.references.join(u','), image.digest.left(kShortDigest),
                QString::fromStdString(formatBytes(image.compressedBytes)),
                image.created.toUTC().toString(Qt::ISODate) });
        program.print(table.toText());
    }
    program.finish();
}

void runAndList(Program& program, std::unique_ptr<Job> job)
{
    program.run(std::move(job), [&program] {
        program.images().refresh();
        listImages(program);
    });
}

void printImage(Program& program, const QString& words)
{
    program.images().refresh();
    const auto image = program.images().find(words);
    if (image && program.wantsJson())
        program.print(QJsonValue(imageJson(*image)));
    else if (image)
        program.print(image->digest + u'\n');
    program.finish();
}

std::optional<ImageInfo> chosenImage(Program& program, const std::string& words)
{
    auto image = program.images().find(QString::fromStdString(words));
    if (!image)
        program.fail(missingImage(words));
    return image;
}

void addAccessOptions(CLI::App& verb, AccessOptions& options)
{
    verb.add_option("--tls-verify", options.tlsVerify, "false: take a registry without TLS or with any certificate")
        ->check(CLI::IsMember({ "true", "false" }))
        ->type_name("BOOL");
    verb.add_option("--authfile", options.authFile, "where logins are kept; skopeo's own by default")
        ->type_name("FILE");
}

void addImageVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* images = app.add_subcommand("images", "the images of this person: pull, load, inspect, save, push, remove");
    images->require_subcommand(0, 1);
    images->fallthrough();
    images->callback([&chosen, images] {
        if (images->get_subcommands().empty())
            chosen = { Need::Images, listImages };
    });
    images->add_subcommand("list", "what is in the store")->callback([&chosen] {
        chosen = { Need::Images, listImages };
    });

    const auto loading = std::make_shared<ImageLoadOptions>();
    auto* loadVerb = images->add_subcommand("load", "an OCI layout, an OCI archive or a docker-archive from disk");
    loadVerb->add_option("PATH", loading->path, "folder or file")->required();
    loadVerb->add_option("--name", loading->name, "reference for an image that bears none")->type_name("REF");
    loadVerb->add_option("--platform", loading->platform, "OS/ARCH[/VARIANT] instead of this computer's");
    onVerb(*loadVerb, chosen, loading, Need::Images, &load);

    const auto removing = std::make_shared<RemoveOptions>();
    auto* removeVerb = images->add_subcommand("remove", "references, or by digest the images themselves: all or none");
    removeVerb->add_option("IMAGE", removing->names, "references or digests")->required();
    onVerb(*removeVerb, chosen, removing, Need::Workloads, &removeChosen);

    images->add_subcommand("starter", "build the starter image from this computer's busybox, without network")
        ->callback([&chosen] {
            chosen = { Need::Images, makeStarter };
        });
    addImageInspectVerbs(*images, chosen);
    addImageChangeVerbs(*images, chosen);
    addImageBuildVerb(*images, chosen);
    addImageRegistryVerbs(*images, chosen);
}

} // namespace twinhull
