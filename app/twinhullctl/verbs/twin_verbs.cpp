// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/plan_options.h"
#include "app/twinhullctl/twin_options.h"
#include "app/twinhullctl/verbs/compare_verbs.h"
#include "app/twinhullctl/workload_text.h"
#include "core/twin/twins.h"

#include <QJsonArray>
#include <QJsonObject>

namespace twinhull {

namespace {

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

    auto* run = twin->add_subcommand("run", "as compare: start, work, read what it cost, remove, by turns");
    addComparisonOptions(*run, *options);
    addTwinPlanOptions(*run, *options);
    addTwinVerb(run, chosen, tail, options, [](auto& program, auto&, const auto& o) { compareTwin(program, o); });

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
