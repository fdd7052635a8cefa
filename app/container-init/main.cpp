// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <cstdio>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace {

constexpr int kNotFound = 127; // as shells say it
constexpr int kNotExecutable = 126;
constexpr int kSignalBase = 128;

/// Signals that the kernel raises for what we do ourselves; all others are meant for the program.
bool isOurOwn(int number)
{
    return number == SIGFPE || number == SIGILL || number == SIGSEGV || number == SIGBUS || number == SIGABRT
        || number == SIGTRAP || number == SIGSYS;
}

sigset_t passedOn()
{
    sigset_t signals;
    ::sigfillset(&signals);
    for (int number = 1; number <= 64; ++number) {
        if (isOurOwn(number))
            ::sigdelset(&signals, number);
    }
    return signals;
}

/// Whoever stops the container looks first whether its process 1 listens (SigCgt in /proc/PID/status); a signal that is
/// waited for does not show there, one with a handler does. An exec takes handlers away.
void showThatWeListen(const sigset_t& signals)
{
    struct sigaction action { };
    action.sa_handler = [](int) {};
    for (int number = 1; number <= 64; ++number) {
        if (::sigismember(&signals, number) == 1)
            (void)::sigaction(number, &action, nullptr); // of SIGKILL, SIGSTOP and libc's own it is refused
    }
}

/// In a group of its own, which has the terminal where there is one: what is typed there is then not passed on twice.
[[noreturn]] void becomeProgram(char** words, const sigset_t& mask)
{
    (void)::setpgid(0, 0); // cannot fail for a new child
    if (::isatty(STDIN_FILENO) == 1)
        (void)::tcsetpgrp(STDIN_FILENO, ::getpgrp()); // SIGTTOU is blocked; without it only job control is missing
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    ::execvp(words[0], words);
    const int number = errno;
    std::fprintf(stderr, "container-init: %s: %s\n", words[0], std::strerror(number));
    ::_exit(number == ENOENT ? kNotFound : kNotExecutable);
}

/// Takes all that ended; what the program ended with, or -1 while it runs.
int collect(pid_t program)
{
    int result = -1;
    int status = 0;
    for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (ended == program)
            result = WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return result;
}

} // namespace

/// Process 1 of a container whose program wants to be none: container-init -- PROGRAM [WORD…]. It collects orphans,
/// passes signals on and ends as the program does; what is left then the kernel ends with it (pid_namespaces(7)).
int main(int count, char** words)
{
    if (count < 3 || std::strcmp(words[1], "--") != 0) {
        std::fputs("usage: container-init -- PROGRAM [WORD...]\n", stderr);
        return kNotFound;
    }
    const sigset_t signals = passedOn();
    sigset_t before;
    ::sigprocmask(SIG_BLOCK, &signals, &before);
    showThatWeListen(signals);
    const pid_t program = ::fork();
    if (program < 0) {
        std::perror("container-init: fork");
        return kNotExecutable;
    }
    if (program == 0)
        becomeProgram(words + 2, before);
    while (true) {
        siginfo_t info{};
        const int number = ::sigwaitinfo(&signals, &info);
        if (number < 0)
            continue; // interrupted
        if (number != SIGCHLD) {
            (void)::kill(program, number); // it may have ended: SIGCHLD tells
            continue;
        }
        if (const int result = collect(program); result >= 0)
            return result;
    }
}
