// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/chosen_verb.h"
#include "app/twinhullctl/chosen_workloads.h"
#include "app/twinhullctl/log_follower.h"
#include "app/twinhullctl/log_tail.h"
#include "app/twinhullctl/moment_text.h"
#include "app/twinhullctl/workload_text.h"
#include "core/base/files.h"
#include "core/base/text.h"

#include <algorithm>
#include <limits>

namespace twinhull {

namespace {

struct LogsOptions {
    std::vector<std::string> names;
    std::string kind;
    std::string since;
    std::string until;
    std::string tail;
    std::string stream;
    bool follows = false;
    bool hasTimes = false;
};

constexpr std::uint64_t kAllLines = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t kNanosecondsOfMillisecond = 1'000'000;

bool isOver(const WorkloadInfo& info)
{
    return info.state == WorkloadState::Stopped || info.state == WorkloadState::Failed;
}

/// Prints what comes until the workloads end, are removed or a signal arrives.
void follow(Program& program, const std::vector<std::pair<WorkloadInfo, LogFollower*>>& logs)
{
    const auto left = std::make_shared<std::size_t>(logs.size());
    QObject::connect(&program, &Program::interrupted, &program, [&program] { program.finish(); });
    for (const auto& [info, log] : logs) {
        const auto end = [&program, left, log = log, isEnded = std::make_shared<bool>(false)] {
            if (std::exchange(*isEnded, true))
                return;
            if (auto rest = log->printRest(); !rest)
                program.fail(rest.error());
            else if (--*left == 0)
                program.finish();
        };
        QObject::connect(&program.registry(), &WorkloadRegistry::changed, log, [id = info.id, end](const auto& now) {
            if (now.id == id && isOver(now))
                end();
        });
        QObject::connect(&program.registry(), &WorkloadRegistry::removed, log, [id = info.id, end](const auto& gone) {
            if (gone == id)
                end();
        });
        if (isOver(info))
            end();
        else
            log->watch();
    }
}

/// An empty answer alone looks like a fault.
void noteEmptyLog(Program& program, const WorkloadInfo& info)
{
    const auto bytes = allocatedBytes(info.logPath.toStdString());
    if (bytes && *bytes == 0)
        program.note(Program::tr("%1 has written nothing yet.").arg(info.name));
}

Result<std::string> momentOf(const std::string& option, const std::string& text)
{
    if (text.empty())
        return std::string();
    const auto moment = pastMomentFromText(text);
    if (!moment)
        return Result<std::string>(moment.error()).withContext(option);
    return logTime(*moment * kNanosecondsOfMillisecond);
}

Result<LogChoice> choiceFrom(const LogsOptions& options, bool asJson)
{
    auto since = momentOf("--since", options.since);
    auto until = momentOf("--until", options.until);
    if (!since || !until)
        return since ? std::move(until).error() : std::move(since).error();
    LogChoice choice;
    choice.asJson = asJson;
    choice.hasTimes = options.hasTimes;
    choice.since = *since;
    choice.until = *until;
    choice.wantsOutput = options.stream != "stderr";
    choice.wantsError = options.stream != "stdout";
    return choice;
}

Result<std::uint64_t> tailFrom(const LogsOptions& options)
{
    if (options.tail.empty() || options.tail == "all")
        return kAllLines;
    return parseNumber(options.tail).withContext("--tail");
}

/// Prints so many of the last lines of what there is.
Result<> beginAt(LogFollower& log, const WorkloadInfo& info, std::uint64_t lines, const LogChoice& choice)
{
    auto files = openLogs(info.logPath);
    if (!files)
        return std::move(files).error();
    if (lines != kAllLines)
        keepTail(*files, lines, choice);
    return log.begin(*std::move(files));
}

Result<LogFollower*> openLog(Program& program, const LogsOptions& options, const WorkloadInfo& info)
{
    if (info.logPath.isEmpty())
        return Error{ ErrorCode::NotFound, info.name.toStdString() + " keeps no log", 0, {} };
    auto choice = choiceFrom(options, program.wantsJson());
    const auto lines = tailFrom(options);
    if (!choice || !lines)
        return choice ? lines.error() : choice.error();
    const bool hasRecords = info.id.kind == WorkloadKind::Container || !info.imageDigest.isEmpty();
    const bool asksForTimes = !options.since.empty() || !options.until.empty() || options.hasTimes;
    if (!hasRecords && (asksForTimes || !options.stream.empty()))
        return Error{ ErrorCode::Unsupported,
            info.name.toStdString()
                + " is a VM with a system of its own: what its serial console says bears no times and no streams",
            0, "Leave them out" };
    if (options.names.size() > 1)
        choice->prefix = info.name.toUtf8() + " | ";
    auto* log = new LogFollower(info.logPath, LogPrinter(info.id.kind, *choice), &program);
    if (auto begun = beginAt(*log, info, *lines, *choice); !begun)
        return std::move(begun).error();
    auto printed = options.follows ? Result<>() : log->printRest();
    return printed ? Result<LogFollower*>(log) : std::move(printed).error();
}

void logs(Program& program, const LogsOptions& options)
{
    const auto found = chosenWorkloads(program, options.names, options.kind);
    if (!found)
        return;
    std::vector<std::pair<WorkloadInfo, LogFollower*>> all;
    for (const auto& info : *found) {
        if (!options.follows)
            noteEmptyLog(program, info);
        const auto log = openLog(program, options, info);
        if (!log) {
            program.fail(log.error());
            return;
        }
        all.emplace_back(info, *log);
    }
    if (options.follows)
        follow(program, all);
    else
        program.finish();
}

} // namespace

void addLogsVerb(CLI::App& app, ChosenVerb& chosen)
{
    const auto options = std::make_shared<LogsOptions>();
    auto* verb = app.add_subcommand(
        "logs", "what workloads wrote; with --json one object a line: time, stream, text, partial");
    verb->add_option("NAME", options->names, "names, ids or the beginnings of ids")->required();
    verb->add_option("--kind", options->kind, "container or vm, where both bear the name");
    verb->add_flag("-f,--follow", options->follows, "go on until it ends");
    verb->add_flag("-t,--timestamps", options->hasTimes, "the time before each line");
    verb->add_option("--since", options->since, "not before: 10m, 2026-11-28, \"2026-11-28 10:30\"");
    verb->add_option("--until", options->until, "not after that moment");
    verb->add_option("-n,--tail", options->tail, "only so many of the last lines, or all")->type_name("N");
    verb->add_option("--stream", options->stream, "only stdout or stderr of the program")
        ->check(CLI::IsMember({ "stdout", "stderr" }));
    verb->callback([&chosen, options] {
        chosen = { options->kind == "container" ? Need::Containers : Need::Workloads,
            [options](Program& program) { logs(program, *options); }, followedIf(options->follows), options->names };
    });
}

} // namespace twinhull
