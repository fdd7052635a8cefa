// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/workload/container_documents.h"

#include <QJsonArray>

namespace twinhull {

namespace {

struct InspectOptions {
    std::vector<std::string> names;
    std::string kind;
    bool hasConfig = false;
};

QJsonObject inspected(const Program& program, const WorkloadInfo& info, const InspectOptions& options)
{
    QJsonObject json = toJson(info);
    QJsonArray marks;
    for (const auto& mark : info.startupMarks)
        marks.append(QJsonObject{ { QStringLiteral("name"), mark.name },
            { QStringLiteral("monotonic_ns"), static_cast<double>(mark.monotonicNanoseconds) } });
    json[QStringLiteral("startup_marks")] = marks;
    if (info.definitionNanoseconds)
        json[QStringLiteral("definition_ns")] = static_cast<double>(*info.definitionNanoseconds);
    QJsonArray pids;
    for (const pid_t pid : info.footprint.rootPids)
        pids.append(pid);
    json[QStringLiteral("pids")] = pids;
    QJsonArray helpers;
    for (const pid_t pid : info.footprint.helperPids)
        helpers.append(pid);
    json[QStringLiteral("helper_pids")] = helpers;
    json[QStringLiteral("cgroup")] = info.footprint.cgroupPath;
    if (!info.machine.isEmpty())
        json[QStringLiteral("machine")] = info.machine;
    if (!info.machineReason.isEmpty())
        json[QStringLiteral("machine_reason")] = info.machineReason;
    if (info.id.kind != WorkloadKind::Container)
        return json;
    const QJsonObject documents = containerDocuments(program.folders(), info.id.key, options.hasConfig);
    for (auto it = documents.begin(); it != documents.end(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

/// One value a line under its path, "settings.upkeep.restart"; what says nothing is left out.
void addRows(const QString& path, const QJsonValue& value, TextTable& table)
{
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            addRows(path.isEmpty() ? it.key() : path + u'.' + it.key(), it.value(), table);
        return;
    }
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            addRows(path + QStringLiteral("[%1]").arg(i), array[i], table);
        return;
    }
    const QString text = value.isBool() ? (value.toBool() ? QStringLiteral("yes") : QStringLiteral("no"))
                                        : value.toVariant().toString().trimmed();
    if (!text.isEmpty())
        table.add({ path, text });
}

void inspect(Program& program, const InspectOptions& options)
{
    const auto found = chosenWorkloads(program, options.names, options.kind);
    if (!found)
        return;
    QJsonArray all;
    for (const auto& info : *found)
        all.append(inspected(program, info, options));
    if (program.wantsJson()) {
        program.print(QJsonValue(all));
    } else {
        for (const auto& value : all) {
            TextTable table({ QStringLiteral("WHAT"), QStringLiteral("VALUE") });
            addRows({}, value, table);
            program.print(table.toText());
        }
    }
    program.finish();
}

} // namespace

void addInspectVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<InspectOptions>();
    auto* verb = app.add_subcommand("inspect", "everything that is known of workloads");
    verb->add_option("NAME", options->names, "names, ids or the beginnings of ids")->required();
    verb->add_option("--kind", options->kind, "container or vm, where both bear the name");
    verb->add_flag("--config", options->hasConfig, "with the OCI config.json of a container");
    verb->callback([&chosen, options] {
        chosen = { options->kind == "container" ? Need::Containers : Need::Workloads,
            [options](Program& program) { inspect(program, *options); }, OthersChanges::Ignored, options->names };
    });
}

} // namespace twinhull
