// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/plan_options.h"

namespace twinhull {

namespace {

void addLimitOptions(CLI::App& verb, PlanArguments& arguments)
{
    verb.add_option("-m,--memory", arguments.memory, "limit of a container, size of a VM: 256M")->type_name("SIZE");
    verb.add_option("--cpus", arguments.cpus, "cores: 1 or 0.5")->type_name("N");
    verb.add_option("--pids,--pids-limit", arguments.pids,
            "most processes in a container; none: no limit, which is 2048 otherwise")
        ->type_name("N");
}

void addWiringOptions(CLI::App& verb, PlanArguments& arguments)
{
    verb.add_option("-p,--publish", arguments.ports,
            "8080:80 for this computer alone, 0.0.0.0:8080:80, [::1]:8080:80, 80 or 8000-8010:8000-8010/udp")
        ->type_name("PORT")
        ->allow_extra_args(false);
    verb.add_option("-v,--volume", arguments.mounts,
            "SOURCE:TARGET[:ro,nocopy]; a new volume gets what the image has there, unless nocopy")
        ->type_name("VOLUME")
        ->allow_extra_args(false);
    verb.add_option("-e,--env", arguments.environment, "KEY=VALUE")->type_name("VARIABLE")->allow_extra_args(false);
    verb.add_option("--network,--net", arguments.networks,
            "NAME[:alias=a,b][:ip=ADDRESS][:ip6=ADDRESS] of twinhullctl network, or none, host, user")
        ->type_name("NETWORK")
        ->allow_extra_args(false);
    verb.add_flag("--no-network", arguments.hasNoNetwork, "without a network");
    verb.add_flag("--rm", arguments.upkeep.isRemovedAtEnd, "remove the container when it has ended");
    verb.add_flag("-t,--tty,--terminal", arguments.hasTerminal, "a container with a terminal, to use with attach");
    verb.add_flag("--open-stdin", arguments.hasInput,
        "a container whose standard input is open, to use with attach; as -i without -t does");
}

void addSourceOptions(CLI::App& verb, PlanArguments& arguments)
{
    auto* iso = verb.add_flag("--iso", arguments.isIso, "IMAGE is an installation medium; a VM with a new disk");
    auto* disk = verb.add_flag("--disk", arguments.isDisk, "IMAGE is a disk that exists; a VM that uses it in place");
    iso->excludes(disk);
    verb.add_option("--disk-size", arguments.diskSize, "of the new disk of --iso")->type_name("SIZE")->needs(iso);
    verb.add_option("IMAGE", arguments.source, "reference or digest; with --iso and --disk a path");
}

} // namespace

void addMachineOption(CLI::App& verb, std::string& machine)
{
    verb.add_option("--machine", machine,
            "of a VM made from an image: auto (the default: microvm where KVM runs and QEMU knows it, else q35), "
            "q35 or microvm; inspect says which and why")
        ->type_name("MACHINE")
        ->check(CLI::IsMember({ "auto", "q35", "microvm" }));
}

CLI::App* addPlanVerb(CLI::App& app, const std::string& name, const std::string& description, CreateOptions& options)
{
    auto* verb = app.add_subcommand(name, description);
    verb->footer("Words after IMAGE replace the image's command; what begins with a dash there is the command's. A "
                 "command whose "
                 "first word begins with a dash stands after --.");
    verb->fallthrough(false); // words after IMAGE are the command's
    verb->prefix_command();
    auto* vm = verb->add_flag("--vm", options.isVm, "a VM");
    verb->add_option("--pull", options.pull, "an image from its registry: missing (the default), always or never")
        ->type_name("WHEN")
        ->check(CLI::IsMember({ "missing", "always", "never" }));
    verb->add_option("--from", options.from,
            "as this container, but for what else is said here; IMAGE can be left out, and its name then")
        ->type_name("CONTAINER")
        ->excludes(vm);
    addMachineOption(*verb, options.arguments.machine);
    verb->add_flag("--container", options.isContainer, "a container (as without --vm)")->excludes(vm);
    verb->add_option("--name", options.arguments.name, "its name; else made from the image's");
    addWiringOptions(*verb, options.arguments);
    addLimitOptions(*verb, options.arguments);
    addOptionOptions(*verb, options.arguments.options);
    addUpkeepOptions(*verb, options.arguments.upkeep);
    addSourceOptions(*verb, options.arguments);
    return verb;
}

void finishPlan(const CLI::App& verb, const CommandTail& tail, CreateOptions& options)
{
    if (options.arguments.source.empty() && options.from.empty())
        throw CLI::RequiredError("IMAGE");
    options.arguments.command = commandAfter(verb, tail);
    const bool hasOwnSystem = options.arguments.isIso || options.arguments.isDisk;
    if (!options.arguments.machine.empty() && (hasOwnSystem || !options.isVm))
        throw CLI::ValidationError("--machine", "a VM made from an image alone is a microvm or a q35: say --vm");
    options.isVm = options.isVm || hasOwnSystem;
}

} // namespace twinhull
