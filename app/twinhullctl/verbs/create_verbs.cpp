// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/attached_run.h"
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/foreground_options.h"
#include "app/twinhullctl/plan_options.h"
#include "app/twinhullctl/plan_overlay.h"
#include "app/twinhullctl/workload_text.h"
#include "core/images/image_jobs.h"
#include "core/jobs/sequential_job.h"
#include "core/workload/option_text.h"

namespace twinhull {

namespace {

enum class AndThen { LeaveStopped, Start };

/// What create and run are told beside the plan.
struct MakingWish {
    AndThen andThen = AndThen::LeaveStopped;
    ForegroundOptions foreground;
};

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

/// The registry's name of the plan's image where it has to be pulled before; nothing where it has not.
Result<std::optional<RegistryReference>> neededPull(
    const ImageStore& images, const WorkloadPlan& plan, const std::string& when)
{
    const auto* source = std::get_if<ImageSource>(&plan.source);
    if (source == nullptr || when == "never" || (when == "missing" && images.find(source->reference)))
        return std::optional<RegistryReference>();
    auto name = RegistryReference::parse(source->reference.toStdString());
    if (!name)
        return std::move(name).error();
    return std::optional(*std::move(name));
}

std::unique_ptr<Job> makeJob(Program& program, WorkloadProvider& provider, const WorkloadPlan& plan,
    const std::optional<RegistryReference>& pulled, AndThen andThen,
    const std::function<void(const WorkloadId&)>& beforeStart)
{
    if (andThen == AndThen::LeaveStopped && !pulled)
        return provider.create(plan);
    auto job = std::make_unique<SequentialJob>(
        andThen == AndThen::Start ? Program::tr("Run %1").arg(plan.name) : Program::tr("Create %1").arg(plan.name));
    if (pulled)
        job->add([&program, name = *pulled] { return pullJob(program.images(), PullPlan{ name, hostPlatform() }); });
    const auto remove = [&provider, name = plan.name]() -> std::unique_ptr<Job> {
        const auto id = idOf(provider, name);
        return id ? provider.remove(*id) : nullptr;
    };
    job->add([&provider, plan] { return provider.create(plan); }, remove);
    if (andThen == AndThen::LeaveStopped)
        return job;
    job->add([&provider, name = plan.name, beforeStart]() -> std::unique_ptr<Job> {
        const auto id = idOf(provider, name);
        if (id)
            beforeStart(*id);
        return id ? provider.start(*id) : nullptr;
    });
    return job;
}

/// With --from: the arguments that make one like that container, and what was typed over them.
Result<PlanArguments> argumentsOf(Program& program, const CreateOptions& options, const CLI::App& verb)
{
    if (options.from.empty())
        return options.arguments;
    const auto found = findOne(program.registry(), QString::fromStdString(options.from), WorkloadKind::Container);
    if (!found)
        return found.error();
    const auto plan = program.containers()->planOf(found->id);
    if (!plan)
        return plan.error();
    auto arguments = laidOver(*plan, verb, options.arguments);
    if (arguments && arguments->name.empty()) {
        const auto isTaken = [&program](const QString& name) { return idOf(*program.containers(), name).has_value(); };
        arguments->name = freeName(found->name, isTaken).toStdString();
    }
    return arguments;
}

AttachedRun::By attachedBy(const ForegroundOptions& foreground, const WorkloadPlan& plan)
{
    if (!foreground.passesInput())
        return AttachedRun::By::Log;
    return plan.hasTerminal ? AttachedRun::By::Terminal : AttachedRun::By::Streams;
}

void create(Program& program, const CreateOptions& options, const CLI::App& verb, const MakingWish& wish)
{
    const bool stays = wish.andThen == AndThen::Start && wish.foreground.stays();
    if (stays)
        program.endFailuresWith(kNotRunStatus);
    const auto arguments = argumentsOf(program, options, verb);
    if (!arguments) {
        program.fail(arguments.error());
        return;
    }
    auto plan = planFrom(*arguments);
    if (!plan) {
        program.fail(plan.error());
        return;
    }
    plan->hasInput = plan->hasInput || (wish.foreground.isInteractive && !plan->hasTerminal);
    const auto kind = options.isVm ? WorkloadKind::Vm : WorkloadKind::Container;
    if (auto checked = checkForeground(wish.foreground, *plan, kind); !checked) {
        program.fail(checked.error());
        return;
    }
    auto* provider = program.registry().provider(kind);
    if (auto available = provider->availability(); !available) {
        program.fail(available.error());
        return;
    }
    const auto pulled = neededPull(program.images(), *plan, options.pull);
    if (!pulled) {
        program.fail(pulled.error());
        return;
    }
    auto* attached = stays ? new AttachedRun(program, attachedBy(wish.foreground, *plan)) : nullptr;
    const auto beforeStart = [attached](const WorkloadId& id) {
        if (attached != nullptr)
            attached->hold(id);
    };
    auto job = makeJob(program, *provider, *plan, *pulled, wish.andThen, beforeStart);
    program.run(std::move(job), [&program, attached, provider, name = plan->name] {
        if (attached != nullptr)
            attached->follow();
        else if (const auto id = idOf(*provider, name))
            report(program, *id);
        else
            program.finish(); // it ended and removed itself in between
    });
}

/// Whether a name is free is found out when it is made; only a name that is made up must know all of them before.
std::vector<std::string> namesFor(const CreateOptions& options)
{
    if (options.from.empty())
        return { planName(options.arguments).toStdString() };
    if (options.arguments.name.empty())
        return {};
    return { options.from, options.arguments.name };
}

void addCreateVerb(CLI::App& app, ChosenVerb& chosen, GlobalOptions& global, const CommandTail& tail, AndThen andThen)
{
    const auto options = std::make_shared<CreateOptions>();
    const auto wish = std::make_shared<MakingWish>(MakingWish{ andThen, {} });
    auto* verb = andThen == AndThen::Start
        ? addPlanVerb(app, "run", "make a container or VM and start it: run [OPTIONS] IMAGE [COMMAND…]", *options)
        : addPlanVerb(
            app, "create", "make a container or VM; it stays stopped: create [OPTIONS] IMAGE [COMMAND…]", *options);
    verb->add_flag("--json", global.wantsJson, "the new workload as JSON");
    verb->add_flag("--verbose", global.isVerbose, "more about failures");
    if (andThen == AndThen::Start)
        addForegroundOptions(*verb, wish->foreground);
    else
        addInteractiveOption(*verb, wish->foreground);
    verb->callback([&chosen, &tail, &global, options, verb, wish] {
        finishPlan(*verb, tail, *options);
        if (options->isVm && !global.libvirtUri.empty())
            options->pull = "never"; // another host takes no image, which its own sentence says
        chosen = { options->isVm ? Need::Workloads : Need::Containers,
            [options, verb, wish](Program& program) { create(program, *options, *verb, *wish); },
            OthersChanges::Ignored, namesFor(*options) };
    });
}

} // namespace

void addCreateVerbs(CLI::App& app, ChosenVerb& chosen, GlobalOptions& options, const CommandTail& tail)
{
    addCreateVerb(app, chosen, options, tail, AndThen::LeaveStopped);
    addCreateVerb(app, chosen, options, tail, AndThen::Start);
}

} // namespace twinhull
