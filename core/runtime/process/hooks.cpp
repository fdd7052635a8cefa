// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/hooks.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/runtime/process/interruption.h"
#include "core/runtime/process/orphans.h"

#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>

namespace twinhull::runtime {

namespace {

constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
constexpr std::int64_t kMillisecondsPerSecond = 1'000;

/// In memory, not a pipe: a hook that does not read must not make hull wait.
Result<UniqueFd> stateFile(const oci::ContainerView& view)
{
    UniqueFd file(::memfd_create("state", MFD_CLOEXEC));
    if (!file)
        return Error::fromErrno(errno, "memory file");
    if (auto written = writeAll(file, oci::encodeState(view)); !written)
        return std::move(written).error();
    if (::lseek(file.fd(), 0, SEEK_SET) != 0)
        return Error::fromErrno(errno, "rewind");
    return file;
}

std::vector<char*> pointersTo(const std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (const auto& text : texts)
        pointers.push_back(const_cast<char*>(text.c_str())); // execve(2) does not write to them
    pointers.push_back(nullptr);
    return pointers;
}

struct HookProcess {
    pid_t pid = -1;
    UniqueFd pidfd;
    UniqueFd failure; ///< errno of a failed execve; end of file once it has happened
};

[[noreturn]] void becomeHook(const oci::Hook& hook, const UniqueFd& state, int failure)
{
    const std::vector<std::string> words = hook.args.empty() ? std::vector<std::string>{ hook.path } : hook.args;
    const auto arguments = pointersTo(words);
    const auto environment = pointersTo(hook.env);
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr); // cannot fail for a valid set
    (void)::setsid(); // a new child leads no group yet: cannot fail
    const bool isReady = ::dup2(state.fd(), STDIN_FILENO) >= 0 && ::dup2(STDERR_FILENO, STDOUT_FILENO) >= 0
        && ::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
    if (isReady)
        ::execve(hook.path.c_str(), arguments.data(), environment.data());
    const int number = errno;
    (void)!::write(failure, &number, sizeof number); // nobody listens any more: nobody to tell
    ::_exit(127);
}

Result<HookProcess> start(const oci::Hook& hook, const oci::ContainerView& view)
{
    auto state = stateFile(view);
    if (!state)
        return std::move(state).error();
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    HookProcess process;
    process.failure.reset(ends[0]);
    const UniqueFd writeEnd(ends[1]);
    process.pid = ::fork();
    if (process.pid < 0)
        return Error::fromErrno(errno, "make a process");
    if (process.pid == 0)
        becomeHook(hook, *state, writeEnd.fd());
    process.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0))); // our child: never another's pid
    if (!process.pidfd)
        return Error::fromErrno(errno, "watch it");
    return process;
}

enum class Outcome { Ended, TooLate, Interrupted };

/// `deadline` in CLOCK_MONOTONIC; none: for ever.
Outcome awaitEnd(const HookProcess& process, const Interruption& interruption, std::optional<std::int64_t> deadline)
{
    std::array<pollfd, 2> polls{ pollfd{ process.pidfd.fd(), POLLIN, 0 }, pollfd{ interruption.fd(), POLLIN, 0 } };
    while (true) {
        const std::int64_t left = deadline
            ? std::max<std::int64_t>(0, (*deadline - monotonicNanoseconds()) / kNanosecondsPerMillisecond)
            : -1;
        const int ready = ::poll(polls.data(), polls.size(), static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
        if (ready > 0)
            return polls[0].revents != 0 ? Outcome::Ended : Outcome::Interrupted;
        if (ready == 0 && deadline && monotonicNanoseconds() >= *deadline)
            return Outcome::TooLate;
    }
}

/// The hook, its session and what has left that.
void endAll(const HookProcess& process, const Orphans& orphans)
{
    (void)::kill(-process.pid, SIGKILL); // not reaped: the group's number is its own; ESRCH where it has none yet
    endChild(process.pidfd);
    orphans.end();
}

Result<> reap(const HookProcess& process)
{
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(process.pidfd.fd()), &info, WEXITED) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for it");
    }
    int number = 0;
    if (::read(process.failure.fd(), &number, sizeof number) == sizeof number)
        return Error::fromErrno(number, "start it");
    if (info.si_code == CLD_EXITED && info.si_status == 0)
        return {};
    return Error{ ErrorCode::Unavailable,
        (info.si_code == CLD_EXITED ? "it ended with status " : "it was ended by signal ")
            + std::to_string(info.si_status),
        0, "What it said stands above" };
}

std::optional<std::int64_t> deadlineOf(const oci::Hook& hook)
{
    if (!hook.timeoutSeconds)
        return {};
    return monotonicNanoseconds()
        + std::min<std::int64_t>(*hook.timeoutSeconds, INT_MAX) * kMillisecondsPerSecond * kNanosecondsPerMillisecond;
}

Result<> runHook(const oci::Hook& hook, const oci::ContainerView& view)
{
    const Interruption interruption;
    const Orphans orphans;
    auto process = start(hook, view);
    if (!process)
        return std::move(process).error();
    const Outcome outcome = awaitEnd(*process, interruption, deadlineOf(hook));
    if (outcome == Outcome::Ended)
        return reap(*process);
    endAll(*process, orphans);
    if (outcome == Outcome::Interrupted)
        return Error{ ErrorCode::Cancelled, "it was ended, because hull was asked to end", 0, {} };
    return Error{ ErrorCode::Timeout, "it did not end within " + std::to_string(*hook.timeoutSeconds) + " s", 0,
        "Give it a longer timeout in config.json" };
}

/// "hooks.prestart[0]: prestart hook "
std::string placeOf(std::string_view moment, std::size_t index)
{
    const std::string name(moment);
    return "hooks." + name + "[" + std::to_string(index) + "]: " + name + " hook ";
}

} // namespace

Result<> runHooks(std::string_view moment, const std::vector<oci::Hook>& hooks, const oci::ContainerView& view)
{
    for (std::size_t i = 0; i < hooks.size(); ++i) {
        if (auto ran = runHook(hooks[i], view); !ran)
            return std::move(ran).withContext(placeOf(moment, i) + hooks[i].path);
    }
    return {};
}

Result<> runRuntimeHooks(const oci::Hooks& hooks, const oci::ContainerRecord& record)
{
    const oci::ContainerView view{ record, oci::ContainerStatus::Creating };
    auto ran = runHooks("prestart", hooks.prestart, view);
    return ran ? runHooks("createRuntime", hooks.createRuntime, view) : ran;
}

void runHooksToTheLast(std::string_view moment, const std::vector<oci::Hook>& hooks, const oci::ContainerView& view,
    const WarningSink& onWarning)
{
    for (std::size_t i = 0; i < hooks.size(); ++i) {
        if (auto ran = runHook(hooks[i], view); !ran)
            onWarning(std::move(ran).withContext(placeOf(moment, i) + hooks[i].path).error().message.c_str());
    }
}

std::vector<std::string> hookNames()
{
    return { "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop" };
}

} // namespace twinhull::runtime
