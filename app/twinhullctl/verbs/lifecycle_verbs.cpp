// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/signal_name.h"
#include "core/jobs/thread_job.h"
#include "core/metrics/inside_processes.h"
#include "core/workload/machine_making.h"
#include "core/workload/machine_power.h"
#include "core/workload/restart_job.h"
#include "core/workload/workload_bin.h"
#include "core/workload/workload_changes.h"

#include <QThreadPool>

namespace twinhull {

namespace {

struct LifecycleOptions {
    std::vector<std::string> names;
    std::string kind;
    std::string signal = "KILL";
    int pid = 0; ///< of a process inside; 0: the first one
    bool isForced = false;
    bool goesToBin = false;
    bool isFromInstaller = false;
};

MachinePower* powerOf(WorkloadProvider& provider)
{
    auto* machines = dynamic_cast<HasMachinePower*>(&provider);
    return machines != nullptr ? &machines->power() : nullptr;
}

constexpr Capabilities kEndable = Capability::Stop | Capability::ForceOff;

using MakeJob = std::function<std::unique_ptr<Job>(WorkloadProvider&, const WorkloadInfo&, const LifecycleOptions&)>;

struct LifecycleVerb {
    const char* name;
    const char* description;
    Capabilities needed; ///< one of them; asked first, so that the refusal names the state
    MakeJob makeJob; ///< null where this kind cannot
};

std::unique_ptr<Job> signalInsideJob(const WorkloadInfo& info, int pid, int signal)
{
    return std::make_unique<ThreadJob>(
        Program::tr("Send signal %1 to process %2 of %3").arg(signal).arg(pid).arg(info.name),
        QThreadPool::globalInstance(), [footprint = info.footprint, pid, signal](JobContext&) -> Result<> {
            for (const auto& process : insideProcesses(footprint)) {
                if (process.insidePid == pid)
                    return signalProcess(footprint, process, signal);
            }
            return Error{ ErrorCode::NotFound, "there is no process " + std::to_string(pid) + " inside", 0,
                "See them with: twinhullctl top" };
        });
}

const std::vector<LifecycleVerb>& lifecycleVerbs()
{
    static const std::vector<LifecycleVerb> verbs{
        { "start", "start what is stopped; returns when the entrypoint runs", Capability::Start,
            [](auto& provider, const auto& info, const auto& options) {
                return options.isFromInstaller ? installAgainJob(provider, *powerOf(provider), info)
                                               : provider.start(info.id);
            } },
        { "stop", "SIGTERM, by force after a time; a VM with its own system: its agent, else its power button",
            Capability::Stop,
            [](auto& provider, const auto& info, const auto& options) {
                return provider.stop(info.id, options.isForced ? StopMode::Force : StopMode::Graceful);
            } },
        { "restart", "stop as above and start; what is stopped is only started", kEndable | Capability::Start,
            [](auto& provider, const auto& info, const auto& options) {
                return restartJob(provider, info, options.isForced ? StopMode::Force : StopMode::Graceful);
            } },
        { "kill", "send a signal to the first process of containers", kEndable,
            [](auto& provider, const auto& info, const auto& options) -> std::unique_ptr<Job> {
                auto* changes = dynamic_cast<WorkloadChanges*>(&provider);
                const auto number = signalNumber(options.signal);
                if (number && options.pid > 0)
                    return signalInsideJob(info, options.pid, *number);
                return changes != nullptr && number ? changes->kill(info.id, *number) : nullptr;
            } },
        { "pause", "freeze what runs", Capability::Pause,
            [](auto& provider, const auto& info, const auto&) { return provider.pause(info.id); } },
        { "resume", "go on after pause", Capability::Resume,
            [](auto& provider, const auto& info, const auto&) { return provider.resume(info.id); } },
        { "remove", "stop by force and delete", Capability::Remove,
            [](auto& provider, const auto& info, const auto& options) -> std::unique_ptr<Job> {
                if (!options.goesToBin)
                    return provider.remove(info.id);
                auto* bin = dynamic_cast<WorkloadBin*>(&provider);
                return bin != nullptr ? bin->discard(info.id) : nullptr;
            } },
    };
    return verbs;
}

Result<> check(const LifecycleVerb& verb, const WorkloadInfo& info, const LifecycleOptions& options)
{
    const bool canForce = options.isForced && info.capabilities.testFlag(Capability::ForceOff);
    if (std::string_view(verb.name) == "kill" && !signalNumber(options.signal))
        return Error{ ErrorCode::InvalidArgument, "\"" + options.signal + "\" is no signal", 0,
            "Write it as TERM, SIGTERM or 15." };
    if (options.isFromInstaller && info.id.kind != WorkloadKind::Vm)
        return Error{ ErrorCode::InvalidArgument, info.name.toStdString() + " is a container, which has no installer",
            0, "Start it without --installer." };
    if ((info.capabilities & verb.needed) || canForce)
        return {};
    return Error{ ErrorCode::Busy,
        "cannot " + std::string(verb.name) + " " + info.name.toStdString() + ": it is "
            + textOf(info.state).toStdString(),
        0, info.stateReason.toStdString() };
}

void noteWarning(Program& program, const std::vector<WorkloadInfo>& workloads)
{
    auto* vms = dynamic_cast<HasMachineMaking*>(program.registry().provider(WorkloadKind::Vm));
    if (const QString warning = vms != nullptr ? vms->making().warningAtStart(workloads) : QString();
        !warning.isEmpty())
        program.note(warning);
}

/// Said before it starts, so that a person knows what to stop.
void noteInstallers(Program& program, const std::vector<WorkloadInfo>& workloads)
{
    for (const auto& info : workloads) {
        const auto* power = powerOf(*program.registry().provider(info.id.kind));
        if (power != nullptr && power->hasInstaller(info.id))
            program.note(
                Program::tr("The installation of %1 did not come to its end, as far as is known. This starts it "
                            "from its disk; to install anew: stop it, then twinhullctl start --installer %1")
                    .arg(info.name));
    }
}

void act(Program& program, const LifecycleVerb& verb, const LifecycleOptions& options)
{
    const auto workloads = chosenWorkloads(program, options.names, options.kind);
    if (!workloads)
        return;
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& info : *workloads) {
        if (auto can = check(verb, info, options); !can) {
            program.fail(can.error());
            return;
        }
        auto job = verb.makeJob(*program.registry().provider(info.id.kind), info, options);
        if (!job) {
            program.fail({ ErrorCode::Unsupported, std::string("a VM cannot be told to ") + verb.name, 0, {} });
            return;
        }
        jobs.push_back(std::move(job));
    }
    if (verb.needed.testFlag(Capability::Start))
        noteWarning(program, *workloads);
    if (verb.needed == Capability::Start && !options.isFromInstaller)
        noteInstallers(program, *workloads);
    program.runAll(std::move(jobs), [&program, before = *workloads] { finishChange(program, before); });
}

} // namespace

void addLifecycleVerbs(CLI::App& app, ChosenVerb& chosen)
{
    for (const auto& verb : lifecycleVerbs()) {
        const auto options = std::make_shared<LifecycleOptions>();
        auto* command = app.add_subcommand(verb.name, verb.description);
        command->add_option("NAME", options->names, "names, ids or the beginnings of ids")->required();
        command->add_option("--kind", options->kind, "container or vm, where both bear the name");
        if (verb.needed.testFlag(Capability::Stop) && std::string_view(verb.name) != "kill")
            command->add_flag("--force", options->isForced, "at once");
        if (verb.needed == Capability::Start)
            command->add_flag("--installer", options->isFromInstaller,
                "VMs from the installer again, whose installation (vm create --location) was broken off");
        if (verb.needed == Capability::Remove)
            command->add_flag("--to-bin", options->goesToBin, "keep them for a week: twinhullctl bin");
        if (std::string_view(verb.name) == "kill") {
            command->add_option("-s,--signal", options->signal, "name or number")->capture_default_str();
            command->add_option("--pid", options->pid, "to this process inside (top) instead")
                ->check(CLI::PositiveNumber);
        }
        command->callback([&chosen, options, &verb] {
            chosen = { options->kind == "container" ? Need::Containers : Need::Workloads,
                [options, &verb](Program& program) { act(program, verb, *options); }, OthersChanges::Ignored,
                options->names };
        });
    }
}

} // namespace twinhull
