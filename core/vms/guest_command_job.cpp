// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest_command_job.h"

#include "core/base/clock.h"
#include "core/jobs/thread_job.h"
#include "core/vms/guest_exec.h"

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

} // namespace

std::unique_ptr<Job> makeGuestCommandJob(const QString& title, const QStringList& sockets,
    std::vector<std::string> arguments, std::shared_ptr<CommandOutcome> outcome)
{
    GuestCommand command;
    command.arguments = std::move(arguments);
    const auto work = [sockets, command = std::move(command), outcome = std::move(outcome)](JobContext& context) {
        const std::int64_t begin = monotonicNanoseconds();
        const auto status = execInGuest(sockets, command,
            { -1, keeping(outcome->output), keeping(outcome->errorOutput), {}, [&] { return context.isCancelled(); } });
        if (!status)
            return Result<>(status.error());
        outcome->exitStatus = *status;
        outcome->duration = std::chrono::nanoseconds(monotonicNanoseconds() - begin);
        return Result<>();
    };
    return std::make_unique<ThreadJob>(title, QThreadPool::globalInstance(), work);
}

} // namespace twinhull
