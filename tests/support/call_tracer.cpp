// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/call_tracer.h"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace twinhull::test {

namespace {

constexpr int kCallStop = SIGTRAP | 0x80; // PTRACE_O_TRACESYSGOOD

[[noreturn]] void runTraced(const std::vector<std::string>& words)
{
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; ++fd)
        ::dup2(null, fd);
    ::close(null);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

void goOn(pid_t pid, int signal)
{
    // ESRCH: killed meanwhile
    (void)::ptrace(PTRACE_SYSCALL, pid, nullptr, reinterpret_cast<void*>(static_cast<std::intptr_t>(signal)));
}

long enteredCall(pid_t pid)
{
    __ptrace_syscall_info info{};
    const long size = ::ptrace(PTRACE_GET_SYSCALL_INFO, pid, reinterpret_cast<void*>(sizeof info), &info);
    return size > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY ? static_cast<long>(info.entry.nr) : -1;
}

/// The signal to be delivered: none for stops that only the tracing makes.
int signalOf(int status)
{
    const int signal = WSTOPSIG(status);
    const bool isEvent = (status >> 16) != 0;
    return isEvent || signal == kCallStop || signal == SIGSTOP ? 0 : signal;
}

int exitOf(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

int traceCalls(const std::vector<std::string>& words, const std::function<void(const CallAtEntry& call)>& onEntry)
{
    const pid_t first = ::fork();
    if (first == 0)
        runTraced(words);
    int status = 0;
    if (first < 0 || ::waitpid(first, &status, 0) != first || !WIFSTOPPED(status))
        return -1;
    constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
        | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SETOPTIONS, first, nullptr, reinterpret_cast<void*>(kOptions)) != 0)
        return -1;
    goOn(first, 0);
    int result = -1;
    while (true) {
        const pid_t pid = ::waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            return result; // the last one has ended
        if (!WIFSTOPPED(status)) {
            result = pid == first ? exitOf(status) : result;
            continue;
        }
        const long call = WSTOPSIG(status) == kCallStop ? enteredCall(pid) : -1;
        if (call >= 0)
            onEntry({ pid, call, pid == first });
        goOn(pid, signalOf(status));
    }
}

} // namespace twinhull::test
