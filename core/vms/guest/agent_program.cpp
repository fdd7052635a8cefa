// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/agent_program.h"

#include "core/base/clock.h"

#include <algorithm>
#include <string_view>

namespace twinhull {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstPause{ 20 };
constexpr std::chrono::milliseconds kLongestPause{ 1000 };
constexpr std::chrono::seconds kGrace{ 3 };

/// Ends or not: what is said afterwards holds for both.
void signalInside(const AgentLine& line, const char* signal, qint64 process)
{
    const auto sent = line.run({ "kill", signal, std::to_string(process) }, {});
    if (sent)
        (void)line.status(*sent); // so that the agent forgets it
}

Error stopped(ErrorCode code, const std::string& why, qint64 process)
{
    return { code, why, 0,
        "It was asked to end; where it did not, it runs on inside as process " + std::to_string(process) + "." };
}

/// What the script below says instead of a program that the guest has not; nobody is deceived by a program that says
/// so.
constexpr std::string_view kNoSuchProgram = "twinhull: no such program";
constexpr int kNotFoundStatus = 127; // as a shell says it

/// POSIX sh, with mktemp, mkfifo and head -c as GNU, busybox and the BSDs have them. The program is exec'd: its process
/// is the one that the agent knows, so its status and what is sent to it are its own. Those that read are nobody's
/// children by then. An agent is silent after an answer that is too large for the way to it.
std::string boundingScript()
{
    const auto reader = [](const char* fifo, std::size_t bytes, const char* outlet) {
        return "({ head -c " + std::to_string(bytes + 1) + "; cat >/dev/null; } <\"$d/" + fifo + "\"" + outlet
            + " &)\n";
    };
    return "command -v \"$1\" >/dev/null 2>&1 || { printf '%s' '" + std::string(kNoSuchProgram)
        + "' >&2; exit 127; }\n"
          "for p in head cat mktemp mkfifo rm; do command -v $p >/dev/null 2>&1 || exec \"$@\"; done\n"
          "[ \"$(printf xy | head -c 1 2>/dev/null)\" = x ] || exec \"$@\"\n"
          "d=$(mktemp -d 2>/dev/null) || exec \"$@\"\n"
          "mkfifo \"$d/o\" \"$d/e\" 2>/dev/null || { rm -rf \"$d\"; exec \"$@\"; }\n"
        + reader("o", kAgentOutputLimitBytes, " 2>/dev/null") + reader("e", kAgentErrorLimitBytes, " >&2 2>/dev/null")
        + "exec 3>\"$d/o\" 4>\"$d/e\"; rm -rf \"$d\"\n"
          "exec \"$@\" >&3 2>&4 3>&- 4>&-\n";
}

bool isOutOfReach(const Error& error)
{
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::Busy
        || error.code == ErrorCode::PermissionDenied || error.code == ErrorCode::Cancelled
        || error.code == ErrorCode::Timeout;
}

/// The process; where the guest has no sh, of the program itself.
Result<qint64> beginProgram(const AgentLine& line, const GuestProgram& program, AgentOutput output)
{
    const bool mayBound = output == AgentOutput::Bounded && !program.arguments.empty()
        && !program.arguments.front().empty() && !program.arguments.front().starts_with('-');
    if (mayBound) {
        const auto process = line.run(boundedProgram(program.arguments), program.input);
        if (process || isOutOfReach(process.error()))
            return process;
    }
    return line.run(program.arguments, program.input);
}

bool cutTo(std::string& text, std::size_t limit)
{
    if (text.size() <= limit)
        return false;
    text.resize(limit);
    return true;
}

/// Until it has ended or the moment has come.
Result<AgentProgramStatus> watch(const AgentLine& line, qint64 process, Clock::time_point until, JobContext& context)
{
    auto pause = kFirstPause;
    for (;;) {
        auto status = line.status(process);
        if (!status || status->hasEnded)
            return status;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        if (left.count() <= 0)
            return status;
        if (context.waitForCancel(std::min(pause, left)))
            return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
        pause = std::min(pause * 2, kLongestPause);
    }
}

} // namespace

std::vector<std::string> boundedProgram(const std::vector<std::string>& arguments)
{
    std::vector<std::string> words{ "sh", "-c", boundingScript(), "sh" };
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

Result<AgentProgramStatus> runToEnd(
    const AgentLine& line, const GuestProgram& program, JobContext& context, AgentOutput output)
{
    constexpr std::chrono::hours kForever{ 24 * 365 };
    const auto process = beginProgram(line, program, output);
    if (!process)
        return process.error();
    const bool hasLimit = program.limit.count() > 0;
    const auto until = Clock::now() + (hasLimit ? program.limit : std::chrono::milliseconds(kForever));
    auto status = watch(line, *process, until, context);
    if (!status && status.error().code == ErrorCode::Cancelled) {
        signalInside(line, "-TERM", *process);
        return stopped(ErrorCode::Cancelled, "cancelled", *process);
    }
    if (!status || status->hasEnded)
        return status;
    signalInside(line, "-TERM", *process);
    status = watch(line, *process, Clock::now() + kGrace, context);
    if (!status || !status->hasEnded)
        signalInside(line, "-KILL", *process);
    return stopped(ErrorCode::Timeout, "its time limit has passed", *process);
}

Result<> runByAgent(
    const AgentLine& line, const GuestProgram& program, JobContext& context, GuestProgramOutcome& outcome)
{
    const std::int64_t begin = monotonicNanoseconds();
    auto ended = runToEnd(line, program, context, AgentOutput::Bounded);
    if (!ended)
        return std::move(ended).error();
    if (ended->exitStatus == kNotFoundStatus && ended->output.empty() && ended->errorOutput == kNoSuchProgram)
        return Error{ ErrorCode::NotFound, "there is no program " + program.arguments.front() + " inside", 0,
            "Name one that its agent finds in its PATH, or the whole path." };
    const bool isOutputCut = cutTo(ended->output, kAgentOutputLimitBytes);
    const bool isErrorCut = cutTo(ended->errorOutput, kAgentErrorLimitBytes);
    outcome.command = { ended->exitStatus, std::move(ended->output), std::move(ended->errorOutput),
        std::chrono::nanoseconds(monotonicNanoseconds() - begin) };
    outcome.isCut = ended->isCut || isOutputCut || isErrorCut;
    return {};
}

} // namespace twinhull
