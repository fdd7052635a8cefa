// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/guest_command_run.h"
#include "app/twinhullctl/terminal_session.h"
#include "app/twinhullctl/workload_text.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace twinhull {

namespace {

struct ExecOptions {
    std::string name;
    std::string kind;
    bool isInteractive = false; ///< said aloud; standard input is passed on always
    bool wantsTerminal = false;
    std::vector<std::string> command;
};

Result<WorkloadInfo> findContainer(Program& program, const std::string& name)
{
    return findOne(program.registry(), QString::fromStdString(name), WorkloadKind::Container);
}

/// It has to run; `doing` is what needs it: "attach to".
Result<> checkRuns(const WorkloadInfo& info, const char* doing)
{
    if (!info.footprint.isEmpty())
        return {};
    return Error{ ErrorCode::Busy,
        std::string("cannot ") + doing + " " + info.name.toStdString() + ": it is " + textOf(info.state).toStdString(),
        0, "Start it first: twinhullctl start " + info.name.toStdString() };
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
    auto terminal = program.containers()->openTerminal(info->id, RawTerminal::size());
    if (!terminal) {
        program.fail(terminal.error());
        return;
    }
    new TerminalSession(program, *std::move(terminal));
}

/// Becomes hull; returns only when that fails.
Error becomeProgram(const std::vector<std::string>& words)
{
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str())); // execv(3) does not write to them
    arguments.push_back(nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr); // ours are blocked and read by a descriptor
    ::execv(arguments.front(), arguments.data());
    return Error::fromErrno(errno, "run " + words.front());
}

std::string ownTerm()
{
    const char* term = std::getenv("TERM");
    return std::string("TERM=") + (term != nullptr ? term : "xterm");
}

void execInContainer(Program& program, const WorkloadInfo& info, const ExecOptions& options)
{
    auto words = program.containers()->execCommand(info.id);
    if (options.wantsTerminal)
        words.insert(words.end(), { "--tty", "--env", ownTerm() });
    words.push_back(info.id.key.toStdString());
    words.insert(words.end(), options.command.begin(), options.command.end());
    program.fail(becomeProgram(words));
}

void execInVm(Program& program, const WorkloadInfo& info, const ExecOptions& options)
{
    if (info.state == WorkloadState::Paused) { // nobody inside would answer
        program.fail({ ErrorCode::Busy, "cannot run a command in " + info.name.toStdString() + ": it is paused", 0,
            "Resume it first: twinhullctl resume " + info.name.toStdString() });
        return;
    }
    const auto sockets = program.vms()->sessionSockets(info.id);
    if (!sockets) {
        program.fail(sockets.error());
        return;
    }
    GuestCommand command;
    command.arguments = options.command;
    command.hasTerminal = options.wantsTerminal;
    if (options.wantsTerminal)
        command.environment.push_back(ownTerm());
    new GuestCommandRun(program, *sockets, std::move(command));
}

/// libvirt is asked only where no container bears the name.
void exec(Program& program, const ExecOptions& options)
{
    const auto kind = kindFromText(options.kind);
    if (!kind) {
        program.fail(kind.error());
        return;
    }
    const auto info = findOne(program.registry(), QString::fromStdString(options.name), *kind);
    if (!info && info.error().code == ErrorCode::NotFound && program.vms() == nullptr && options.kind.empty()) {
        program.alsoWithVms([options](Program& again) { exec(again, options); });
        return;
    }
    const auto runs = info ? checkRuns(*info, "run a command in") : Result<>(info.error());
    if (!runs) {
        program.noteMissingVms();
        program.fail(runs.error());
        return;
    }
    if (info->id.kind == WorkloadKind::Container)
        execInContainer(program, *info, options);
    else
        execInVm(program, *info, options);
}

void addExecVerb(CLI::App& app, ChosenVerb& chosen, const CommandTail& tail)
{
    const auto options = std::make_shared<ExecOptions>();
    auto* verb = app.add_subcommand("exec", "run a command in a running container or VM: exec [OPTIONS] NAME COMMAND…");
    verb->footer("The exit code is the command's; 255 when it could not be run.");
    verb->fallthrough(false); // words after NAME are the command's
    verb->prefix_command();
    verb->add_flag("-i,--interactive", options->isInteractive, "pass standard input on (always done)");
    verb->add_flag("-t,--tty", options->wantsTerminal, "give it a terminal");
    verb->add_option("--kind", options->kind, "container or vm; else the container, where both bear the name");
    verb->add_option("NAME", options->name, "name, id or its beginning")->required();
    verb->callback([&chosen, &tail, options, verb] {
        options->command = commandAfter(*verb, tail);
        if (options->command.empty())
            throw CLI::ValidationError("COMMAND", "is missing");
        chosen = { options->kind == "vm" ? Need::Workloads : Need::Containers,
            [options](Program& program) { exec(program, *options); } };
    });
}

} // namespace

void addTerminalVerbs(CLI::App& app, ChosenVerb& chosen, const CommandTail& tail)
{
    const auto name = std::make_shared<std::string>();
    auto* verb = app.add_subcommand(
        "attach", "the terminal of a container that was made with --terminal, in this one; Ctrl-] leaves it");
    verb->add_option("NAME", *name, "name, id or its beginning")->required();
    verb->callback([&chosen, name] {
        chosen = { Need::Containers, [name](Program& program) { attach(program, *name); } };
    });
    addExecVerb(app, chosen, tail);
}

} // namespace twinhull
