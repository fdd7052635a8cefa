// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/base/text.h"
#include "core/containers/volumes.h"

#include <QJsonArray>
#include <QJsonObject>

#include <iostream>

namespace twinhull {

namespace {

/// Volumes and what each takes on disk.
struct Measured {
    std::vector<VolumeInfo> volumes;
    std::vector<std::uint64_t> bytes;
};

struct NamesOptions {
    std::vector<std::string> names;
};

struct FileOptions {
    std::string name;
    std::string path;
};

struct PruneOptions {
    bool isForced = false;
};

QJsonObject volumeJson(const VolumeInfo& volume, std::uint64_t bytes)
{
    return {
        { QStringLiteral("name"), volume.name },
        { QStringLiteral("path"), volume.path },
        { QStringLiteral("created_at"), volume.created.toUTC().toString(Qt::ISODate) },
        { QStringLiteral("used_by"), QJsonArray::fromStringList(volume.users) },
        { QStringLiteral("bytes"), static_cast<double>(bytes) },
    };
}

void printVolumes(Program& program, const Measured& measured)
{
    QJsonArray array;
    TextTable table(
        { QStringLiteral("NAME"), QStringLiteral("SIZE"), QStringLiteral("CREATED"), QStringLiteral("USED BY") });
    for (std::size_t i = 0; i < measured.volumes.size(); ++i) {
        const auto& volume = measured.volumes[i];
        array.append(volumeJson(volume, measured.bytes[i]));
        table.add({ volume.name, QString::fromStdString(formatBytes(measured.bytes[i])),
            volume.created.toUTC().toString(Qt::ISODate), volume.users.join(QStringLiteral(", ")) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
}

/// Measures these volumes on a thread, then goes on.
void withSizes(Program& program, std::vector<VolumeInfo> volumes, std::function<void(const Measured&)> then)
{
    const auto measured = std::make_shared<Measured>(Measured{ std::move(volumes), {} });
    auto job = std::make_unique<ThreadJob>(
        QObject::tr("Measure the volumes"), QThreadPool::globalInstance(), [measured](JobContext& context) {
            auto sizes = measureVolumes(measured->volumes, [&context] { return context.isCancelled(); });
            if (!sizes)
                return Result<>(std::move(sizes).error());
            measured->bytes = *std::move(sizes);
            return Result<>();
        });
    program.run(std::move(job), [measured, then = std::move(then)] { then(*measured); });
}

/// The volumes of these names, all where there are none; the failure is told.
std::optional<std::vector<VolumeInfo>> chosenVolumes(Program& program, const std::vector<std::string>& names)
{
    auto all = listVolumes(program.folders());
    std::vector<VolumeInfo> chosen;
    for (const auto& name : names) {
        auto volume = all ? findVolume(program.folders(), QString::fromStdString(name)) : all.error();
        if (!volume) {
            program.fail(volume.error());
            return {};
        }
        chosen.push_back(*std::move(volume));
    }
    if (!all) {
        program.fail(all.error());
        return {};
    }
    return names.empty() ? *std::move(all) : chosen;
}

void listThem(Program& program, const NamesOptions& options)
{
    auto volumes = chosenVolumes(program, options.names);
    if (!volumes)
        return;
    withSizes(program, *std::move(volumes), [&program](const Measured& measured) {
        printVolumes(program, measured);
        program.finish();
    });
}

/// Does the same to each name, to the first that fails, and tells the names that went well.
template <auto act>
void forEachName(Program& program, const NamesOptions& options)
{
    QJsonArray done;
    for (const auto& name : options.names) {
        if (auto acted = act(program.folders(), QString::fromStdString(name)); !acted) {
            program.fail(acted.error());
            return;
        }
        done.append(QString::fromStdString(name));
        if (!program.wantsJson())
            program.print(QString::fromStdString(name) + u'\n');
    }
    if (program.wantsJson())
        program.print(QJsonValue(done));
    program.finish();
}

void removeUnused(Program& program, const Measured& measured)
{
    NamesOptions names;
    for (const auto& volume : measured.volumes)
        names.names.push_back(volume.name.toStdString());
    forEachName<&removeVolume>(program, names);
}

void prune(Program& program, const PruneOptions& options)
{
    auto all = listVolumes(program.folders());
    if (!all) {
        program.fail(all.error());
        return;
    }
    std::vector<VolumeInfo> unused;
    for (auto& volume : *all) {
        if (volume.users.isEmpty())
            unused.push_back(std::move(volume));
    }
    if (program.wantsJson() && !options.isForced) {
        program.fail(Error{ ErrorCode::InvalidArgument, "prune with --json asks nothing", 0,
            "Add --force to remove the volumes that no container uses." });
        return;
    }
    withSizes(program, std::move(unused), [&program, isForced = options.isForced](const Measured& measured) {
        if (!isForced && !measured.volumes.empty()) {
            printVolumes(program, measured);
            std::cerr << "Remove these, and what is in them? [y/N] " << std::flush;
            std::string answer;
            if (!std::getline(std::cin, answer) || (answer != "y" && answer != "Y" && answer != "yes")) {
                program.finish();
                return;
            }
        }
        removeUnused(program, measured);
    });
}

template <auto act>
void carry(Program& program, const FileOptions& options)
{
    const QString name = QString::fromStdString(options.name);
    const bool isExport = act == &exportVolume;
    auto job = std::make_unique<ThreadJob>(
        (isExport ? QObject::tr("Export volume %1") : QObject::tr("Import volume %1")).arg(name),
        QThreadPool::globalInstance(), [folders = program.folders(), name, path = options.path](JobContext& context) {
            return act(folders, name, path, context);
        });
    program.run(std::move(job), [&program, name] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{ { QStringLiteral("name"), name } }));
        else
            program.print(name + u'\n');
        program.finish();
    });
}

} // namespace

void addVolumeVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* volumes = app.add_subcommand("volume", "folders with names that containers mount and that outlive them");
    volumes->require_subcommand(1);
    volumes->fallthrough();

    const auto names = std::make_shared<NamesOptions>();
    auto* listVerb = volumes->add_subcommand("list", "what there is, how large, and who uses it");
    listVerb->add_option("NAME", names->names, "all by default");
    onVerb(*listVerb, chosen, names, Need::Images, &listThem);
    auto* createVerb = volumes->add_subcommand("create", "empty ones; a container makes those it names by itself");
    createVerb->add_option("NAME", names->names)->required();
    onVerb(*createVerb, chosen, names, Need::Images, &forEachName<&createVolume>);
    auto* removeVerb = volumes->add_subcommand("remove", "volumes that no container uses, and what is in them");
    removeVerb->add_option("NAME", names->names)->required();
    onVerb(*removeVerb, chosen, names, Need::Images, &forEachName<&removeVolume>);

    const auto pruning = std::make_shared<PruneOptions>();
    auto* pruneVerb = volumes->add_subcommand("prune", "remove all volumes that no container uses");
    pruneVerb->add_flag("-f,--force", pruning->isForced, "do not ask");
    onVerb(*pruneVerb, chosen, pruning, Need::Images, &prune);

    const auto exporting = std::make_shared<FileOptions>();
    auto* exportVerb = volumes->add_subcommand("export", "a tar of all that is in a volume");
    exportVerb->add_option("NAME", exporting->name)->required();
    exportVerb->add_option("-o,--output", exporting->path, "must not exist")->required()->type_name("FILE");
    onVerb(*exportVerb, chosen, exporting, Need::Images, &carry<&exportVolume>);

    const auto importing = std::make_shared<FileOptions>();
    auto* importVerb = volumes->add_subcommand("import", "make a volume of a tar, plain or packed");
    importVerb->add_option("NAME", importing->name, "not there yet, or empty")->required();
    importVerb->add_option("FILE", importing->path)->required();
    onVerb(*importVerb, chosen, importing, Need::Images, &carry<&importVolume>);
}

} // namespace twinhull
