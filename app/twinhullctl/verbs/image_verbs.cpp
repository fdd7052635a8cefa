// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/images/starter_image.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

constexpr qsizetype kShortDigest = 19; ///< "sha256:" and twelve digits

QJsonObject toJson(const ImageInfo& image)
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
            array.append(toJson(image));
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

/// Runs the job, then shows the images it left.
void runAndList(Program& program, std::unique_ptr<Job> job)
{
    program.run(std::move(job), [&program] {
        program.images().refresh();
        listImages(program);
    });
}

void load(Program& program, const std::string& path, const std::string& reference)
{
    runAndList(program, program.images().load(QString::fromStdString(path), QString::fromStdString(reference)));
}

void removeImage(Program& program, const std::string& name)
{
    const auto image = program.images().find(QString::fromStdString(name));
    if (!image) {
        program.fail(Error{
            ErrorCode::NotFound, "image " + name + " is not in the store", 0, "See what is with: twinhullctl images" });
        return;
    }
    for (const auto& info : program.registry().workloads()) {
        if (info.imageDigest == image->digest) {
            program.fail(Error{ ErrorCode::Busy, "image " + name + " is used by " + info.name.toStdString(), 0,
                "Remove that first with: twinhullctl remove " + info.name.toStdString() });
            return;
        }
    }
    runAndList(program, program.images().remove(QString::fromStdString(name)));
}

void makeStarter(Program& program)
{
    const std::string busybox = findExecutable("busybox");
    runAndList(program,
        buildStarterImage(
            program.folders(), busybox.empty() ? QStringLiteral("/bin/busybox") : QString::fromStdString(busybox)));
}

} // namespace

void addImageVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* images = app.add_subcommand("images", "the images of this person: list, load, remove, starter");
    images->require_subcommand(0, 1);
    images->fallthrough();
    images->callback([&chosen, images] {
        if (images->get_subcommands().empty())
            chosen = { Need::Images, listImages };
    });
    images->add_subcommand("list", "what is in the store")->callback([&chosen] {
        chosen = { Need::Images, listImages };
    });

    const auto path = std::make_shared<std::string>();
    const auto name = std::make_shared<std::string>();
    auto* loadVerb = images->add_subcommand("load", "an OCI layout, an OCI archive or a docker-archive from disk");
    loadVerb->add_option("PATH", *path, "folder or file")->required();
    loadVerb->add_option("--name", *name, "reference for an image that bears none")->type_name("REF");
    loadVerb->callback([&chosen, path, name] {
        chosen = { Need::Images, [path, name](Program& program) { load(program, *path, *name); } };
    });

    auto* removeVerb = images->add_subcommand("remove", "a reference, or by digest the image itself");
    removeVerb->add_option("IMAGE", *name, "reference or digest")->required();
    removeVerb->callback([&chosen, name] {
        chosen = { Need::Workloads, [name](Program& program) { removeImage(program, *name); } };
    });

    images->add_subcommand("starter", "build the starter image from this computer's busybox, without network")
        ->callback([&chosen] {
            chosen = { Need::Images, makeStarter };
        });
}

} // namespace twinhull
