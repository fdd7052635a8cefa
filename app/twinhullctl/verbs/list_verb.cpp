// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/workload/workload_connection.h"

#include <QJsonArray>

#include <algorithm>

namespace twinhull {

namespace {

constexpr qsizetype kShortKey = 12;

struct ListOptions {
    std::string kind;
    std::optional<std::string> group;
    bool wantsIdsOnly = false;
};

QString connectionText(const WorkloadId& id)
{
    if (id.kind == WorkloadKind::Container)
        return {};
    const QString name = connectionOf(id);
    return name.isEmpty() ? QStringLiteral("home") : name;
}

/// With a column of groups where one is in a group, and of connections where there is more than one.
void printTable(Program& program, const std::vector<WorkloadInfo>& workloads)
{
    const bool hasOthers = program.connections().size() > 1;
    const bool hasGroups = std::any_of(
        workloads.begin(), workloads.end(), [](const WorkloadInfo& info) { return !info.group.isEmpty(); });
    QStringList titles{ QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("STATE"),
        QStringLiteral("ENGINE"), QStringLiteral("IMAGE"), QStringLiteral("PORTS"), QStringLiteral("TWIN"),
        QStringLiteral("ID") };
    if (hasGroups)
        titles << QStringLiteral("GROUP");
    if (hasOthers)
        titles << QStringLiteral("CONNECTION");
    TextTable table(titles);
    for (const auto& info : workloads) {
        QStringList row{ info.name, textOf(info.id.kind), stateText(info), info.engine, info.image,
            portsText(info.ports), info.twinGroup, info.id.key.left(kShortKey) };
        if (hasGroups)
            row << info.group;
        if (hasOthers)
            row << connectionText(info.id);
        table.add(row);
    }
    program.print(table.toText());
}

void list(Program& program, const ListOptions& options)
{
    const auto kind = kindFromText(options.kind);
    if (!kind) {
        program.fail(kind.error());
        return;
    }
    program.noteMissingVms();
    const auto group = options.group ? std::optional(QString::fromStdString(*options.group)) : std::nullopt;
    std::vector<WorkloadInfo> workloads;
    for (auto& info : program.registry().workloads()) {
        if ((!*kind || **kind == info.id.kind) && (!group || *group == info.group))
            workloads.push_back(std::move(info));
    }
    if (program.wantsJson()) {
        QJsonArray array;
        for (const auto& info : workloads)
            array.append(toJson(info));
        program.print(QJsonValue(array));
    } else if (options.wantsIdsOnly) {
        for (const auto& info : workloads)
            program.print(info.id.key + QLatin1Char('\n'));
    } else {
        printTable(program, workloads);
    }
    program.finish();
}

} // namespace

void addListVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<ListOptions>();
    auto* verb = app.add_subcommand("list", "all workloads, running or not");
    verb->add_option("--kind", options->kind, "container or vm");
    verb->add_option("--group", options->group, "only what is in that group")->type_name("GROUP");
    verb->add_flag("-q,--quiet", options->wantsIdsOnly, "ids only, one a line");
    verb->callback([&chosen, options] {
        chosen = { options->kind == "container" ? Need::Containers : Need::AllConnections,
            [options](Program& program) { list(program, *options); } };
    });
}

} // namespace twinhull
