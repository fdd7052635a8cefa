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
    std::string name;
};

void removeImage(Program& program, const RemoveOptions& options)
{
    const std::string& name = options.name;
    const auto image = chosenImage(program, name);
    if (!image)
        return;
    for (const auto& info : program.registry().workloads()) {
        if (info.imageDigest == image->digest) {
            program.fail(Error{ ErrorCode::Busy, "image " + name + " is used by " + info.name.toStdString(), 0,
                "Remove that first with: twinhullctl remove " + info.name.toStdString() });
            return;
        }
    }
    lookIntoBins(program.registry(), program,
        [&program, name, digest = image->digest](const std::vector<BinnedWorkload>& found) {
            for (const auto& entry : found) {
                if (entry.imageDigest == digest)
                    return program.fail(Error{ ErrorCode::Busy,
                        "image " + name + " is needed to bring " + entry.name.toStdString()
                            + " back, which was removed",
                        0, "Remove that for good with: twinhullctl bin remove " + entry.name.toStdString() });
            }
            runAndList(program, program.images().remove(QString::fromStdString(name)));
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
        program.fail(Error{ ErrorCode::NotFound, "image " + words + " is not in the store", 0,
            "See what is with: twinhullctl images" });
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
    auto* removeVerb = images->add_subcommand("remove", "a reference, or by digest the image itself");
    removeVerb->add_option("IMAGE", removing->name, "reference or digest")->required();
    onVerb(*removeVerb, chosen, removing, Need::Workloads, &removeImage);

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
