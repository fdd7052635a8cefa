// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/launched_process.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

void reap(const UniqueFd& pidfd)
{
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.fd()), &info, WEXITED) != 0 && errno == EINTR) { }
}

/// Of a child that closed its end without a last word: it has ended, or is about to.
Error unexpectedEnd(const UniqueFd& pidfd)
{
    siginfo_t info{};
    if (pidfd) {
        const auto id = static_cast<id_t>(pidfd.fd());
        while (::waitid(P_PIDFD, id, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) { }
    }
    const bool isKilled = info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED;
    Error error{ ErrorCode::Unavailable, "the new process ended while it was made", 0, {} };
    if (isKilled)
        error.message += ", by signal " + std::to_string(info.si_status);
    if (isKilled && info.si_status == SIGKILL)
        error.hint = "If nobody killed it, memory ran out: the kernel's log (dmesg) says so";
    return error;
}

Result<> adoptPid(LaunchedProcess& process, pid_t pid)
{
    process.pid = pid;
    process.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); // our child: its pid cannot be reused
    return process.pidfd ? Result<>() : Error::fromErrno(errno, "watch the new process");
}

/// The next packet, or none when the stage has ended without having sent one: the process that it may have made before
/// it was killed holds the other end as well, and no end of file tells.
Result<std::optional<ReceivedMessage>> nextOfStage(const LaunchedProcess& process, const UniqueFd& stage)
{
    // in this order: what it sent before it ended is seen
    pollfd waits[2] = { { stage.fd(), POLLIN, 0 }, { process.sync.fd(), POLLIN, 0 } };
    while (::poll(waits, 2, -1) < 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for the new process");
    }
    if (waits[1].revents == 0)
        return std::optional<ReceivedMessage>();
    return process.sync.receive();
}

Result<std::optional<ReceivedMessage>> nextMessage(LaunchedProcess& process)
{
    if (process.early.empty())
        return process.sync.receive();
    std::optional<ReceivedMessage> first = std::move(process.early.front());
    process.early.erase(process.early.begin());
    return first;
}

/// After what the child has stopped for.
Result<> letGoOn(const LaunchedProcess& process, Result<> done)
{
    return done ? tellChild(process, SyncKind::GoOn) : std::move(done);
}

} // namespace

Result<> awaitStage(LaunchedProcess& process, const UniqueFd& stage)
{
    while (true) { // the new process may speak before its pid is told
        auto received = nextOfStage(process, stage);
        if (!received)
            return std::move(received).error();
        if (!*received) {
            Error ended = unexpectedEnd(stage);
            return reap(stage), ended;
        }
        const SyncMessage& message = (*received)->message;
        if (message.kind == SyncKind::Failed)
            return reap(stage), message.toError();
        if (message.kind == SyncKind::StagePid)
            return reap(stage), adoptPid(process, static_cast<pid_t>(message.value));
        process.early.push_back(*std::move(*received));
    }
}

Result<> awaitReady(LaunchedProcess& process, const WarningSink& onWarning, const Stops& stops)
{
    RootDevice root;
    while (true) {
        auto received = nextMessage(process);
        if (!received)
            return std::move(received).error();
        if (!*received)
            return unexpectedEnd(process.pidfd);
        const SyncMessage& message = (*received)->message;
        if (message.kind == SyncKind::Failed)
            return message.toError();
        if (message.kind == SyncKind::Ready) {
            process.mountsAt = message.value;
            process.console = std::move((*received)->attached);
            return {};
        }
        Result<> done;
        if (message.kind == SyncKind::Started)
            process.namespacesAt = message.value;
        else if (message.kind == SyncKind::Warning)
            onWarning(message.text);
        else if (message.kind == SyncKind::RootUsers)
            root.users = std::move((*received)->attached);
        else if (message.kind == SyncKind::RootDevice) {
            root.device = std::move((*received)->attached);
            done = letGoOn(process, stops.onRootDevice ? stops.onRootDevice(root) : Result<>());
            root = {}; // the last one of ours: fuse-overlayfs ends, and so does the root
        } else if (message.kind == SyncKind::Prepared)
            done = letGoOn(process, stops.onPrepared ? stops.onPrepared() : Result<>());
        if (!done)
            return done;
    }
}

Result<> tellChild(const LaunchedProcess& process, SyncKind kind)
{
    auto told = process.sync.send(SyncMessage::of(kind));
    const bool isGone = !told && (told.error().sysErrno == EPIPE || told.error().sysErrno == ECONNRESET);
    return isGone ? Result<>() : told;
}

void endChild(const UniqueFd& pidfd)
{
    if (!pidfd)
        return;
    (void)::syscall(SYS_pidfd_send_signal, pidfd.fd(), SIGKILL, nullptr, 0); // ESRCH: it ended by itself
    reap(pidfd);
}

} // namespace twinhull::runtime
