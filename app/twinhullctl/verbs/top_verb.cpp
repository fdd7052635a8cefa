// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/running_workload.h"
#include "app/twinhullctl/text_table.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/text.h"
#include "core/metrics/inside_processes.h"

#include <QJsonArray>
#include <QJsonObject>

#include <cmath>

namespace twinhull {

namespace {

struct TopOptions {
    std::vector<std::string> names;
};

double lifetimeCores(const InsideProcess& process)
{
    return process.ageSeconds > 0 ? static_cast<double>(process.cpuNanoseconds) / 1e9 / process.ageSeconds : 0.0;
}

QJsonObject processJson(const InsideProcess& process)
{
    return { { QStringLiteral("pid"), process.pid }, { QStringLiteral("inside_pid"), process.insidePid },
        { QStringLiteral("parent_pid"), process.parent },
        { QStringLiteral("user"), static_cast<double>(process.insideUser) },
        { QStringLiteral("state"), QString(QLatin1Char(process.state)) },
        { QStringLiteral("cpu_seconds"), static_cast<double>(process.cpuNanoseconds) / 1e9 },
        { QStringLiteral("cpu_cores"), lifetimeCores(process) },
        { QStringLiteral("resident_bytes"), static_cast<double>(process.residentBytes) },
        { QStringLiteral("age_seconds"), process.ageSeconds },
        { QStringLiteral("command"), QString::fromStdString(process.command) } };
}

QStringList processRow(const InsideProcess& process)
{
    const auto cpu = std::chrono::nanoseconds(process.cpuNanoseconds);
    const auto age = std::chrono::seconds(std::llround(process.ageSeconds));
    return { QString::number(process.insidePid), QString::number(process.pid), QString::number(process.insideUser),
        QString(QLatin1Char(process.state)), QStringLiteral("%1 %").arg(lifetimeCores(process) * 100, 0, 'f', 1),
        QString::fromStdString(formatDuration(cpu)), QString::fromStdString(formatBytes(process.residentBytes)),
        QString::fromStdString(formatDuration(age)), QString::fromStdString(process.command) };
}

void top(Program& program, const TopOptions& options)
{
    const auto found = findEach(program.registry(), options.names, WorkloadKind::Container);
    if (!found) {
        program.fail(found.error());
        return;
    }
    QJsonArray all;
    for (const auto& info : *found) {
        if (auto runs = checkRuns(info, "list the processes of"); !runs) {
            program.fail(runs.error());
            return;
        }
        TextTable table({ QStringLiteral("PID"), QStringLiteral("HOST PID"), QStringLiteral("USER"),
            QStringLiteral("STATE"), QStringLiteral("CPU"), QStringLiteral("CPU TIME"), QStringLiteral("RESIDENT"),
            QStringLiteral("AGE"), QStringLiteral("COMMAND") });
        QJsonArray processes;
        for (const auto& process : insideProcesses(info.footprint)) {
            processes.append(processJson(process));
            table.add(processRow(process));
        }
        all.append(QJsonObject{ { QStringLiteral("name"), info.name }, { QStringLiteral("id"), info.id.key },
            { QStringLiteral("processes"), processes } });
        if (!program.wantsJson())
            program.print((options.names.size() > 1 ? info.name + u'\n' : QString()) + table.toText());
    }
    if (program.wantsJson())
        program.print(QJsonValue(all));
    program.finish();
}

} // namespace

void addTopVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<TopOptions>();
    auto* verb = app.add_subcommand("top", "the processes inside containers; CPU is the mean of each one's life");
    verb->add_option("NAME", options->names, "names, ids or the beginnings of ids")->required();
    verb->callback([&chosen, options] {
        chosen = { Need::Containers, [options](Program& program) { top(program, *options); }, OthersChanges::Ignored,
            options->names };
    });
}

} // namespace twinhull
