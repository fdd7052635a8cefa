// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/jobs/parallel_job.h"
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

QJsonValue binMomentJson(const QDateTime& moment)
{
    return moment.isValid() ? QJsonValue(static_cast<double>(moment.toMSecsSinceEpoch())) : QJsonValue();
}

/// Containers alone have a bin.
void withBins(Program& program, const std::function<void(const Found&)>& then)
{
    lookIntoBins(program.registry(), program, [&program, then](const BinsFound& found) {
        if (found)
            then(*found);
        else
            program.fail(found.error());
    });
}

void listBin(Program& program)
{
    withBins(program, [&program](const Found& found) {
        QJsonArray array;
        TextTable table({ QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("REMOVED"),
            QStringLiteral("STAYS UNTIL"), QStringLiteral("ID") });
        for (const auto& entry : found) {
            const QString kind = QString::fromLatin1(entry.id.kind == WorkloadKind::Vm ? "vm" : "container");
            array.append(QJsonObject{ { QStringLiteral("name"), entry.name }, { QStringLiteral("kind"), kind },
                { QStringLiteral("id"), entry.id.key },
                { QStringLiteral("removed_ms"), binMomentJson(entry.removedAt) },
                { QStringLiteral("until_ms"), binMomentJson(entry.until) } });
            table.add({ entry.name, kind, binMomentText(entry.removedAt), binMomentText(entry.until), entry.id.key });
        }
        if (program.wantsJson())
            program.print(QJsonValue(array));
        else
            program.print(table.toText());
        program.finish();
    });
}

/// The latest of that name, or the one whose id begins so.
Result<WorkloadId> findInBin(const Found& found, const QString& name)
{
    const BinnedWorkload* latest = nullptr;
    for (const auto& entry : found) {
        const bool isMeant = entry.name == name || (name.size() >= 4 && entry.id.key.startsWith(name));
        if (isMeant && (latest == nullptr || entry.removedAt > latest->removedAt))
            latest = &entry;
    }
    if (latest != nullptr)
        return latest->id;
    return Error{ ErrorCode::NotFound, "the bin has nothing named " + name.toStdString(), 0,
        "See what it has with: twinhullctl bin list" };
}

/// Runs what `make` makes of the one that is meant.
void onOne(Program& program, const std::string& name,
    const std::function<std::unique_ptr<Job>(WorkloadBin&, const WorkloadId&)>& make,
    const std::function<void(const WorkloadId&)>& then)
{
    withBins(program, [&program, name = QString::fromStdString(name), make, then](const Found& found) {
        const auto id = findInBin(found, name);
        if (!id)
            return program.fail(id.error());
        auto* bin = dynamic_cast<WorkloadBin*>(providerOf(program.registry(), *id));
        program.run(make(*bin, *id), [then, id = *id] { then(id); });
    });
}

void removeOne(Program& program, const std::string& name)
{
    onOne(
        program, name, [](WorkloadBin& bin, const WorkloadId& id) { return bin.removeForGood(id); },
        [&program](const WorkloadId&) { program.finish(); });
}

void restoreOne(Program& program, const std::string& name)
{
    onOne(
        program, name, [](WorkloadBin& bin, const WorkloadId& id) { return bin.restore(id); },
        [&program](const WorkloadId& id) {
            if (const auto info = program.registry().find(id); info && program.wantsJson())
                program.print(toJson(*info));
            program.finish();
        });
}

void emptyAll(Program& program)
{
    withBins(program, [&program](const Found& found) {
        std::vector<std::unique_ptr<Job>> jobs;
        for (const auto& entry : found)
            jobs.push_back(
                dynamic_cast<WorkloadBin*>(providerOf(program.registry(), entry.id))->removeForGood(entry.id));
        program.run(std::make_unique<ParallelJob>(Program::tr("Empty the bin"), std::move(jobs)),
            [&program] { program.finish(); });
    });
}

} // namespace

void addBinVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* bin = app.add_subcommand("bin", "containers that were removed with --to-bin, or in the window");
    bin->require_subcommand(1);
    bin->add_subcommand("list", "what can be brought back")->callback([&chosen] {
        chosen = { Need::Containers, &listBin };
    });
    const auto name = std::make_shared<std::string>();
    auto* restore = bin->add_subcommand("restore", "bring one back, stopped");
    restore->add_option("NAME", *name, "name, id or the beginning of an id; the latest of that name")->required();
    restore->callback([&chosen, name] {
        chosen = { Need::Containers, [name](Program& program) { restoreOne(program, *name); } };
    });
    auto* remove = bin->add_subcommand("remove", "one goes for good");
    remove->add_option("NAME", *name, "name, id or the beginning of an id; the latest of that name")->required();
    remove->callback([&chosen, name] {
        chosen = { Need::Containers, [name](Program& program) { removeOne(program, *name); } };
    });
    bin->add_subcommand("empty", "all of it goes for good")->callback([&chosen] {
        chosen = { Need::Containers, &emptyAll };
    });
}

} // namespace twinhull
