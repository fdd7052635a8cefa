// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"

#include <QJsonArray>

namespace twinhull {

namespace {

constexpr qsizetype kShortKey = 12;

struct ListOptions {
    std::string kind;
    bool wantsIdsOnly = false;
};

void printTable(Program& program, const std::vector<WorkloadInfo>& workloads)
{
    TextTable table({ QStringLiteral("NAME"), QStringLiteral("KIND"), QStringLiteral("STATE"), QStringLiteral("ENGINE"),
        QStringLiteral("IMAGE"), QStringLiteral("PORTS"), QStringLiteral("TWIN"), QStringLiteral("ID") });
    for (const auto& info : workloads)
        table.add({ info.name, textOf(info.id.kind), stateText(info), info.engine, info.image, portsText(info.ports),
            info.twinGroup, info.id.key.left(kShortKey) });
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
    std::vector<WorkloadInfo> workloads;
    for (auto& info : program.registry().workloads()) {
        if (!*kind || **kind == info.id.kind)
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
    verb->add_flag("-q,--quiet", options->wantsIdsOnly, "ids only, one a line");
    verb->callback([&chosen, options] {
        chosen = { options->kind == "container" ? Need::Containers : Need::Workloads,
            [options](Program& program) { list(program, *options); } };
    });
}

} // namespace twinhull
