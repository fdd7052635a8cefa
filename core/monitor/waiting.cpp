// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/waiting.h"

#include "core/base/files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>

namespace twinhull {

namespace {

constexpr std::size_t kLineLimit = 500;

} // namespace

bool waitReadable(const UniqueFd& fd, std::chrono::milliseconds deadline)
{
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        pollfd poll{ fd.fd(), POLLIN, 0 };
        const int ready = ::poll(&poll, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

Result<int> waitForExit(const Child& child, std::chrono::milliseconds deadline)
{
    const bool isInTime = waitReadable(child.pidfd, deadline);
    if (!isInTime)
        (void)::kill(child.pid, SIGKILL); // not reaped yet, so the number is still its own
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for child");
    }
    if (!isInTime)
        return Error{ ErrorCode::Timeout, "no end within " + std::to_string(deadline.count()) + " ms", 0, {} };
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

void reapStrays(const std::vector<pid_t>& known)
{
    const auto text = readFile("/proc/thread-self/children", 64U << 10U); // proc(5); one thread is all there is
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        pid_t pid = 0;
        const bool isPid = std::from_chars(rest.data(), rest.data() + end, pid).ec == std::errc();
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (isPid && pid > 1 && std::find(known.begin(), known.end(), pid) == known.end())
            (void)::waitpid(pid, nullptr, WNOHANG); // one that still runs is left alone
    }
}

Result<Pipe> makePipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error::fromErrno(errno, "pipe");
    Pipe pipe{ UniqueFd(ends[0]), UniqueFd(ends[1]) };
    if (::fcntl(pipe.readEnd.fd(), F_SETFL, O_NONBLOCK) != 0)
        return Error::fromErrno(errno, "pipe");
    return pipe;
}

std::string lastLineOf(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text.substr(text.find_last_of('\n') + 1).substr(0, kLineLimit);
}

} // namespace twinhull
