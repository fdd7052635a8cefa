// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/log_follower.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/files.h"

namespace twinhull {

namespace {

struct LogsOptions {
    std::string name;
    std::string kind;
    bool follows = false;
};

bool isOver(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Stopped || info.state == WorkloadState::Failed;
}

/// Prints what comes until the workload ends, is removed or a signal arrives.
void follow(Program& program, const WorkloadInfo& info, LogFollower& log)
{
    const auto end = [&program, &log] {
        if (auto rest = log.printRest(); !rest)
            program.fail(rest.error());
        else
            program.finish();
    };
    QObject::connect(&program, &Program::interrupted, &log, [&program] { program.finish(); });
    QObject::connect(&program.registry(), &WorkloadRegistry::changed, &log, [id = info.id, end](const auto& now) {
        if (now.id == id && isOver(now))
            end();
    });
    QObject::connect(&program.registry(), &WorkloadRegistry::removed, &log, [id = info.id, end](const auto& gone) {
        if (gone == id)
            end();
    });
    if (isOver(info))
        end();
    else
        log.watch();
}

/// An empty answer alone looks like a fault.
void noteEmptyLog(Program& program, const WorkloadInfo& info)
{
    const auto bytes = allocatedBytes(info.logPath.toStdString());
    if (bytes && *bytes == 0)
        program.note(Program::tr("%1 has written nothing yet.").arg(info.name));
}

void logs(Program& program, const LogsOptions& options)
{
    const auto kind = kindFromText(options.kind);
    const auto info = kind ? findOne(program.registry(), QString::fromStdString(options.name), *kind)
                           : Result<WorkloadInfo>(kind.error());
    if (!info) {
        program.noteMissingVms();
        program.fail(info.error());
        return;
    }
    if (!options.follows)
        noteEmptyLog(program, *info);
    if (info->logPath.isEmpty()) {
        program.fail(Error{ ErrorCode::NotFound, options.name + " keeps no log", 0, {} });
        return;
    }
    auto* log = new LogFollower(
        info->logPath, program.wantsJson() ? std::optional(LogJson(info->id.kind)) : std::nullopt, &program);
    if (auto printed = options.follows ? log->printNew() : log->printRest(); !printed)
        program.fail(printed.error());
    else if (options.follows)
        follow(program, *info, *log);
    else
        program.finish();
}

} // namespace

void addLogsVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<LogsOptions>();
    auto* verb = app.add_subcommand(
        "logs", "what a workload wrote; with --json one object a line: time, stream, text, partial");
    verb->add_option("NAME", options->name, "name, id or its beginning")->required();
    verb->add_option("--kind", options->kind, "container or vm, where both bear the name");
    verb->add_flag("-f,--follow", options->follows, "go on until it ends");
    verb->callback([&chosen, options] {
        chosen = { options->kind == "container" ? Need::Containers : Need::Workloads,
            [options](Program& program) { logs(program, *options); } };
    });
}

} // namespace twinhull
