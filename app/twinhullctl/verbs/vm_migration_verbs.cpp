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

/// To look at only: what a machine is called at a connection, and what is swept of it, goes by the connection's name.
Result<SavedConnection> unsavedDestination(const Program& program, const QString& uri, const MigrateOptions& options)
{
    if (const auto good = checkConnectionUri(uri); !good)
        return good.error();
    if (!options.isOnlyLookedAt)
        return Error{ ErrorCode::NotFound, uri.toStdString() + " is no connection that is kept", 0,
            "Keep it first: twinhullctl connect " + uri.toStdString() };
    QString name = connectionNameFrom(uri) + QStringLiteral("-unsaved");
    while (ConnectionList(program.folders()).find(name)) // the name of another host would be its machines' name
        name += QStringLiteral("-");
    return SavedConnection{ name, uri, false };
}

Result<SavedConnection> destinationOf(const Program& program, const MigrateOptions& options)
{
    const QString name = QString::fromStdString(options.destination);
    const QString home = Settings(program.folders()).value(setting::kLibvirtUri);
    auto found = name == u"home" || name == home ? Result<SavedConnection>(SavedConnection{ {}, home, true })
                                                 : ConnectionList(program.folders()).find(name);
    if (!found && found.error().code == ErrorCode::NotFound && name.contains(QLatin1String("://")))
        found = unsavedDestination(program, name, options);
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
        array.append(
            QJsonObject{ { QStringLiteral("sentence"), each.sentence }, { QStringLiteral("next_step"), each.nextStep },
                { QStringLiteral("certain"), each.weight == MigrationObstacle::Weight::Certain } });
        text += (each.weight == MigrationObstacle::Weight::Certain ? QString() : Program::tr("Perhaps: "))
            + each.sentence + u' ' + each.nextStep + u'\n';
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(obstacles.empty() ? QStringLiteral("Nothing stands in the way.\n") : text);
    program.finish(obstacles.empty() ? ExitCode::Ok : ExitCode::Failed);
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
    if (options.destination.empty())
        return program.fail({ ErrorCode::InvalidArgument, "migrate " + options.name + ": no destination is named", 0,
            "Name one: --to NAME, of twinhullctl connections" });
    const auto vm = chosenVm(program, options.name);
    if (!vm)
        return;
    const auto destination = destinationOf(program, options);
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
    auto* named = verb->add_option("DESTINATION", options->destination, "of `twinhullctl connections`");
    verb->add_option("--to", options->destination, "the same; to --check it may be any libvirt URI")
        ->type_name("NAME|URI")
        ->excludes(named);
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
    verb->add_flag("--check", options->isOnlyLookedAt,
        "only tell what stands in the way, or may; the exit code is 0 where nothing does, else 1");
    onVerb(*verb, chosen, options, Need::Workloads, &migrateVm);
}

} // namespace twinhull
