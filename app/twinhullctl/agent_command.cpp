// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/agent_command.h"

#include "core/copy/descriptor_streams.h"
#include "core/jobs/thread_job.h"

#include <QJsonObject>

#include <unistd.h>

#include <csignal>

namespace twinhull {

namespace {

constexpr int kNotRun = 255; // as hull exec and podman exec

std::unique_ptr<Job> streamJob(const QString& title, std::function<Result<>(const IsCancelled&)> work)
{
    return std::make_unique<ThreadJob>(title, QThreadPool::globalInstance(),
        [work = std::move(work)](JobContext& context) { return work([&context] { return context.isCancelled(); }); });
}

std::unique_ptr<Job> readInput(std::shared_ptr<GuestProgram> into)
{
    return streamJob(Program::tr("Read standard input"), [into = std::move(into)](const IsCancelled& isCancelled) {
        auto input = readAll(patientSource(STDIN_FILENO, isCancelled), kGuestInputLimitBytes);
        if (!input && input.error().code == ErrorCode::Corrupt)
            return Result<>(
                Error{ ErrorCode::InvalidArgument, "qemu-guest-agent takes 128 KiB of standard input at most", 0,
                    "Copy it in as a file first: twinhullctl cp FILE NAME:PATH" });
        if (!input)
            return Result<>(std::move(input).error());
        into->input = *std::move(input);
        return Result<>();
    });
}

std::unique_ptr<Job> writeOutput(std::shared_ptr<GuestProgramOutcome> outcome)
{
    return streamJob(
        Program::tr("Write what the command said"), [outcome = std::move(outcome)](const IsCancelled& isCancelled) {
            auto written = writePatiently(STDOUT_FILENO, outcome->command.output, isCancelled);
            return written ? writePatiently(STDERR_FILENO, outcome->command.errorOutput, isCancelled) : written;
        });
}

void onEnd(Program& program, const Job& job, const std::shared_ptr<GuestProgramOutcome>& outcome)
{
    if (job.state() == Job::State::Succeeded) {
        program.run(writeOutput(outcome), [&program, outcome] {
            if (outcome->isCut)
                program.note(Program::tr("Only the beginning of what the command said was kept: have it written to a "
                                         "file inside, and copy that"));
            program.finishAs(outcome->command.exitStatus);
        });
        return;
    }
    const ErrorCode code = job.state() == Job::State::Cancelled ? ErrorCode::Cancelled : job.result().error().code;
    const bool isNotStarted = code == ErrorCode::Unknown || code == ErrorCode::NotFound;
    if (isNotStarted)
        program.finishAs(kNotRun);
    else
        program.finish(exitCodeOf(code));
}

} // namespace

bool isForeignMachine(const Program& program, const WorkloadInfo& info)
{
    if (info.id.kind != WorkloadKind::Vm || !info.imageDigest.isEmpty() || program.vms() == nullptr)
        return false;
    const auto sockets = program.vms()->sessionSockets(info.id);
    return sockets && sockets->isEmpty();
}

void execByAgent(Program& program, const WorkloadInfo& machine, const AgentCommand& command)
{
    (void)std::signal(SIGPIPE, SIG_IGN); // the error of the write is enough
    const auto inside = std::make_shared<GuestProgram>(GuestProgram{ command.arguments, {}, command.limit });
    const auto outcome = std::make_shared<GuestProgramOutcome>();
    const auto begin = [&program, machine, inside, outcome] {
        program.runToTheEnd(program.vms()->guest().run(machine, *inside, outcome),
            [&program, outcome](const Job& job) { onEnd(program, job, outcome); });
    };
    if (command.takesInput)
        program.run(readInput(inside), begin);
    else
        begin();
}

void copyByAgent(Program& program, const WorkloadInfo& machine, AgentCopy direction, const GuestFileCopy& copy)
{
    const auto outcome = std::make_shared<GuestFileOutcome>();
    auto& guest = program.vms()->guest();
    auto job
        = direction == AgentCopy::Out ? guest.copyOut(machine, copy, outcome) : guest.copyIn(machine, copy, outcome);
    program.run(std::move(job), [&program, outcome] {
        if (program.wantsJson())
            program.print(QJsonValue(QJsonObject{
                { QStringLiteral("bytes"), static_cast<qint64>(outcome->bytes) },
                { QStringLiteral("entries"), 1 },
                { QStringLiteral("leftOut"), 0 },
            }));
        program.finish();
    });
}

} // namespace twinhull
