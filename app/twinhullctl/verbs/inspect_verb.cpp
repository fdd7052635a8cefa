// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/twin/startup_bar.h"
#include "core/workload/container_documents.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace twinhull {

namespace {

constexpr QLatin1String kPhases("startup_phases");

struct InspectOptions {
    std::vector<std::string> names;
    std::string kind;
    bool hasConfig = false;
};

QJsonArray phasesOf(const WorkloadInfo& info)
{
    const RunFigures run = startupOf(info);
    QJsonArray phases;
    for (const StartupSegment& segment : startupSegments(run))
        phases.append(QJsonObject{ { QStringLiteral("mark"), segment.name },
            { QStringLiteral("phase"), phaseName(segment.name, run) },
            { QStringLiteral("start_ms"), segment.startMilliseconds },
            { QStringLiteral("ms"), segment.milliseconds } });
    return phases;
}

/// One line a phase, each where it began since the request, "|" for what is too short to draw; empty where none is
/// known.
QString waterfallText(const QJsonArray& phases)
{
    constexpr int kWidth = 40;
    if (phases.isEmpty())
        return {};
    const auto endOf = [](const QJsonValue& phase) { return phase[u"start_ms"].toDouble() + phase[u"ms"].toDouble(); };
    const double begin = std::min(phases.first()[u"start_ms"].toDouble(), 0.0);
    const double perMillisecond = kWidth / std::max(endOf(phases.last()) - begin, 1e-6);
    TextTable table({ QStringLiteral("START-UP"), QStringLiteral("AFTER REQUEST"), QStringLiteral("TOOK"), QString() });
    for (const auto& phase : phases) {
        const int from
            = std::clamp(static_cast<int>((phase[u"start_ms"].toDouble() - begin) * perMillisecond), 0, kWidth - 1);
        const int length = static_cast<int>(std::lround(phase[u"ms"].toDouble() * perMillisecond));
        table.add({ phase[u"phase"].toString(), QStringLiteral("%1 ms").arg(phase[u"start_ms"].toDouble(), 0, 'f', 1),
            QStringLiteral("%1 ms").arg(phase[u"ms"].toDouble(), 0, 'f', 1),
            QString(from, u' ')
                + (length > 0 ? QString(std::min(length, kWidth - from), u'#') : QStringLiteral("|")) });
    }
    return u'\n' + table.toText();
}

QJsonObject inspected(const Program& program, const WorkloadInfo& info, const InspectOptions& options)
{
    QJsonObject json = toJson(info);
    QJsonArray marks;
    for (const auto& mark : info.startupMarks)
        marks.append(QJsonObject{ { QStringLiteral("name"), mark.name },
            { QStringLiteral("monotonic_ns"), static_cast<double>(mark.monotonicNanoseconds) } });
    json[QStringLiteral("startup_marks")] = marks;
    json[kPhases] = phasesOf(info);
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
            QJsonObject fields = value.toObject();
            const QJsonArray phases = fields.take(kPhases).toArray();
            addRows({}, fields, table);
            program.print(table.toText() + waterfallText(phases));
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
