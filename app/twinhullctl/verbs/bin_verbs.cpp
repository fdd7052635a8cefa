// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/clock.h"
#include "core/containers/container_bin.h"
#include "core/jobs/thread_job.h"

#include <QDateTime>
#include <QJsonArray>
#include <QThreadPool>

#include <algorithm>
#include <limits>

namespace twinhull {

namespace {

QString momentText(std::int64_t milliseconds)
{
    return QDateTime::fromMSecsSinceEpoch(milliseconds).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

void listBin(Program& program)
{
    QJsonArray array;
    TextTable table(
        { QStringLiteral("NAME"), QStringLiteral("REMOVED"), QStringLiteral("STAYS UNTIL"), QStringLiteral("ID") });
    for (const auto& entry : binEntries(program.folders())) {
        array.append(QJsonObject{ { QStringLiteral("name"), QString::fromStdString(entry.name) },
            { QStringLiteral("id"), QString::fromStdString(entry.id) },
            { QStringLiteral("removed_ms"), static_cast<double>(entry.removedMilliseconds) },
            { QStringLiteral("until_ms"), static_cast<double>(entry.untilMilliseconds) } });
        table.add({ QString::fromStdString(entry.name), momentText(entry.removedMilliseconds),
            momentText(entry.untilMilliseconds), QString::fromStdString(entry.id) });
    }
    if (program.wantsJson())
        program.print(QJsonValue(array));
    else
        program.print(table.toText());
    program.finish();
}

Result<WorkloadId> findInBin(const DataFolders& folders, const std::string& name)
{
    const auto entries = binEntries(folders); // the latest first
    const auto found = std::find_if(entries.begin(), entries.end(),
        [&](const auto& entry) { return entry.name == name || (name.size() >= 4 && entry.id.starts_with(name)); });
    if (found == entries.end())
        return Error{ ErrorCode::NotFound, "the bin has no container named " + name, 0,
            "See what it has with: twinhullctl bin list" };
    return WorkloadId{ WorkloadKind::Container, QString::fromStdString(found->id) };
}

void removeOne(Program& program, const std::string& name)
{
    const auto id = findInBin(program.folders(), name);
    if (!id)
        return program.fail(id.error());
    program.run(program.containers()->removeForGood(*id), [&program] { program.finish(); });
}

void restoreOne(Program& program, const std::string& name)
{
    const auto found = findInBin(program.folders(), name);
    if (!found)
        return program.fail(found.error());
    const WorkloadId& id = *found;
    program.run(program.containers()->restore(id), [&program, id] {
        if (const auto info = program.registry().find(id); info && program.wantsJson())
            program.print(toJson(*info));
        program.finish();
    });
}

void emptyAll(Program& program)
{
    program.run(std::make_unique<ThreadJob>(Program::tr("Empty the bin"), QThreadPool::globalInstance(),
                    [folders = program.folders()](
                        JobContext&) { return emptyBin(folders, std::numeric_limits<std::int64_t>::max()); }),
        [&program] { program.finish(); });
}

} // namespace

void addBinVerbs(CLI::App& app, ChosenVerb& chosen)
{
    auto* bin = app.add_subcommand("bin", "containers that were removed with --to-bin, or in the window");
    bin->require_subcommand(1);
    bin->add_subcommand("list", "what can be brought back")->callback([&chosen] {
        chosen = { Need::Images, &listBin };
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
        chosen = { Need::Images, &emptyAll };
    });
}

} // namespace twinhull
