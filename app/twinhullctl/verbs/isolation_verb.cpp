// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/workload_text.h"
#include "core/twin/isolation_reading.h"

#include <QJsonArray>

namespace twinhull {

namespace {

struct IsolationOptions {
    std::vector<std::string> names;
    std::string kind;
};

/// What a workload says goes to a person's terminal.
QString printable(QString text)
{
    text.removeIf([](QChar c) { return !c.isPrint(); });
    return text;
}

QString textFor(const IsolationReading& reading)
{
    QString text
        = printable(reading.info().name) + QLatin1String(" (") + textOf(reading.info().id.kind) + QLatin1String(")\n");
    for (const IsolationRow& row : isolationReport(reading.info(), reading.views())) {
        text += QStringLiteral("  %1\n").arg(row.title);
        text += QStringLiteral("    inside   %1\n").arg(printable(row.inside));
        text += QStringLiteral("    outside  %1\n").arg(printable(row.outside));
    }
    return text;
}

void tellIsolation(Program& program, const std::vector<const IsolationReading*>& readings)
{
    QJsonArray all;
    QStringList tables;
    for (const IsolationReading* reading : readings) {
        all.append(isolationJson(reading->info(), reading->views()));
        tables << textFor(*reading);
    }
    if (program.wantsJson())
        program.print(QJsonValue(all));
    else
        program.print(tables.join(u'\n'));
    program.finish();
}

/// Every workload of each name: both halves of a twin bear one.
Result<std::vector<WorkloadInfo>> chosenWorkloads(Program& program, const IsolationOptions& options)
{
    const auto kind = kindFromText(options.kind);
    if (!kind)
        return kind.error();
    std::vector<WorkloadInfo> chosen;
    for (const auto& name : options.names) {
        const auto found = program.registry().findByName(QString::fromStdString(name), *kind);
        if (found.empty())
            return Error{ ErrorCode::NotFound, "there is no workload " + name, 0, "See them with: twinhullctl list" };
        chosen.insert(chosen.end(), found.begin(), found.end());
    }
    return chosen;
}

void readIsolation(Program& program, const IsolationOptions& options)
{
    const auto chosen = chosenWorkloads(program, options);
    if (!chosen) {
        program.noteMissingVms();
        program.fail(chosen.error());
        return;
    }
    std::vector<std::unique_ptr<Job>> jobs;
    std::vector<const IsolationReading*> readings;
    for (const WorkloadInfo& info : *chosen) {
        auto reading = std::make_unique<IsolationReading>(program.registry(), info);
        readings.push_back(reading.get());
        jobs.push_back(std::move(reading));
    }
    program.runAll(std::move(jobs), [&program, readings] { tellIsolation(program, readings); });
}

} // namespace

void addIsolationVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<IsolationOptions>();
    auto* verb = app.add_subcommand("isolation",
        "what each workload sees and may do, from inside and from this computer, and what a breakout would have to "
        "pass");
    verb->add_option("NAME", options->names, "names or keys; both halves of a twin are shown")->required();
    verb->add_option("--kind", options->kind, "container or vm");
    verb->callback([&chosen, options] {
        chosen = { Need::Workloads, [options](Program& program) { readIsolation(program, *options); } };
    });
}

} // namespace twinhull
