// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/verbs/image_verbs.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "core/base/text.h"
#include "core/settings/settings.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

struct MigrateOptions {
    std::string name;
    std::string destination;
    bool isLive = false;
    bool isOffline = false;
    bool isCopied = false;
    bool isKept = false;
    bool isUndefined = false;
    bool isOnlyLookedAt = false;
    std::string pool;
    std::string via;
    std::uint64_t bandwidth = 0;
};

MigrationRequest requestOf(const MigrateOptions& options)
{
    using Request = MigrationRequest;
    Request request;
    if (options.isLive || options.isOffline)
        request.mode = options.isLive ? Request::Mode::Live : Request::Mode::Offline;
    request.disks = options.isCopied ? Request::Disks::Copied : Request::Disks::Shared;
    request.source = options.isKept ? Request::Source::Kept : Request::Source::Undefined;
    request.pool = QString::fromStdString(options.pool);
    request.transferUri = QString::fromStdString(options.via);
    request.mebibytesPerSecond = options.bandwidth;
    return request;
}

Result<SavedConnection> destinationOf(const Program& program, const QString& name)
{
    auto found = name == u"home"
        ? Result<SavedConnection>(SavedConnection{ {}, Settings(program.folders()).value(setting::kLibvirtUri), true })
        : ConnectionList(program.folders()).find(name);
    const auto here = program.vms()->connectionStatus();
    if (found && here && here->name == found->name)
        return Error{ ErrorCode::InvalidArgument, "it is there already", 0, "Name another: twinhullctl connections" };
    return found;
}

QJsonValue milliseconds(const std::optional<std::chrono::milliseconds>& time)
{
    return time ? QJsonValue(static_cast<double>(time->count())) : QJsonValue();
}

void tellMigration(Program& program, const WorkloadInfo& vm, const QString& to, const MigrationOutcome& outcome)
{
    if (program.wantsJson()) {
        program.print(QJsonValue(QJsonObject{
            { QStringLiteral("id"), outcome.key },
            { QStringLiteral("name"), vm.name },
            { QStringLiteral("connection"), to },
            { QStringLiteral("live"), outcome.wasLive },
            { QStringLiteral("duration_ms"), milliseconds(outcome.duration) },
            { QStringLiteral("standstill_ms"), milliseconds(outcome.standstill) },
            { QStringLiteral("left_files"), QJsonArray::fromStringList(outcome.leftFiles) },
        }));
        return program.finish();
    }
    program.print(outcome.key + u'\n');
    if (outcome.standstill)
        program.note(
            Program::tr("It stood still for %1.").arg(QString::fromStdString(formatDuration(*outcome.standstill))));
    for (const QString& file : outcome.leftFiles)
        program.note(Program::tr("%1 was copied and is still where it was.").arg(file));
    program.finish();
}

void tellObstacles(Program& program, const std::vector<MigrationObstacle>& obstacles)
{
    QJsonArray array;
    QString text;
    for (const auto& each : obstacles) {
        array.append(QJsonObject{
            { QStringLiteral("sentence"), each.sentence }, { QStringLiteral("next_step"), each.nextStep } });
        text += each.sentence + u' ' + each.nextStep + u'\n';
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(obstacles.empty() ? QStringLiteral("Nothing stands in the way.\n") : text);
    program.finish();
}

void migrateTo(Program& program, const WorkloadInfo& vm, const MigrateOptions& options)
{
    VmProvider* destination = program.connections().back();
    if (const auto available = destination->availability(); !available)
        return program.fail(Error(available.error()).withContext("migrate to " + options.destination));
    auto& migration = program.vms()->migration();
    if (options.isOnlyLookedAt) {
        const auto obstacles = std::make_shared<std::vector<MigrationObstacle>>();
        return program.run(migration.findObstacles(vm, destination->migration(), requestOf(options), obstacles),
            [&program, obstacles] { tellObstacles(program, *obstacles); });
    }
    const auto outcome = std::make_shared<MigrationOutcome>();
    program.run(migration.migrate(vm, destination->migration(), requestOf(options), outcome),
        [&program, vm, outcome, to = QString::fromStdString(options.destination)] {
            tellMigration(program, vm, to, *outcome);
        });
}

void migrateVm(Program& program, const MigrateOptions& options)
{
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto destination = destinationOf(program, QString::fromStdString(options.destination));
    if (!destination)
        return program.fail(Error(destination.error()).withContext("migrate " + options.name));
    program.alsoWith(*destination, [vm = *vm, options](Program& same) { migrateTo(same, vm, options); });
}

} // namespace

void addVmMigrationVerb(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<MigrateOptions>();
    auto* verb = vm.add_subcommand("migrate", "moves it to another connection, with its memory where it runs");
    verb->add_option("NAME", options->name, "name or UUID")->required();
    verb->add_option("DESTINATION", options->destination, "of `twinhullctl connections`")->required();
    auto* live
        = verb->add_flag("--live", options->isLive, "while it runs; its memory goes unencrypted over the network");
    verb->add_flag("--offline", options->isOffline, "one that is off")->excludes(live);
    verb->add_flag("--copy-storage", options->isCopied, "its disks too, into a pool of the destination");
    verb->add_option("--pool", options->pool, "for the copies; else \"default\", or the only one");
    auto* kept = verb->add_flag("--keep", options->isKept, "its definition stays here, too; with copied disks only");
    verb->add_flag("--undefine-source", options->isUndefined, "its definition does not stay here (the default)")
        ->excludes(kept);
    verb->add_option("--via", options->via, "how the hosts reach each other: tcp://HOST or tcp://HOST:PORT");
    verb->add_option("--bandwidth", options->bandwidth, "at most, in MiB per second")
        ->check(CLI::Range(1U, 1'000'000U));
    verb->add_flag("--check", options->isOnlyLookedAt, "only tell what stands in the way");
    onVerb(*verb, chosen, options, Need::Workloads, &migrateVm);
}

} // namespace twinhull
