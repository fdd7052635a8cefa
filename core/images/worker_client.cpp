// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/worker_client.h"

#include "core/base/data_folders.h"
#include "core/base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>

namespace twinhull {

namespace {

constexpr int kCancelCheckMilliseconds = 100;

/// Reads until the worker closed its output; false when it was cancelled before.
bool follow(const UniqueFd& output, WorkerReport& report, const WorkerObserver& observer)
{
    for (;;) {
        if (observer.isCancelled())
            return false;
        pollfd waiting{ output.fd(), POLLIN, 0 };
        if (::poll(&waiting, 1, kCancelCheckMilliseconds) <= 0)
            continue;
        char buffer[4096];
        const ssize_t count = ::read(output.fd(), buffer, sizeof buffer);
        if (count == 0 || (count < 0 && errno != EINTR))
            return true;
        if (count > 0)
            report.feed({ buffer, static_cast<std::size_t>(count) });
    }
}

/// With everything it started: the worker leads a process group.
void killGroup(pid_t pid)
{
    if (::kill(-pid, SIGKILL) != 0)
        (void)::kill(pid, SIGKILL); // it had no time to make the group
}

siginfo_t reap(pid_t pid)
{
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) != 0 && errno == EINTR) { }
    return info;
}

Result<> verdict(const siginfo_t& info, const WorkerReport& report)
{
    if (info.si_code == CLD_EXITED && info.si_status == 0)
        return {};
    if (report.error())
        return *report.error();
    const std::string how = info.si_code == CLD_EXITED ? "exit status " : "signal ";
    return Error{ ErrorCode::Unknown, "image-worker ended with " + how + std::to_string(info.si_status), 0, {} };
}

} // namespace

std::vector<std::string> workerWords(const KeptIds& kept, std::vector<std::string> verb)
{
    if (kept != KeptIds())
        verb.insert(verb.begin(), { "as", keptIdsText(kept) });
    return verb;
}

Result<> runImageWorker(const std::vector<std::string>& arguments, const WorkerObserver& observer)
{
    const std::string program = findProgram("image-worker");
    if (program.empty())
        return Error{ ErrorCode::Unavailable, "the program image-worker is missing", 0, "Install Twinhull again." };
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    const UniqueFd readEnd(ends[0]);
    UniqueFd writeEnd(ends[1]);
    Command command{ { program }, {}, {} };
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    auto child = spawn(command, { -1, writeEnd.fd(), -1 });
    if (!child)
        return std::move(child).error();
    writeEnd.reset();
    WorkerReport report(observer.progress);
    if (!follow(readEnd, report, observer)) {
        killGroup(child->pid);
        (void)reap(child->pid); // killed: its status is known
        return Error{ ErrorCode::Cancelled, "cancelled", 0, {} };
    }
    if (observer.sizes != nullptr)
        *observer.sizes = report.sizes();
    if (observer.changes != nullptr)
        *observer.changes = report.changes();
    return verdict(reap(child->pid), report);
}

} // namespace twinhull
