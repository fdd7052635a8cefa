// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/state/container.h"

#include "core/base/files.h"
#include "core/base/signal_name.h"
#include "core/runtime/cgroups/cgroup.h"
#include "core/runtime/cgroups/cgroup_intent.h"
#include "core/runtime/cgroups/freezer.h"
#include "core/runtime/cgroups/systemd/systemd_scope.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/process/root_server.h"
#include "core/runtime/process/start_gate.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <functional>
#include <string_view>

namespace twinhull::runtime {

namespace {

using oci::ContainerStatus;

constexpr int kKillDeadlineMilliseconds = 10'000;

Result<> awaitEnd(const UniqueFd& pidfd)
{
    pollfd wait{ pidfd.fd(), POLLIN, 0 };
    int ready = 0;
    do {
        ready = ::poll(&wait, 1, kKillDeadlineMilliseconds);
    } while (ready < 0 && errno == EINTR);
    if (ready == 1)
        return {};
    return Error{ ErrorCode::Timeout, "the container's process did not end within 10 s of SIGKILL", 0,
        "It hangs in the kernel, often on a network file system; try again later" };
}

/// A process that waits for an answer of a fuse-overlayfs that hangs does not end, not even by SIGKILL, until that one
/// does. What may be another reason is no reason to end it: it is still at work on the upper folder.
Result<> withoutHungRoot(const oci::ContainerRecord& record, const std::function<Result<>()>& attempt)
{
    auto done = attempt();
    const bool mayHang = !done && (done.error().code == ErrorCode::Timeout || done.error().sysErrno == EBUSY);
    const UniqueFd server = mayHang ? openRootServer(record) : UniqueFd();
    if (!server)
        return done;
    (void)sendSignal(server, SIGKILL); // ESRCH: it ended by itself
    return attempt();
}

Result<> removeCgroupOf(const oci::ContainerRecord& record)
{
    if (record.cgroup.empty())
        return {};
    return record.systemdScope.empty() ? removeCgroup(record.cgroup)
                                       : removeScope(systemdSocket(), record.systemdScope, record.cgroup);
}

std::vector<oci::Hook> poststopHooks(
    const StateFolder& folder, const oci::ContainerRecord& record, const WarningSink& onWarning)
{
    if (!record.hasPoststop)
        return {};
    auto spec = folder.readConfig();
    if (spec)
        return spec->hooks.poststop;
    onWarning(("poststop hooks are not run: " + spec.error().message).c_str());
    return {};
}

} // namespace

std::uint64_t startTicksOf(pid_t pid)
{
    auto text = readFile("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!text)
        return 0;
    const auto name = text->rfind(')'); // a process may have any name, with spaces and brackets
    if (name == std::string::npos || name + 2 >= text->size() || text->at(name + 2) == 'Z' || text->at(name + 2) == 'X')
        return 0;
    std::size_t position = name + 2;
    for (int field = 3; field < 22 && position != std::string::npos; ++field)
        position = text->find(' ', position + 1);
    std::uint64_t ticks = 0;
    if (position != std::string::npos)
        (void)std::from_chars(text->data() + position + 1, text->data() + text->size(), ticks); // 0 when malformed
    return ticks;
}

ContainerStatus statusOf(const StateFolder& folder, const oci::ContainerRecord& record)
{
    if (record.pid == 0 || startTicksOf(record.pid) != record.pidStartTicks || record.pidStartTicks == 0)
        return ContainerStatus::Stopped;
    if (hasGate(folder.fd()))
        return ContainerStatus::Created;
    const bool isPaused = !record.cgroup.empty() && isCgroupFrozen(record.cgroup);
    return isPaused ? ContainerStatus::Paused : ContainerStatus::Running;
}

Result<UniqueFd> watchProcess(const oci::ContainerRecord& record)
{
    const Error ended{ ErrorCode::NotFound, "the container " + record.id + " is not running", ESRCH,
        "`hull state " + record.id + "` shows its state" };
    if (record.pid <= 0)
        return ended;
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, record.pid, 0)));
    if (!pidfd && errno != ESRCH && errno != EINVAL)
        return Error::fromErrno(errno, "watch the container's process");
    // checked after the descriptor is held: from here on the pid cannot change its meaning
    if (!pidfd || record.pidStartTicks == 0 || startTicksOf(record.pid) != record.pidStartTicks)
        return ended;
    return pidfd;
}

Result<int> parseSignal(const std::string& text)
{
    if (text == "0") // nothing is sent: whether it could be
        return 0;
    if (const auto number = signalNumber(text))
        return *number;
    return Error{ ErrorCode::InvalidArgument, "\"" + text + "\" is no signal", 0,
        "Use a name (TERM) or a number (15)" };
}

Result<> sendSignal(const UniqueFd& pidfd, int signal)
{
    if (::syscall(SYS_pidfd_send_signal, pidfd.fd(), signal, nullptr, 0) != 0)
        return Error::fromErrno(errno, "send signal " + std::to_string(signal));
    return {};
}

Result<> endContainer(const oci::ContainerRecord& record)
{
    auto pidfd = watchProcess(record);
    if (!pidfd)
        return pidfd.error().code == ErrorCode::NotFound ? Result<>() : Result<>(std::move(pidfd).error());
    if (auto sent = sendSignal(*pidfd, SIGKILL); !sent)
        return sent;
    return withoutHungRoot(record, [&] { return awaitEnd(*pidfd); });
}

Result<> deleteContainer(StateFolder& folder, Force force, const WarningSink& onWarning)
{
    auto record = folder.readRecord();
    if (!record && force == Force::No)
        return std::move(record).error();
    if (!record) {
        auto cleared = removeNotedCgroup(folder.fd());
        return cleared ? folder.remove() : cleared;
    }
    const auto status = statusOf(folder, *record);
    if (force == Force::No && (status == ContainerStatus::Running || status == ContainerStatus::Paused))
        return Error{ ErrorCode::Busy, "the container " + record->id + " is " + std::string(nameOf(status)), EBUSY,
            "Stop it first (hull kill " + record->id + " KILL), or use delete --force" };
    if (auto ended = endContainer(*record); !ended)
        return ended;
    return deleteEnded(folder, *record, onWarning);
}

Result<> deleteEnded(StateFolder& folder, const oci::ContainerRecord& record, const WarningSink& onWarning)
{
    auto removed = withoutHungRoot(record, [&] { return removeCgroupOf(record); });
    if (!removed)
        return removed;
    awaitRootServer(openRootServer(record)); // after the last that holds its mount; what it wrote is whole then
    const auto hooks = poststopHooks(folder, record, onWarning);
    removed = folder.remove();
    if (removed)
        runHooksToTheLast("poststop", hooks, { record, ContainerStatus::Stopped }, onWarning);
    return removed;
}

} // namespace twinhull::runtime
