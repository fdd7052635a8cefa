// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/workload_text.h"
#include "core/workload/workload_checkpoint.h"

namespace twinhull {

namespace {

struct CheckpointOptions {
    std::vector<std::string> names;
    CheckpointChoice choice;
    bool keeps = false;
};

struct CheckpointVerb {
    const char* name;
    const char* description;
    Capability needed;
};

constexpr CheckpointVerb kSave{ "checkpoint", "save running containers with their memory, and end them (root, criu)",
    Capability::Checkpoint };
constexpr CheckpointVerb kRestore{ "restore", "go on where a checkpoint left containers (root, criu)",
    Capability::RestoreCheckpoint };

Error refusal(const CheckpointVerb& verb, const WorkloadInfo& info)
{
    const std::string attempt = "cannot " + std::string(verb.name) + " " + info.name.toStdString() + ": ";
    if (verb.needed == Capability::RestoreCheckpoint && !info.checkpointedAt.isValid())
        return { ErrorCode::NotFound, attempt + "there is no checkpoint of it", 0,
            "Make one while it runs: twinhullctl checkpoint" };
    return { ErrorCode::Busy, attempt + "it is " + textOf(info.state).toStdString(), 0,
        info.stateReason.toStdString() };
}

void actOn(Program& program, const CheckpointVerb& verb, const CheckpointOptions& options)
{
    const auto workloads = chosenWorkloads(program, options.names, {});
    if (!workloads)
        return;
    WorkloadCheckpoint& maker = *program.containers();
    if (const auto can = maker.canCheckpoint(); !can)
        return program.fail(can.error());
    std::vector<std::unique_ptr<Job>> jobs;
    for (const auto& info : *workloads) {
        if (!info.capabilities.testFlag(verb.needed))
            return program.fail(refusal(verb, info));
        jobs.push_back(verb.needed == Capability::Checkpoint
                ? maker.checkpoint(info.id, options.choice)
                : maker.restoreCheckpoint(info.id, options.keeps ? AfterRestore::Keep : AfterRestore::Remove));
    }
    program.runAll(std::move(jobs), [&program, before = *workloads] { finishChange(program, before); });
}

CLI::App* addVerb(
    CLI::App& app, ChosenVerb& chosen, const CheckpointVerb& verb, const std::shared_ptr<CheckpointOptions>& options)
{
    auto* command = app.add_subcommand(verb.name, verb.description);
    command->add_option("NAME", options->names, "names, ids or the beginnings of ids of containers")->required();
    command->callback([&chosen, verb, options] {
        chosen = { Need::Containers, [verb, options](Program& program) { actOn(program, verb, *options); },
            OthersChanges::Ignored, options->names };
    });
    return command;
}

} // namespace

void addCheckpointVerbs(CLI::App& app, ChosenVerb& chosen)
{
    const auto saving = std::make_shared<CheckpointOptions>();
    auto* save = addVerb(app, chosen, kSave, saving);
    save->add_flag("-R,--leave-running", saving->choice.leavesRunning, "do not end them");
    save->add_flag("--tcp-established", saving->choice.keepsConnections,
        "with open connections, which go on; needs --network host");
    save->add_flag("--tcp-close", saving->choice.closesConnections, "with open connections, which are closed then");
    save->add_flag("--file-locks", saving->choice.keepsLocks, "with locks of files");
    save->add_flag("-k,--keep", saving->keeps, "as podman's; criu's log is kept in any case");
    const auto restoring = std::make_shared<CheckpointOptions>();
    auto* restore = addVerb(app, chosen, kRestore, restoring);
    restore->add_flag("-k,--keep", restoring->keeps, "the checkpoint stays, to be restored once more");
}

} // namespace twinhull
