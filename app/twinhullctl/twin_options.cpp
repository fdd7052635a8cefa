// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/twin_options.h"

#include "app/twinhullctl/plan_options.h"

namespace twinhull {

void addTwinPlanOptions(CLI::App& verb, TwinOptions& options)
{
    verb.footer(
        "Words after IMAGE replace the image's command in both halves; one that begins with a dash stands after --.");
    verb.fallthrough(false); // words after IMAGE are the command's
    verb.prefix_command();
    verb.add_option("--name", options.name, "of both halves");
    verb.add_option("--memory", options.memory, "size of the VM, limit of the container: 256M")->type_name("SIZE");
    verb.add_option("--cpus", options.cpus, "cores of both: 1")->type_name("N");
    verb.add_option("--pids", options.pids, "most processes in the container")->type_name("N");
    addMachineOption(verb, options.machine);
    verb.add_option("--port", options.port, "the port inside that is published for both; else the image's first")
        ->type_name("PORT");
    verb.add_option("-e,--env", options.environment, "KEY=VALUE")->type_name("VARIABLE")->allow_extra_args(false);
    verb.add_option("IMAGE", options.image, "reference or digest")->required();
}

Result<TwinPlan> planFrom(const TwinOptions& options, const QString& name)
{
    const auto limits = limitsFromText(options.memory, options.cpus, options.pids);
    if (!limits)
        return limits.error();
    TwinPlan plan;
    plan.imageReference = QString::fromStdString(options.image);
    plan.name = name;
    plan.limits = *limits;
    plan.workloadPort = options.port;
    if (const auto choice = machineChoiceFromWord(QString::fromStdString(options.machine)))
        plan.machine = *choice;
    for (const auto& text : options.environment) {
        auto variable = environmentFromText(text);
        if (!variable)
            return std::move(variable).error();
        plan.environment << *variable;
    }
    for (const auto& word : options.command)
        plan.command << QString::fromStdString(word);
    return plan;
}

} // namespace twinhull
