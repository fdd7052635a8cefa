// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/guest_command_job.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/jobs/thread_job.h"
#include "core/vms/guest/guest_exec.h"

#include <algorithm>

namespace twinhull {

namespace {

GuestExecStreams::Sink keeping(std::string& text)
{
    return [&text](std::string_view bytes) {
        text.append(bytes.substr(0, kCommandOutputLimitBytes - std::min(text.size(), kCommandOutputLimitBytes)));
        return Result<>();
    };
}

constexpr std::size_t kProgramLimitBytes = std::size_t(64) << 20U;

Result<int> streamInGuest(const QStringList& sockets, const InsideCommand& inside, const InsideStreams& streams)
{
    GuestCommand command;
    command.arguments = inside.arguments;
    command.user = inside.user;
    if (!inside.user.empty())
        command.workingFolder = "/";
    std::string program;
    if (!inside.programPath.empty()) {
        auto bytes = readFile(inside.programPath, kProgramLimitBytes);
        if (!bytes)
            return std::move(bytes).error();
        program = *std::move(bytes);
    }
    return execInGuest(
        sockets, command, { streams.input, streams.output, streams.errorOutput, {}, streams.isCancelled, program });
}

Result<> runInGuest(
    const QStringList& sockets, const InsideCommand& inside, const JobContext& context, CommandOutcome& outcome)
{
    const std::int64_t begin = monotonicNanoseconds();
    const auto status = streamInGuest(sockets, inside,
        { -1, keeping(outcome.output), keeping(outcome.errorOutput), [&] { return context.isCancelled(); } });
    if (!status)
        return Error(status.error());
    outcome.exitStatus = *status;
    outcome.duration = std::chrono::nanoseconds(monotonicNanoseconds() - begin);
    return {};
}

} // namespace

std::unique_ptr<Job> makeGuestCommandJob(
    const QString& title, const QStringList& sockets, InsideCommand command, std::shared_ptr<CommandOutcome> outcome)
{
    const auto work = [sockets, command = std::move(command), outcome = std::move(outcome)](
                          JobContext& context) { return runInGuest(sockets, command, context, *outcome); };
    return std::make_unique<ThreadJob>(title, QThreadPool::globalInstance(), work);
}

InsideRun makeGuestRun(const QStringList& sockets, InsideCommand command)
{
    return [sockets, command = std::move(command)](
               const InsideStreams& streams) { return streamInGuest(sockets, command, streams); };
}

} // namespace twinhull
