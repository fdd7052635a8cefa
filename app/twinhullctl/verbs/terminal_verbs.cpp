// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/agent_command.h"
#include "app/twinhullctl/attached_run.h"
#include "app/twinhullctl/become_program.h"
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/guest_command_run.h"
#include "app/twinhullctl/plan_arguments.h"
#include "app/twinhullctl/running_workload.h"
#include "app/twinhullctl/terminal_session.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/text.h"
#include "core/containers/container_diff.h"
#include "core/containers/image_user.h"
#include "core/ipc/container_folder.h"
#include "core/ipc/event_journal.h"

#include <cstdlib>

namespace twinhull {

namespace {

struct ExecOptions {
    RunningName named;
    std::string user;
    std::vector<std::string> environment; ///< KEY=VALUE
    std::string workingFolder; ///< empty: the workload's own
    bool isInteractive = false; ///< said aloud; standard input is passed on always
    bool wantsTerminal = false;
    std::string limit; ///< empty: none
    std::vector<std::string> command;
};

Result<WorkloadInfo> findContainer(Program& program, const std::string& name)
{
    return findOne(program.registry(), QString::fromStdString(name), WorkloadKind::Container);
}

void attach(Program& program, const std::string& name)
{
    const auto info = findContainer(program, name);
    if (!info) {
        program.fail(info.error());
        return;
    }
    if (auto runs = checkRuns(*info, "attach to"); !runs) {
        program.fail(runs.error());
        return;
    }
    if (!info->capabilities.testFlag(Capability::Console)) {
        (new AttachedRun(program, AttachedRun::By::Streams))->join(info->id);
        return;
    }
    auto terminal = program.containers()->openTerminal(info->id, RawTerminal::size());
    if (!terminal) {
        program.fail(terminal.error());
        return;
    }
    new TerminalSession(program, *std::move(terminal));
}

std::string ownTerm()
{
    const char* term = std::getenv("TERM");
    return std::string("TERM=") + (term != nullptr ? term : "xterm");
}

/// Where the files that are inside now are to be seen, highest first. A mount by FUSE is closed to whoever is not in
/// its user namespace (fuse(4), allow_other), so the folders are read that it shows together, below what Twinhull
/// mounts in its /etc.
Result<std::vector<std::string>> foldersInside(Program& program, const WorkloadInfo& info)
{
    const ContainerFolder folder(program.folders(), info.id.key.toStdString());
    const auto settings = folder.readSettings();
    if (!settings || settings->root.kind != RootKind::FuseOverlay)
        return std::vector{ "/proc/" + std::to_string(info.footprint.rootPids.front()) + "/root" };
    auto folders = layersOf(folder);
    if (folders)
        folders->insert(folders->begin(), { folder.path(), folder.upperPath() });
    return folders;
}

/// Names are looked up in the files that are inside now; never through a link that leaves it.
Result<std::vector<std::string>> userWords(Program& program, const WorkloadInfo& info, const std::string& user)
{
    if (user.empty())
        return std::vector<std::string>();
    const auto folders = foldersInside(program, info);
    if (!folders)
        return folders.error();
    const auto found = resolveImageUser(user, *folders);
    if (!found)
        return found.error();
    std::vector<std::string> words{ "--user", std::to_string(found->uid) + ":" + std::to_string(found->gid) };
    for (const auto gid : found->additionalGids)
        words.insert(words.end(), { "--additional-gids", std::to_string(gid) });
    words.insert(words.end(), { "--env", "HOME=" + (found->home.empty() ? std::string("/") : found->home) });
    return words;
}

void execInContainer(Program& program, const WorkloadInfo& info, const ExecOptions& options)
{
    auto words = program.containers()->execCommand(info.id);
    const auto user = userWords(program, info, options.user);
    if (!user) {
        program.fail(user.error());
        return;
    }
    words.insert(words.end(), user->begin(), user->end());
    if (options.wantsTerminal)
        words.insert(words.end(), { "--tty", "--env", ownTerm() });
    for (const auto& variable : options.environment)
        words.insert(words.end(), { "--env", variable });
    if (!options.workingFolder.empty())
        words.insert(words.end(), { "--cwd", options.workingFolder });
    JournalEvent event{ 0, "container", "exec", info.id.key.toStdString(), info.name.toStdString(),
        { { "image", info.image.toStdString() }, { "command", options.command.front() } } };
    noteEvent(program.folders().events(), event);
    event.action = "exec_died"; // noted by hull, which this process is about to become
    words.insert(words.end(),
        { "--events", program.folders().events(), "--exit-event", encodeJournalEvent(event).substr(1), event.id });
    words.insert(words.end(), options.command.begin(), options.command.end());
    program.fail(becomeProgram(words));
}

void execInVm(Program& program, const WorkloadInfo& info, const ExecOptions& options)
{
    const auto sockets = program.vms()->sessionSockets(info.id);
    if (!sockets) {
        program.fail(sockets.error());
        return;
    }
    GuestCommand command;
    command.arguments = options.command;
    command.hasTerminal = options.wantsTerminal;
    command.user = options.user;
    if (options.wantsTerminal)
        command.environment.push_back(ownTerm());
    command.environment.insert(command.environment.end(), options.environment.begin(), options.environment.end());
    command.workingFolder = options.workingFolder;
    new GuestCommandRun(program, *sockets, std::move(command));
}

/// qemu-guest-agent knows neither terminals nor users.
void execInForeignMachine(Program& program, const WorkloadInfo& info, const ExecOptions& options)
{
    const auto limit = options.limit.empty() ? std::chrono::milliseconds() : parseDuration(options.limit);
    if (!limit)
        program.fail(Error(limit.error()).withContext("--limit"));
    else if (options.wantsTerminal)
        program.fail({ ErrorCode::Unsupported, "qemu-guest-agent gives no terminal", 0,
            "Leave -t away, or use its console: twinhullctl vm console " + options.named.name });
    else if (!options.user.empty())
        program.fail({ ErrorCode::Unsupported, "qemu-guest-agent runs commands as its own user only", 0,
            "Leave -u away, or run su, runuser or sudo inside" });
    else if (!options.environment.empty() || !options.workingFolder.empty())
        program.fail({ ErrorCode::Unsupported, "qemu-guest-agent is told neither variables nor a folder", 0,
            "Leave -e and -w away, or run env(1) or a shell inside" });
    else
        execByAgent(program, info, { options.command, options.isInteractive, *limit });
}

void exec(Program& program, const ExecOptions& options)
{
    withRunning(program, options.named, "run a command in", [options](Program& ready, const WorkloadInfo& info) {
        if (isForeignMachine(ready, info))
            execInForeignMachine(ready, info, options);
        else if (!options.limit.empty())
            ready.fail({ ErrorCode::Unsupported, "--limit is for machines with qemu-guest-agent only", 0,
                "Use timeout(1), here or inside" });
        else if (info.id.kind == WorkloadKind::Container)
            execInContainer(ready, info, options);
        else
            execInVm(ready, info, options);
    });
}

/// Judged before anything is looked for.
void takeSurroundings(ExecOptions& options)
{
    for (std::string& variable : options.environment) {
        const auto whole = environmentFromText(variable);
        if (!whole)
            throw CLI::ValidationError("--env", whole.error().toLine());
        variable = whole->toStdString();
    }
    if (!options.workingFolder.empty() && options.workingFolder.front() != '/')
        throw CLI::ValidationError("--workdir", "must be an absolute path");
}

void addExecVerb(CLI::App& app, ChosenVerb& chosen, const CommandTail& tail)
{
    const auto options = std::make_shared<ExecOptions>();
    auto* verb = app.add_subcommand("exec", "run a command in a running container or VM: exec [OPTIONS] NAME COMMAND…");
    verb->footer(
        "The exit code is the command's; 255 when it could not be run.\n"
        "In a VM made by others qemu-guest-agent runs it, as its user: there is no terminal, what the command says\n"
        "comes at its end (its first 2 MiB, and 768 KiB of its errors), and standard input (128 KiB at most) is read "
        "to\n"
        "its end first, with -i.");
    verb->fallthrough(false); // words after NAME are the command's
    verb->prefix_command();
    verb->add_flag(
        "-i,--interactive", options->isInteractive, "pass standard input on (always done, but by qemu-guest-agent)");
    verb->add_flag("-t,--tty", options->wantsTerminal, "give it a terminal");
    verb->add_option("-u,--user", options->user, "USER[:GROUP], names or numbers; else the workload's own");
    verb->add_option("-e,--env", options->environment, "KEY=VALUE, or KEY for its value here; again for more")
        ->type_name("VARIABLE")
        ->allow_extra_args(false);
    verb->add_option("-w,--workdir", options->workingFolder, "folder it begins in; else the workload's own")
        ->type_name("FOLDER");
    verb->add_option(
        "--limit", options->limit, "by qemu-guest-agent: end the command after this time, as in 30s or 5m");
    verb->add_option("--kind", options->named.kind, "container or vm; else the container, where both bear the name");
    verb->add_option("NAME", options->named.name, "name, id or its beginning")->required();
    verb->callback([&chosen, &tail, options, verb] {
        options->command = commandAfter(*verb, tail);
        if (options->command.empty())
            throw CLI::ValidationError("COMMAND", "is missing");
        takeSurroundings(*options);
        chosen = { options->named.kind == "vm" ? Need::Workloads : Need::Containers,
            [options](Program& program) { exec(program, *options); }, OthersChanges::Ignored, { options->named.name } };
    });
}

} // namespace

void addTerminalVerbs(CLI::App& app, ChosenVerb& chosen, const CommandTail& tail)
{
    const auto name = std::make_shared<std::string>();
    auto* verb = app.add_subcommand("attach",
        "the terminal of a container that was made with --terminal, in this one; Ctrl-] leaves it. Of another what it "
        "writes from now on, and our standard input where it was made with -i; Ctrl-C leaves it");
    verb->add_option("NAME", *name, "name, id or its beginning")->required();
    verb->callback([&chosen, name] {
        chosen = { Need::Containers, [name](Program& program) { attach(program, *name); }, OthersChanges::Ignored,
            { *name } };
    });
    addExecVerb(app, chosen, tail);
}

} // namespace twinhull
