// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/verbs/vm_verbs.h"
#include "app/twinhullctl/workload_text.h"
#include "core/jobs/rounds_job.h"
#include "core/workload/look_into_bins.h"
#include "core/workload/workload_connection.h"

#include <QJsonArray>

#include <algorithm>

namespace twinhull {

namespace {

using Found = std::vector<BinnedWorkload>;

QString binMomentText(const QDateTime& moment)
{
    return moment.isValid() ? moment.toString(QStringLiteral("yyyy-MM-dd HH:mm")) : Program::tr("cannot be read");
}

QString binEndText(const BinnedWorkload& entry)
{
    return entry.isReadable && !entry.until.isValid() ? Program::tr("it is removed") : binMomentText(entry.until);
}

QJsonValue binMomentJson(const QDateTime& moment)
{
    return moment.isValid() ? QJsonValue(static_cast<double>(moment.toMSecsSinceEpoch())) : QJsonValue();
}

/// Of both kinds where none is named.
using BinScope = std::optional<WorkloadKind>;

/// One bin that cannot be read keeps nobody from the other: it is told.
void withBins(Program& program, BinScope scope, const std::function<void(const BinsSeen&)>& then)
{
    lookIntoEachBin(program.registry(), program, scope, [&program, then](const BinsSeen& seen) {
        if (seen.failure && seen.found.empty())
            return program.fail(*seen.failure);
        if (seen.failure)
            program.note(Program::tr("Not all of the bin: %1").arg(QString::fromStdString(seen.failure->toLine())));
        then(seen);
    });
}

QString binKindText(const BinnedWorkload& entry)
{
    return QString::fromLatin1(entry.id.kind == WorkloadKind::Vm ? "vm" : "container");
}

QJsonObject binEntryJson(const BinnedWorkload& entry)
{
    return { { QStringLiteral("name"), entry.name }, { QStringLiteral("kind"), binKindText(entry) },
        { QStringLiteral("id"), entry.id.key }, { QStringLiteral("removed_ms"), binMomentJson(entry.removedAt) },
        { QStringLiteral("until_ms"), binMomentJson(entry.until) } };
}

void listBin(Program& program, BinScope scope)
{
    withBins(program, scope, [&program](const BinsSeen& seen) {
        QJsonArray array;
        TextTable table({ QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("REMOVED"),
            QStringLiteral("STAYS UNTIL"), QStringLiteral("ID") });
        for (const auto& entry : seen.found) {
            array.append(binEntryJson(entry));
            table.add(
                { entry.name, binKindText(entry), binMomentText(entry.removedAt), binEndText(entry), entry.id.key });
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(table.toText());
        program.finish();
    });
}

bool isWholeIdInBin(const Found& found, const QString& name)
{
    return std::any_of(
        found.begin(), found.end(), [&name](const BinnedWorkload& entry) { return entry.id.key == name; });
}

/// The latest of that name, or the one whose id begins so. A VM and a container are never taken for each other.
Result<WorkloadId> findInBin(const Found& found, const QString& name)
{
    const BinnedWorkload* latest = nullptr;
    const bool isWholeId = isWholeIdInBin(found, name);
    for (const auto& entry : found) {
        const bool isMeant = isWholeId ? entry.id.key == name
                                       : entry.name == name || (name.size() >= 4 && entry.id.key.startsWith(name));
        if (!isMeant)
            continue;
        if (latest != nullptr && latest->id.kind != entry.id.kind)
            return Error{ ErrorCode::InvalidArgument,
                "the bin has a VM and a container that " + name.toStdString() + " may be", 0,
                "Give the whole id of one, as it stands in: twinhullctl bin list" };
        if (latest == nullptr || entry.removedAt > latest->removedAt)
            latest = &entry;
    }
    if (latest != nullptr)
        return latest->id;
    return Error{ ErrorCode::NotFound, "the bin has nothing named " + name.toStdString(), 0,
        "See what it has with: twinhullctl bin list" };
}

/// What goes for good may not be what is meant where one of the bins is not seen.
std::optional<Error> unseenBin(const BinsSeen& seen, BinScope scope, const std::string& hint)
{
    if (scope || !seen.failure)
        return std::nullopt;
    return Error(*seen.failure).withContext("not all of the bin can be read, and nothing was removed").withHint(hint);
}

/// Runs what `make` makes of the one that is meant.
void runOn(Program& program, const BinsSeen& seen, const QString& name,
    const std::function<std::unique_ptr<Job>(WorkloadBin&, const WorkloadId&)>& make,
    const std::function<void(const WorkloadId&)>& then)
{
    const auto id = findInBin(seen.found, name);
    if (!id)
        return program.fail(id.error());
    auto* bin = dynamic_cast<WorkloadBin*>(providerOf(program.registry(), *id));
    program.run(make(*bin, *id), [then, id = *id] { then(id); });
}

void removeOne(Program& program, BinScope scope, const std::string& word)
{
    withBins(program, scope, [&program, scope, name = QString::fromStdString(word)](const BinsSeen& seen) {
        if (auto unseen = unseenBin(seen, scope, "Give the whole id, as it stands in: twinhullctl bin list");
            unseen && !isWholeIdInBin(seen.found, name))
            return program.fail(*unseen);
        runOn(
            program, seen, name, [](WorkloadBin& bin, const WorkloadId& id) { return bin.removeForGood(id); },
            [&program](const WorkloadId&) { program.finish(); });
    });
}

void restoreOne(Program& program, BinScope scope, const std::string& word)
{
    withBins(program, scope, [&program, name = QString::fromStdString(word)](const BinsSeen& seen) {
        runOn(
            program, seen, name, [](WorkloadBin& bin, const WorkloadId& id) { return bin.restore(id); },
            [&program](const WorkloadId& id) {
                if (const auto info = program.registry().find(id); info && program.wantsJson())
                    program.print(toJson(*info));
                program.finish();
            });
    });
}

enum class Emptied { All, WhatIsOver };

void emptyBins(Program& program, BinScope scope, Emptied emptied)
{
    withBins(program, scope, [&program, scope, emptied](const BinsSeen& seen) {
        if (auto unseen = unseenBin(seen, scope, "Remove one by its whole id: twinhullctl bin remove ID"))
            return program.fail(*unseen);
        QJsonArray array;
        std::vector<RoundsJob::MakeJob> jobs; // a clone goes before what it stands on may
        const auto now = QDateTime::currentDateTime();
        for (const auto& entry : seen.found) {
            if (emptied == Emptied::WhatIsOver && !(entry.until.isValid() && entry.until <= now))
                continue;
            array.append(binEntryJson(entry));
            auto* bin = dynamic_cast<WorkloadBin*>(providerOf(program.registry(), entry.id));
            jobs.emplace_back([bin, id = entry.id] { return bin->removeForGood(id); });
        }
        program.run(std::make_unique<RoundsJob>(Program::tr("Empty the bin"), std::move(jobs)), [&program, array] {
            if (program.wantsJson())
                program.print(QJsonValue(QJsonObject{ { QStringLiteral("removed"), array } }));
            program.finish();
        });
    });
}

struct BinOptions {
    std::string name;
    bool takesAll = false;
};

/// list, restore and remove, of that scope.
void addBinGroup(CLI::App& bin, ChosenVerb& chosen, const std::shared_ptr<BinOptions>& options, BinScope scope)
{
    bin.require_subcommand(1);
    bin.add_subcommand("list", "what can be brought back")->callback([&chosen, scope] {
        chosen = { Need::Workloads, [scope](Program& program) { listBin(program, scope); } };
    });
    auto* restore = bin.add_subcommand("restore", "bring one back, stopped");
    restore->add_option("NAME", options->name, "name, id or the beginning of an id; the latest of that name")
        ->required();
    restore->callback([&chosen, options, scope] {
        chosen = { Need::Workloads, [options, scope](Program& program) { restoreOne(program, scope, options->name); } };
    });
    auto* remove = bin.add_subcommand("remove", "one goes for good");
    remove->add_option("NAME", options->name, "name, id or the beginning of an id; the latest of that name")
        ->required();
    remove->callback([&chosen, options, scope] {
        chosen = { Need::Workloads, [options, scope](Program& program) { removeOne(program, scope, options->name); } };
    });
}

} // namespace

void addBinVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* bin = app.add_subcommand("bin", "what was removed with --to-bin, or in the window");
    addBinGroup(*bin, chosen, std::make_shared<BinOptions>(), {});
    bin->add_subcommand("empty", "all of it goes for good")->callback([&chosen] {
        chosen = { Need::Workloads, [](Program& program) { emptyBins(program, {}, Emptied::All); } };
    });
}

void addVmBinVerbs(CLI::App& vm, ChosenVerb& chosen)
{
    const auto options = std::make_shared<BinOptions>();
    auto* bin = vm.add_subcommand("bin", "VMs that were removed with --to-bin, or in the window");
    addBinGroup(*bin, chosen, options, WorkloadKind::Vm);
    auto* prune = bin->add_subcommand("prune", "those whose week is over go for good, as they do by themselves");
    prune->add_flag("-a,--all", options->takesAll, "all of them");
    prune->callback([&chosen, options] {
        chosen = { Need::Workloads, [options](Program& program) {
                      emptyBins(program, WorkloadKind::Vm, options->takesAll ? Emptied::All : Emptied::WhatIsOver);
                  } };
    });
}

} // namespace twinhull
