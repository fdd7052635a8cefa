// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/plan_options.h"
#include "app/twinhullctl/twin_options.h"
#include "app/twinhullctl/workload_text.h"
#include "core/twin/comparison_leftovers.h"
#include "core/twin/comparison_report.h"
#include "core/twin/comparison_run.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace twinhull {

namespace {

Result<> checkReportNames(const std::vector<std::string>& paths)
{
    for (const auto& path : paths) {
        if (!path.ends_with(".json") && !path.ends_with(".html"))
            return Error{ ErrorCode::InvalidArgument, "report " + path + ": unknown kind of file", 0,
                "Give it a name that ends in .json or .html." };
    }
    return {};
}

void tellComparison(Program& program, const Comparison& comparison, const TwinOptions& options)
{
    const ComparisonReport report(comparison);
    for (const auto& path : options.reports) {
        if (auto written = report.write(QString::fromStdString(path)); !written) {
            program.fail(written.error());
            return;
        }
    }
    program.print(program.wantsJson() ? QString::fromUtf8(report.toJson()) : report.toText());
    program.finish();
}

void noteLeftovers(Program& program)
{
    QStringList groups;
    for (const auto& info : comparisonLeftovers(program.registry()))
        groups << info.twinGroup;
    groups.removeDuplicates();
    for (const QString& group : groups)
        program.note(QCoreApplication::translate("TwinVerbs",
            "%1 is left over from a comparison that was killed; remove it with: "
            "twinhullctl twin remove %1")
                         .arg(group));
}

void compare(Program& program, const TwinOptions& options)
{
    const auto plan = planFrom(options, QString::fromStdString(options.name));
    const auto names = checkReportNames(options.reports);
    if (!plan || !names) {
        program.fail(plan ? names.error() : plan.error());
        return;
    }
    noteLeftovers(program);
    auto job = std::make_unique<ComparisonRun>(program.registry(), program.images(), *plan, options.repeats);
    const auto* run = job.get();
    program.run(std::move(job), [&program, run, options] { tellComparison(program, run->comparison(), options); });
}

void report(Program& program, const QString& twinGroup)
{
    QJsonArray halves;
    QString text;
    for (const auto& info : program.registry().workloads()) {
        if (info.twinGroup != twinGroup)
            continue;
        halves.append(toJson(info));
        text += QStringLiteral("%1 %2 %3 %4\n")
                    .arg(info.name, textOf(info.id.kind), textOf(info.state), portsText(info.ports));
    }
    if (program.wantsJson())
        program.print(QJsonValue(halves));
    else
        program.print(text);
    program.finish();
}

void create(Program& program, Twins& twins, const TwinOptions& options)
{
    const QString name = options.name.empty()
        ? QString::fromStdString(options.image).section(u'/', -1).section(u':', 0, 0).section(u'@', 0, 0)
        : QString::fromStdString(options.name);
    const auto plan = planFrom(options, name);
    if (!plan) {
        program.fail(plan.error());
        return;
    }
    program.run(twins.createAndStart(*plan), [&program, name] { report(program, name); });
}

using TwinVerb = std::function<void(Program&, Twins&, const TwinOptions&)>;

void addTwinVerb(
    CLI::App* verb, ChosenVerb& chosen, const CommandTail& tail, std::shared_ptr<TwinOptions> options, TwinVerb act)
{
    verb->callback([&chosen, &tail, verb, options = std::move(options), act = std::move(act)] {
        options->command = commandAfter(*verb, tail);
        chosen = { Need::Workloads, [options, act](Program& program) {
                      auto* twins = new Twins(program.registry(), program.images(), &program);
                      act(program, *twins, *options);
                  } };
    });
}

} // namespace

void addTwinVerbs(CLI::App& app, ChosenVerb& chosen, GlobalOptions& global, const CommandTail& tail)
{
    const auto options = std::make_shared<TwinOptions>();
    auto* twin = app.add_subcommand("twin", "one image as container and as VM: run, create, start, stop, remove");
    twin->require_subcommand(1);
    twin->fallthrough();

    auto* run = twin->add_subcommand("run", "compare: start, work, read what it cost, remove, by turns");
    run->add_option("--repeat", options->repeats, "runs of each half")->check(CLI::Range(1, 1000));
    run->add_option("--report", options->reports, "also write FILE.json or FILE.html; may be given twice")
        ->type_name("FILE")
        ->allow_extra_args(false);
    addTwinPlanOptions(*run, *options);
    addTwinVerb(run, chosen, tail, options, [](auto& program, auto&, const auto& o) { compare(program, o); });

    auto* createVerb = twin->add_subcommand("create", "make both halves and start them");
    addTwinPlanOptions(*createVerb, *options);
    addTwinVerb(createVerb, chosen, tail, options, create);

    auto* start = twin->add_subcommand("start", "start both halves");
    addTwinVerb(start, chosen, tail, options, [](auto& program, auto& twins, const auto& o) {
        const QString name = QString::fromStdString(o.name);
        program.run(twins.startBoth(name), [&program, name] { report(program, name); });
    });
    auto* stop = twin->add_subcommand("stop", "stop both halves");
    stop->add_flag("--force", options->isForced, "at once");
    addTwinVerb(stop, chosen, tail, options, [](auto& program, auto& twins, const auto& o) {
        const QString name = QString::fromStdString(o.name);
        program.run(twins.stopBoth(name, o.isForced ? StopMode::Force : StopMode::Graceful),
            [&program, name] { report(program, name); });
    });
    auto* remove = twin->add_subcommand("remove", "stop both halves by force and delete them");
    addTwinVerb(remove, chosen, tail, options, [](auto& program, auto& twins, const auto& o) {
        program.run(twins.removeBoth(QString::fromStdString(o.name)), [&program] { program.finish(); });
    });
    for (auto* verb : { run, createVerb }) { // these do not fall through
        verb->add_flag("--json", global.wantsJson, "the result as JSON");
        verb->add_flag("--verbose", global.isVerbose, "more about failures");
    }
    for (auto* verb : { start, stop, remove })
        verb->add_option("NAME", options->name, "the twin's name")->required();
}

} // namespace twinhull
