// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/agent_program.h"

#include "core/base/clock.h"

#include <algorithm>

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

Result<AgentProgramStatus> runToEnd(const AgentLine& line, const GuestProgram& program, JobContext& context)
{
    constexpr std::chrono::hours kForever{ 24 * 365 };
    const auto process = line.run(program.arguments, program.input);
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
    auto ended = runToEnd(line, program, context);
    if (!ended)
        return std::move(ended).error();
    outcome.command = { ended->exitStatus, std::move(ended->output), std::move(ended->errorOutput),
        std::chrono::nanoseconds(monotonicNanoseconds() - begin) };
    outcome.isCut = ended->isCut;
    return {};
}

} // namespace twinhull
