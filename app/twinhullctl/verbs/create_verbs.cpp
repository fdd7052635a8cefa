// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/plan_arguments.h"
#include "app/twinhullctl/workload_text.h"
#include "core/jobs/sequential_job.h"

namespace twinhull {

namespace {

struct CreateOptions {
    PlanArguments arguments;
    bool isVm = false;
    bool isContainer = false; ///< said aloud; the default
};

enum class AndThen { LeaveStopped, Start };

void report(Program& program, const WorkloadId& id)
{
    if (const auto info = program.registry().find(id)) {
        if (program.wantsJson())
            program.print(toJson(*info));
        else
            program.print(info->id.key + QLatin1Char('\n'));
    }
    program.finish();
}

std::optional<WorkloadId> idOf(const WorkloadProvider& provider, const QString& name)
{
    for (const auto& info : provider.workloads()) {
        if (info.name == name)
            return info.id;
    }
    return std::nullopt;
}

std::unique_ptr<Job> makeJob(WorkloadProvider& provider, const WorkloadPlan& plan, AndThen andThen)
{
    if (andThen == AndThen::LeaveStopped)
        return provider.create(plan);
    auto job = std::make_unique<SequentialJob>(Program::tr("Run %1").arg(plan.name));
    const auto remove = [&provider, name = plan.name]() -> std::unique_ptr<Job> {
        const auto id = idOf(provider, name);
        return id ? provider.remove(*id) : nullptr;
    };
    job->add([&provider, plan] { return provider.create(plan); }, remove);
    job->add([&provider, name = plan.name]() -> std::unique_ptr<Job> {
        const auto id = idOf(provider, name);
        return id ? provider.start(*id) : nullptr;
    });
    return job;
}

void create(Program& program, const CreateOptions& options, AndThen andThen)
{
    const auto plan = planFrom(options.arguments);
    if (!plan) {
        program.fail(plan.error());
        return;
    }
    auto* provider = program.registry().provider(options.isVm ? WorkloadKind::Vm : WorkloadKind::Container);
    if (auto available = provider->availability(); !available) {
        program.fail(available.error());
        return;
    }
    program.run(makeJob(*provider, *plan, andThen), [&program, provider, name = plan->name] {
        if (const auto id = idOf(*provider, name))
            report(program, *id);
        else
            program.finish(); // it ended and removed itself in between
    });
}

void addLimitOptions(CLI::App& verb, PlanArguments& arguments)
{
    verb.add_option("--memory", arguments.memory, "limit of a container, size of a VM: 256M")->type_name("SIZE");
    verb.add_option("--cpus", arguments.cpus, "cores: 1 or 0.5")->type_name("N");
    verb.add_option("--pids", arguments.pids, "most processes in a container")->type_name("N");
}

void addPlanOptions(CLI::App& verb, CreateOptions& options)
{
    auto& arguments = options.arguments;
    auto* vm = verb.add_flag("--vm", options.isVm, "a VM");
    verb.add_flag("--container", options.isContainer, "a container (as without --vm)")->excludes(vm);
    verb.add_option("--name", arguments.name, "its name; else made from the image's");
    verb.add_option("-p,--publish", arguments.ports, "127.0.0.1:8080:80, 8080:80 or 80")
        ->type_name("PORT")
        ->allow_extra_args(false);
    verb.add_option("-v,--volume", arguments.mounts, "SOURCE:TARGET[:ro]")
        ->type_name("VOLUME")
        ->allow_extra_args(false);
    verb.add_option("-e,--env", arguments.environment, "KEY=VALUE")->type_name("VARIABLE")->allow_extra_args(false);
    addLimitOptions(verb, arguments);
    auto* iso = verb.add_flag("--iso", arguments.isIso, "IMAGE is an installation medium; a VM with a new disk");
    auto* disk = verb.add_flag("--disk", arguments.isDisk, "IMAGE is a disk that exists; a VM that uses it in place");
    iso->excludes(disk);
    verb.add_option("--disk-size", arguments.diskSize, "of the new disk of --iso")->type_name("SIZE")->needs(iso);
    verb.add_flag("--no-network", arguments.hasNoNetwork, "without a network");
    verb.add_option("IMAGE", arguments.source, "reference or digest; with --iso and --disk a path")->required();
}

/// What stands after IMAGE is the command with its own options. An option of ours that does not exist ends up there as
/// well, so it must not begin with a dash.
void takeCommand(const CLI::App& verb, PlanArguments& arguments)
{
    arguments.command = verb.remaining();
    if (!arguments.command.empty() && arguments.command.front() == "--")
        arguments.command.erase(arguments.command.begin());
    else if (!arguments.command.empty() && arguments.command.front().starts_with("-"))
        throw CLI::ValidationError(arguments.command.front(), "no such option");
}

void addCreateVerb(CLI::App& app, ChosenVerb& chosen, GlobalOptions& global, AndThen andThen)
{
    const auto options = std::make_shared<CreateOptions>();
    auto* verb = andThen == AndThen::Start
        ? app.add_subcommand("run", "make a container or VM and start it: run [OPTIONS] IMAGE [COMMAND…]")
        : app.add_subcommand("create", "make a container or VM; it stays stopped: create [OPTIONS] IMAGE [COMMAND…]");
    verb->footer("Words after IMAGE replace the image's command; what begins with a dash there is the command's.");
    verb->fallthrough(false); // words after IMAGE are the command's
    verb->prefix_command();
    verb->add_flag("--json", global.wantsJson, "the new workload as JSON");
    verb->add_flag("--verbose", global.isVerbose, "more about failures");
    addPlanOptions(*verb, *options);
    verb->callback([&chosen, options, verb, andThen] {
        takeCommand(*verb, options->arguments);
        options->isVm = options->isVm || options->arguments.isIso || options->arguments.isDisk;
        chosen = { options->isVm ? Need::Workloads : Need::Containers,
            [options, andThen](Program& program) { create(program, *options, andThen); } };
    });
}

} // namespace

void addCreateVerbs(CLI::App& app, ChosenVerb& chosen, GlobalOptions& options)
{
    addCreateVerb(app, chosen, options, AndThen::LeaveStopped);
    addCreateVerb(app, chosen, options, AndThen::Start);
}

} // namespace twinhull
