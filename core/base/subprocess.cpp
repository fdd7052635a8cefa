// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"

#include "core/base/descriptor_limit.h"
#include "core/base/number_list.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <bitset>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <sstream>

namespace twinhull {

namespace {

constexpr std::size_t kOutputLimitBytes = 4U << 20U;

struct Pipe {
    UniqueFd readEnd;
    UniqueFd writeEnd;
};

Result<Pipe> makePipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    return Pipe{ UniqueFd(ends[0]), UniqueFd(ends[1]) };
}

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (auto& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environmentWith(const std::vector<std::string>& extra)
{
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry)
        all.emplace_back(*entry);
    all.insert(all.end(), extra.begin(), extra.end());
    return all;
}

/// As sched_setaffinity(2) takes it.
using CpuMask = std::bitset<kNumberListEnd>;

CpuMask maskOf(const std::vector<unsigned>& cpus)
{
    CpuMask mask;
    for (const unsigned cpu : cpus)
        mask.set(std::min(cpu, kNumberListEnd - 1));
    return mask;
}

/// All that the child touches between fork and exec: prepared before, because the heap is not ours there.
struct ExecPlan {
    const char* path;
    char** arguments;
    char** environment;
    const char* workingFolder;
    std::array<int, 6> stdio; ///< the last three may be -1: none
    int errorPipe;
    rlimit descriptorLimit;
    const CpuMask* cpus; ///< null: as ours
};

[[noreturn]] void failChild(int errorPipe)
{
    const int number = errno;
    (void)!::write(errorPipe, &number, sizeof number); // the parent sees an early end of file otherwise
    ::_exit(127);
}

[[noreturn]] void execChild(const ExecPlan& plan)
{
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    (void)::setrlimit(RLIMIT_NOFILE, &plan.descriptorLimit); // back to what we were started with
    constexpr int kAbove = 6; // the targets
    std::size_t count = plan.stdio.size();
    while (count > 3 && plan.stdio[count - 1] < 0)
        --count;
    std::array<int, 6> lifted{};
    for (std::size_t i = 0; i < count; ++i) { // above the targets first, so that no dup2 overwrites a source
        const int source = plan.stdio[i] >= 0 ? plan.stdio[i] : ::open("/dev/null", O_RDWR | O_CLOEXEC);
        lifted[i] = ::fcntl(source, F_DUPFD_CLOEXEC, kAbove);
        if (lifted[i] < 0)
            failChild(plan.errorPipe);
    }
    const int errorPipe = ::fcntl(plan.errorPipe, F_DUPFD_CLOEXEC, kAbove); // may stand where a target goes
    for (std::size_t i = 0; i < count; ++i) {
        if (::dup2(lifted[i], static_cast<int>(i)) < 0)
            failChild(errorPipe);
    }
    if (plan.workingFolder != nullptr && ::chdir(plan.workingFolder) != 0)
        failChild(errorPipe);
    constexpr unsigned kCloseRangeCloexec = 1U << 2U; // linux/close_range.h; all others end at exec
    (void)::syscall(SYS_close_range, static_cast<unsigned>(count), ~0U, kCloseRangeCloexec);
    if (plan.cpus != nullptr && ::syscall(SYS_sched_setaffinity, 0, sizeof *plan.cpus, plan.cpus) != 0)
        failChild(errorPipe);
    ::execve(plan.path, plan.arguments, plan.environment);
    failChild(errorPipe);
}

/// Empty when the exec went through (the pipe closed on exec), else the errno.
int execErrno(const UniqueFd& readEnd)
{
    int number = 0;
    ssize_t count = 0;
    do {
        count = ::read(readEnd.fd(), &number, sizeof number);
    } while (count < 0 && errno == EINTR);
    return count == sizeof number ? number : 0;
}

int statusOf(const siginfo_t& info)
{
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

Result<int> reap(pid_t pid)
{
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for child");
    }
    return statusOf(info);
}

void appendLimited(std::string& text, const char* data, std::size_t count)
{
    text.append(data, std::min(count, kOutputLimitBytes - std::min(text.size(), kOutputLimitBytes)));
}

int millisecondsUntil(std::chrono::steady_clock::time_point end)
{
    const auto left
        = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    return left > 0 ? static_cast<int>(std::min<long>(left, 1'000'000)) : 0;
}

/// How long a command may take, and who may end it before.
struct Patience {
    std::chrono::steady_clock::time_point end;
    const std::function<bool()>& isCancelled;

    bool isOver() const { return millisecondsUntil(end) == 0 || (isCancelled && isCancelled()); }
    int pollMilliseconds() const
    {
        constexpr int kAskMilliseconds = 200;
        return isCancelled ? std::min(kAskMilliseconds, millisecondsUntil(end)) : millisecondsUntil(end);
    }
};

using Sink = std::function<Result<>(std::string_view)>;

/// Empty at the end of the stream.
Result<std::optional<std::size_t>> pass(int from, const Sink& sink)
{
    std::array<char, 65536> buffer; // not cleared: it is as large for one byte
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR)
        return std::optional<std::size_t>(0);
    if (count <= 0)
        return std::optional<std::size_t>();
    const auto bytes = static_cast<std::size_t>(count);
    auto passed = sink({ buffer.data(), bytes });
    return passed ? Result<std::optional<std::size_t>>(bytes) : std::move(passed).error();
}

/// Reads both pipes until both ended; false when the patience did first.
Result<bool> collect(Pipe& out, Pipe& err, const std::array<Sink, 2>& sinks, const Patience& patience)
{
    std::array<pollfd, 2> polls{ pollfd{ out.readEnd.fd(), POLLIN, 0 }, pollfd{ err.readEnd.fd(), POLLIN, 0 } };
    while (polls[0].fd >= 0 || polls[1].fd >= 0) {
        const int ready = ::poll(polls.data(), polls.size(), patience.pollMilliseconds());
        if (patience.isOver())
            return false;
        if (ready <= 0)
            continue;
        for (std::size_t i = 0; i < polls.size(); ++i) {
            if (polls[i].fd < 0 || polls[i].revents == 0)
                continue;
            auto passed = pass(polls[i].fd, sinks[i]);
            if (!passed)
                return std::move(passed).error();
            if (!*passed)
                polls[i].fd = -1;
        }
    }
    return true;
}

/// What the caller wants, else into `text`.
Sink sinkFor(const Sink& wanted, std::string& text)
{
    if (wanted)
        return wanted;
    return [&text](std::string_view bytes) {
        appendLimited(text, bytes.data(), bytes.size());
        return Result<>();
    };
}

/// SIGTERM and, where that does not help within the grace, SIGKILL.
void endChild(const Child& child, std::chrono::milliseconds grace)
{
    if (grace.count() > 0 && ::kill(child.pid, SIGTERM) == 0) {
        pollfd ended{ child.pidfd.fd(), POLLIN, 0 };
        if (::poll(&ended, 1, static_cast<int>(grace.count())) == 1) {
            (void)reap(child.pid); // it was told to end: the status is of no use
            return;
        }
    }
    (void)::kill(child.pid, SIGKILL); // ESRCH: it ended by itself just now
    (void)reap(child.pid); // killed: the status is known
}

std::string lastLine(std::string text)
{
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text.substr(text.find_last_of('\n') + 1);
}

} // namespace

std::string findExecutable(const std::string& name)
{
    if (name.find('/') != std::string::npos)
        return ::access(name.c_str(), X_OK) == 0 ? name : std::string();
    const char* path = std::getenv("PATH");
    std::istringstream folders(
        std::string(path != nullptr ? path : "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = folder + "/" + name;
        if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return {};
}

Result<Child> spawn(const Command& command, const ChildStdio& stdio)
{
    const std::string& name = command.arguments.at(0);
    const std::string path = findExecutable(name);
    if (path.empty())
        return Error{ ErrorCode::NotFound, "start " + name + ": not installed or not executable", ENOENT, {} };
    auto arguments = command.arguments;
    auto environment = environmentWith(command.extraEnvironment);
    const auto argumentPointers = pointersTo(arguments);
    const auto environmentPointers = pointersTo(environment);
    const CpuMask cpus = maskOf(command.cpus);
    auto errorPipe = makePipe();
    if (!errorPipe)
        return std::move(errorPipe).error();
    const ExecPlan plan{ path.c_str(), const_cast<char**>(argumentPointers.data()),
        const_cast<char**>(environmentPointers.data()),
        command.workingFolder.empty() ? nullptr : command.workingFolder.c_str(),
        { stdio.input, stdio.output, stdio.error, stdio.extra, stdio.second, stdio.third }, errorPipe->writeEnd.fd(),
        inheritedDescriptorLimit(), command.cpus.empty() ? nullptr : &cpus };
    const pid_t pid = ::fork();
    if (pid < 0)
        return Error::fromErrno(errno, "start " + name);
    if (pid == 0)
        execChild(plan);
    errorPipe->writeEnd.reset();
    Child child{ pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) };
    if (const int number = execErrno(errorPipe->readEnd); number != 0) {
        (void)reap(pid); // its exit status says nothing that the errno does not
        return Error::fromErrno(number, "start " + name);
    }
    return child;
}

Result<CommandOutput> runCommand(const Command& command, const CommandRun& run)
{
    auto out = makePipe();
    auto err = makePipe();
    if (!out || !err)
        return out ? std::move(err).error() : std::move(out).error();
    auto child = spawn(
        command, ChildStdio{ run.input, out->writeEnd.fd(), err->writeEnd.fd(), run.extra, run.second, run.third });
    if (!child)
        return std::move(child).error();
    out->writeEnd.reset();
    err->writeEnd.reset();
    CommandOutput output;
    const std::array<Sink, 2> sinks{ sinkFor(run.output, output.standardOutput),
        sinkFor(run.errorOutput, output.standardError) };
    const auto collected
        = collect(*out, *err, sinks, { std::chrono::steady_clock::now() + run.deadline, run.isCancelled });
    if (!collected || !*collected) {
        endChild(*child, run.grace);
        if (!collected)
            return collected.error();
        if (run.isCancelled && run.isCancelled())
            return Error{ ErrorCode::Cancelled, command.arguments[0] + ": cancelled", 0, {} };
        return Error{ ErrorCode::Timeout,
            command.arguments[0] + " did not end within " + std::to_string(run.deadline.count()) + " ms", 0, {} };
    }
    auto status = reap(child->pid);
    if (!status)
        return std::move(status).error();
    output.exitStatus = *status;
    return output;
}

Result<std::string> runChecked(const Command& command, const CommandRun& run)
{
    auto output = runCommand(command, run);
    if (!output)
        return std::move(output).error();
    if (output->exitStatus == 0)
        return std::move(output->standardOutput);
    std::string reason = lastLine(output->standardError);
    if (reason.empty())
        reason = "exit status " + std::to_string(output->exitStatus);
    return Error{ ErrorCode::Unknown, command.arguments[0] + ": " + reason, 0, {} };
}

} // namespace twinhull
