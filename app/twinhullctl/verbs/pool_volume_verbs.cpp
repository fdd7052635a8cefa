// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/pool_verbs.h"

#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/image_verbs.h"
#include "core/base/text.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace twinhull {

namespace {

struct PoolVolumeOptions {
    std::string pool;
    std::string name; ///< of info it may be empty: all
    std::string size;
    std::string format;
    std::string backing;
    std::string copy; ///< of clone: NAME or POOL/NAME
    std::string file;
    bool isWhole = false;
    bool isShrunk = false;
    bool isForced = false;

    VolumeName volume() const { return { QString::fromStdString(pool), QString::fromStdString(name) }; }
};

using VolumeJob = std::function<std::unique_ptr<Job>(MachineStorage&)>;

void runVolumeJob(Program& program, const VolumeJob& make)
{
    if (auto* storage = storageOf(program))
        program.run(make(*storage), [&program] { program.finish(); });
}

QString usersOf(const MachineVolume& volume)
{
    QStringList words;
    for (const auto& user : volume.users)
        words << QStringLiteral("%1 (%2)").arg(
            user.name, user.isRunning ? Program::tr("%1, runs").arg(user.role) : user.role);
    return words.join(QStringLiteral(", "));
}

void listPoolVolumes(Program& program, const PoolVolumeOptions& options)
{
    auto* storage = storageOf(program);
    if (storage == nullptr)
        return;
    const QStringList names
        = options.pool.empty() ? QStringList() : QStringList{ QString::fromStdString(options.pool) };
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    program.run(storage->readPools(names, pools), [&program, pools] {
        std::vector<MachineVolume> volumes;
        QJsonArray array;
        for (const auto& pool : *pools) {
            for (const auto& volume : pool.volumes) {
                volumes.push_back(volume);
                array.append(machineVolumeJson(volume));
            }
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(volumesText(volumes));
        program.finish();
    });
}

void printPoolVolume(Program& program, const MachineVolume& volume)
{
    if (program.wantsJson()) {
        program.print(QJsonValue(machineVolumeJson(volume)));
        program.finish();
        return;
    }
    TextTable facts({ QStringLiteral("VOLUME"), volume.name });
    facts.add({ Program::tr("pool"), volume.pool });
    facts.add({ Program::tr("path"), volume.path });
    facts.add({ Program::tr("format"), volume.format });
    facts.add({ Program::tr("size"), QString::fromStdString(formatBytes(volume.capacityBytes)) });
    facts.add({ Program::tr("taken"), QString::fromStdString(formatBytes(volume.allocatedBytes)) });
    if (!volume.backingPath.isEmpty())
        facts.add({ Program::tr("based on"), volume.backingPath });
    facts.add({ Program::tr("used by"), volume.users.empty() ? Program::tr("nobody") : usersOf(volume) });
    program.print(facts.toText());
    program.finish();
}

void showPoolVolume(Program& program, const PoolVolumeOptions& options)
{
    auto* storage = storageOf(program);
    if (storage == nullptr)
        return;
    const auto pools = std::make_shared<std::vector<MachinePool>>();
    program.run(storage->readPools({ options.volume().pool }, pools), [&program, pools, name = options.volume().name] {
        const auto& volumes = pools->front().volumes;
        const auto found = std::find_if(
            volumes.begin(), volumes.end(), [&name](const MachineVolume& volume) { return volume.name == name; });
        if (found != volumes.end())
            printPoolVolume(program, *found);
        else
            program.fail(Error{ ErrorCode::NotFound, "there is no volume " + name.toStdString(), 0,
                "See what is there with: twinhullctl pool volume list" });
    });
}

void createPoolVolume(Program& program, const PoolVolumeOptions& options)
{
    VolumeWish wish{ options.volume(), 0, QString::fromStdString(options.format),
        QString::fromStdString(options.backing), options.isWhole };
    if (!options.size.empty()) {
        const auto bytes = parseSize(options.size);
        if (!bytes) {
            program.fail(bytes.error());
            return;
        }
        wish.capacityBytes = *bytes;
    }
    runVolumeJob(program, [&wish](MachineStorage& storage) { return storage.createVolume(wish); });
}

void resizePoolVolume(Program& program, const PoolVolumeOptions& options)
{
    const auto bytes = parseSize(options.size);
    if (!bytes) {
        program.fail(bytes.error());
        return;
    }
    runVolumeJob(program, [&options, &bytes](MachineStorage& storage) {
        return storage.resizeVolume(
            options.volume(), *bytes, options.isShrunk ? ShrinkRule::Allow : ShrinkRule::Refuse);
    });
}

void clonePoolVolume(Program& program, const PoolVolumeOptions& options)
{
    const QString copy = QString::fromStdString(options.copy);
    const bool isElsewhere = copy.contains(u'/');
    const VolumeName to{ isElsewhere ? copy.section(u'/', 0, 0) : QString::fromStdString(options.pool),
        isElsewhere ? copy.section(u'/', 1) : copy };
    runVolumeJob(program, [&options, &to](MachineStorage& storage) {
        return storage.cloneVolume(options.volume(), to, QString::fromStdString(options.format));
    });
}

void uploadPoolVolume(Program& program, const PoolVolumeOptions& options)
{
    runVolumeJob(program, [&options](MachineStorage& storage) {
        return storage.uploadVolume(options.volume(), QString::fromStdString(options.file));
    });
}

void downloadPoolVolume(Program& program, const PoolVolumeOptions& options)
{
    runVolumeJob(program, [&options](MachineStorage& storage) {
        return storage.downloadVolume(options.volume(), QString::fromStdString(options.file));
    });
}

void wipePoolVolume(Program& program, const PoolVolumeOptions& options)
{
    runVolumeJob(program, [&options](MachineStorage& storage) { return storage.wipeVolume(options.volume()); });
}

void deletePoolVolume(Program& program, const PoolVolumeOptions& options)
{
    runVolumeJob(program, [&options](MachineStorage& storage) {
        return storage.deleteVolume(options.volume(), options.isForced ? VolumeUse::IgnoreStopped : VolumeUse::Refuse);
    });
}

CLI::App* addPoolVolumeVerb(CLI::App& volumes, ChosenVerb& chosen, const char* name, const char* about,
    const std::shared_ptr<PoolVolumeOptions>& options, void (*act)(Program&, const PoolVolumeOptions&))
{
    auto* verb = volumes.add_subcommand(name, about);
    verb->add_option("POOL", options->pool)->required();
    verb->add_option("VOLUME", options->name)->required();
    onVerb(*verb, chosen, options, Need::Workloads, act);
    return verb;
}

void addMakingVerbs(CLI::App& volumes, ChosenVerb& chosen)
{
    const auto making = std::make_shared<PoolVolumeOptions>();
    auto* create = addPoolVolumeVerb(
        volumes, chosen, "create", "an empty disk, or one based on another", making, &createPoolVolume);
    create->add_option("--size", making->size, "as a guest sees it: 20G")->type_name("SIZE");
    create->add_option("--format", making->format, "qcow2 where the pool keeps files; raw, vmdk …");
    create->add_option("--backing", making->backing, "what it is based on, and as large as")->type_name("PATH");
    create->add_flag("--whole", making->isWhole, "take its room at once");
    const auto resizing = std::make_shared<PoolVolumeOptions>();
    auto* resize = addPoolVolumeVerb(volumes, chosen, "resize",
        "a disk; that of a running VM is enlarged while it runs", resizing, &resizePoolVolume);
    resize->add_option("SIZE", resizing->size)->required();
    resize->add_flag("--shrink", resizing->isShrunk, "make it smaller and lose what is at its end");
    const auto cloning = std::make_shared<PoolVolumeOptions>();
    auto* clone = addPoolVolumeVerb(volumes, chosen, "clone", "a copy that stands alone", cloning, &clonePoolVolume);
    clone->add_option("COPY", cloning->copy, "a new name, or POOL/NAME")->required();
    clone->add_option("--format", cloning->format, "another than it has");
}

} // namespace

QJsonObject machineVolumeJson(const MachineVolume& volume)
{
    QJsonArray users;
    for (const auto& user : volume.users)
        users.append(QJsonObject{ { QStringLiteral("name"), user.name }, { QStringLiteral("role"), user.role },
            { QStringLiteral("running"), user.isRunning } });
    return { { QStringLiteral("pool"), volume.pool }, { QStringLiteral("name"), volume.name },
        { QStringLiteral("path"), volume.path }, { QStringLiteral("kind"), volume.kind },
        { QStringLiteral("format"), volume.format },
        { QStringLiteral("based_on"), volume.backingPath.isEmpty() ? QJsonValue() : QJsonValue(volume.backingPath) },
        { QStringLiteral("capacity_bytes"), static_cast<double>(volume.capacityBytes) },
        { QStringLiteral("allocated_bytes"), static_cast<double>(volume.allocatedBytes) },
        { QStringLiteral("used_by"), users } };
}

QString volumesText(const std::vector<MachineVolume>& volumes)
{
    TextTable table({ QStringLiteral("POOL"), QStringLiteral("VOLUME"), QStringLiteral("SIZE"), QStringLiteral("TAKEN"),
        QStringLiteral("FORMAT"), QStringLiteral("USED BY") });
    for (const auto& volume : volumes)
        table.add({ volume.pool, volume.name, QString::fromStdString(formatBytes(volume.capacityBytes)),
            QString::fromStdString(formatBytes(volume.allocatedBytes)), volume.format, usersOf(volume) });
    return table.toText();
}

void addPoolVolumeVerbs(CLI::App& pool, ChosenVerb& chosen)
{
    auto* volumes = pool.add_subcommand("volume", "disks in pools");
    volumes->require_subcommand(1);
    volumes->fallthrough();
    const auto listing = std::make_shared<PoolVolumeOptions>();
    auto* list = volumes->add_subcommand("list", "what is in running pools, and who uses it");
    list->add_option("POOL", listing->pool, "all by default");
    onVerb(*list, chosen, listing, Need::Workloads, &listPoolVolumes);
    const auto fresh = [] { return std::make_shared<PoolVolumeOptions>(); };
    addPoolVolumeVerb(*volumes, chosen, "info", "all of one", fresh(), &showPoolVolume);
    addMakingVerbs(*volumes, chosen);
    const auto uploading = fresh();
    addPoolVolumeVerb(*volumes, chosen, "upload", "a new volume of a file, byte for byte", uploading, &uploadPoolVolume)
        ->add_option("FILE", uploading->file)
        ->required();
    const auto downloading = fresh();
    addPoolVolumeVerb(*volumes, chosen, "download", "into a new file", downloading, &downloadPoolVolume)
        ->add_option("FILE", downloading->file, "must not exist")
        ->required();
    addPoolVolumeVerb(*volumes, chosen, "wipe", "overwrites with zeros what no VM uses", fresh(), &wipePoolVolume);
    const auto deleting = fresh();
    addPoolVolumeVerb(*volumes, chosen, "delete", "what no VM uses, and what is in it", deleting, &deletePoolVolume)
        ->add_flag("-f,--force", deleting->isForced, "though VMs that do not run have it, or may have it");
}

} // namespace twinhull
