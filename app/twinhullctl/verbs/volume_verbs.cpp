// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/base/text.h"
#include "core/volumes/volume_jobs.h"

#include <QJsonArray>
#include <QJsonObject>

#include <iostream>

namespace twinhull {

namespace {

struct VolumeNames {
    std::vector<std::string> names;

    QStringList list() const
    {
        QStringList all;
        for (const auto& name : names)
            all << QString::fromStdString(name);
        return all;
    }
};

struct VolumeMaking : VolumeNames {
    std::string size;
    std::vector<std::string> options; ///< podman's words
};

struct VolumeFile {
    std::string name;
    std::string path;
};

struct VolumePruning {
    bool isForced = false;
};

QJsonValue jsonOf(const std::optional<std::uint64_t>& bytes)
{
    return bytes ? QJsonValue(static_cast<double>(*bytes)) : QJsonValue();
}

QString limitText(const VolumeInfo& volume)
{
    if (!volume.limitNeeds.isEmpty())
        return volume.limitNeeds;
    return volume.limitBytes ? QString::fromStdString(formatBytes(*volume.limitBytes)) : Program::tr("none");
}

void printVolumes(Program& program, const MeasuredVolumes& measured)
{
    QJsonArray array;
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("SIZE"), QStringLiteral("LIMIT"),
        QStringLiteral("CREATED"), QStringLiteral("USED BY") });
    for (std::size_t i = 0; i < measured.volumes.size(); ++i) {
        const auto& volume = measured.volumes[i];
        const QString created = volume.created.toUTC().toString(Qt::ISODate);
        array.append(QJsonObject{
            { QStringLiteral("name"), volume.name },
            { QStringLiteral("path"), volume.path },
            { QStringLiteral("created_at"), created },
            { QStringLiteral("used_by"), QJsonArray::fromStringList(volume.users) },
            { QStringLiteral("bytes"), static_cast<double>(measured.bytes[i]) },
            { QStringLiteral("limit_bytes"), jsonOf(volume.limitBytes) },
            { QStringLiteral("counted_bytes"), jsonOf(volume.countedBytes) },
            { QStringLiteral("limit_needs"),
                volume.limitNeeds.isEmpty() ? QJsonValue() : QJsonValue(volume.limitNeeds) },
        });
        table.add({ volume.name, QString::fromStdString(formatBytes(measured.bytes[i])), limitText(volume), created,
            volume.users.join(QStringLiteral(", ")) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
}

void withVolumes(Program& program, const QStringList& names, std::function<void(const MeasuredVolumes&)> then)
{
    const auto measured = std::make_shared<MeasuredVolumes>();
    program.run(
        readVolumesJob(program.folders(), names, measured), [measured, then = std::move(then)] { then(*measured); });
}

void listThem(Program& program, const VolumeNames& options)
{
    withVolumes(program, options.list(), [&program](const MeasuredVolumes& measured) {
        printVolumes(program, measured);
        program.finish();
    });
}

/// Tells the names that something was done with.
void printNames(Program& program, const QStringList& names)
{
    if (program.wantsJson())
        program.print(QJsonValue(QJsonArray::fromStringList(names)));
    else if (!names.isEmpty())
        program.print(names.join(u'\n') + u'\n');
    program.finish();
}

template <auto makeJob>
void forEachName(Program& program, const VolumeNames& options)
{
    std::vector<std::unique_ptr<Job>> jobs;
    for (const QString& name : options.list())
        jobs.push_back(makeJob(program.folders(), name));
    program.runAll(std::move(jobs), [&program, names = options.list()] { printNames(program, names); });
}

/// --size, or podman's --opt o=size=SIZE.
Result<std::optional<std::uint64_t>> limitFrom(const VolumeMaking& options)
{
    constexpr std::string_view kSizeOption = "o=size=";
    std::string size = options.size;
    for (const auto& option : options.options) {
        if (!option.starts_with(kSizeOption) || !size.empty())
            return Error{ ErrorCode::InvalidArgument, "--opt " + option + ": only a size can be given, once", 0,
                "Write it as --size 100M or --opt o=size=100M." };
        size = option.substr(kSizeOption.size());
    }
    if (size.empty())
        return std::optional<std::uint64_t>();
    auto bytes = parseSize(size);
    return bytes ? Result(std::optional(*bytes)) : Result<std::optional<std::uint64_t>>(std::move(bytes).error());
}

void createThem(Program& program, const VolumeMaking& options)
{
    const auto limit = limitFrom(options);
    if (!limit)
        return program.fail(limit.error());
    std::vector<std::unique_ptr<Job>> jobs;
    for (const QString& name : options.list())
        jobs.push_back(createVolumeJob(program.folders(), name, *limit));
    program.runAll(std::move(jobs), [&program, names = options.list()] { printNames(program, names); });
}

bool isRemovalAgreed()
{
    std::cerr << "Remove these, and what is in them? [y/N] " << std::flush;
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

void prune(Program& program, const VolumePruning& options)
{
    if (program.wantsJson() && !options.isForced) {
        program.fail(Error{ ErrorCode::InvalidArgument, "prune with --json asks nothing", 0,
            "Add --force to remove the volumes that no container uses." });
        return;
    }
    withVolumes(program, {}, [&program, isForced = options.isForced](const MeasuredVolumes& all) {
        MeasuredVolumes unused;
        VolumeNames names;
        for (std::size_t i = 0; i < all.volumes.size(); ++i) {
            if (!all.volumes[i].users.isEmpty())
                continue;
            unused.volumes.push_back(all.volumes[i]);
            unused.bytes.push_back(all.bytes[i]);
            names.names.push_back(all.volumes[i].name.toStdString());
        }
        if (!isForced && !names.names.empty()) {
            printVolumes(program, unused);
            if (!isRemovalAgreed()) {
                program.finish();
                return;
            }
        }
        forEachName<&removeVolumeJob>(program, names);
    });
}

template <auto makeJob>
void carry(Program& program, const VolumeFile& options)
{
    const QString name = QString::fromStdString(options.name);
    program.run(makeJob(program.folders(), name, QString::fromStdString(options.path)),
        [&program, name] { printNames(program, { name }); });
}

} // namespace

void addVolumeVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* volumes = app.add_subcommand("volume", "folders with names that containers mount and that outlive them");
    volumes->require_subcommand(1);
    volumes->fallthrough();

    const auto names = std::make_shared<VolumeNames>();
    auto* listVerb = volumes->add_subcommand("list", "what there is, how large, and who uses it");
    listVerb->add_option("NAME", names->names, "all by default");
    onVerb(*listVerb, chosen, names, Need::Images, &listThem);
    auto* createVerb = volumes->add_subcommand("create", "empty ones; a container makes those it names by itself");
    const auto making = std::make_shared<VolumeMaking>();
    createVerb->add_option("NAME", making->names)->required();
    createVerb->add_option("--size", making->size, "what each may take: 100M; needs root and the mount option prjquota")
        ->type_name("SIZE");
    createVerb->add_option("-o,--opt", making->options, "o=size=SIZE, as podman writes it")->type_name("OPTION");
    onVerb(*createVerb, chosen, making, Need::Images, &createThem);
    auto* removeVerb = volumes->add_subcommand("remove", "volumes that no container uses, and what is in them");
    removeVerb->add_option("NAME", names->names)->required();
    onVerb(*removeVerb, chosen, names, Need::Images, &forEachName<&removeVolumeJob>);

    const auto pruning = std::make_shared<VolumePruning>();
    auto* pruneVerb = volumes->add_subcommand("prune", "remove all volumes that no container uses");
    pruneVerb->add_flag("-f,--force", pruning->isForced, "do not ask");
    onVerb(*pruneVerb, chosen, pruning, Need::Images, &prune);

    const auto exporting = std::make_shared<VolumeFile>();
    auto* exportVerb = volumes->add_subcommand("export", "a tar of all that is in a volume");
    exportVerb->add_option("NAME", exporting->name)->required();
    exportVerb->add_option("-o,--output", exporting->path, "must not exist")->required()->type_name("FILE");
    onVerb(*exportVerb, chosen, exporting, Need::Images, &carry<&exportVolumeJob>);

    const auto importing = std::make_shared<VolumeFile>();
    auto* importVerb = volumes->add_subcommand("import", "make a volume of a tar, plain or packed");
    importVerb->add_option("NAME", importing->name, "not there yet, or empty")->required();
    importVerb->add_option("FILE", importing->path)->required();
    onVerb(*importVerb, chosen, importing, Need::Images, &carry<&importVolumeJob>);
}

} // namespace twinhull
