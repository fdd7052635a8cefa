// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/orphans.h"

#include "core/base/files.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

namespace twinhull::runtime {

namespace {

constexpr int kRounds = 1024; // each ends a generation; more is a program that forks faster than it can be killed

bool isOwnProc()
{
    char number[32] = {};
    const ssize_t count = ::readlink("/proc/self", number, sizeof number - 1);
    return count > 0 && std::to_string(::getpid()) == number;
}

/// proc(5), /proc/PID/task/TID/children; none where the kernel does not have it.
std::vector<pid_t> children()
{
    const std::string self = std::to_string(::getpid());
    auto text = readFile("/proc/" + self + "/task/" + self + "/children", 1U << 20U);
    std::vector<pid_t> pids;
    if (!text)
        return pids;
    const char* at = text->data();
    const char* const end = at + text->size();
    for (pid_t pid = 0; at < end; ++at) {
        const auto read = std::from_chars(at, end, pid);
        if (read.ec != std::errc())
            break;
        pids.push_back(pid);
        at = read.ptr; // the blank behind it
    }
    return pids;
}

void endOne(pid_t pid)
{
    (void)::kill(pid, SIGKILL); // a child, not reaped: its number is its own; it may have ended by itself
    while (::waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) { }
}

} // namespace

Orphans::Orphans()
{
    (void)::prctl(PR_GET_CHILD_SUBREAPER, &m_wasKeeper, 0, 0, 0); // 0 where it cannot be said
    (void)::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); // since Linux 3.4
    if (isOwnProc())
        m_others = children();
}

Orphans::~Orphans()
{
    (void)::prctl(PR_SET_CHILD_SUBREAPER, m_wasKeeper, 0, 0, 0);
}

void Orphans::end() const
{
    if (!isOwnProc())
        return;
    for (int round = 0; round < kRounds; ++round) {
        auto pids = children();
        const auto isOther
            = [&](pid_t pid) { return std::find(m_others.begin(), m_others.end(), pid) != m_others.end(); };
        pids.erase(std::remove_if(pids.begin(), pids.end(), isOther), pids.end());
        if (pids.empty())
            return;
        std::for_each(pids.begin(), pids.end(), endOne);
    }
}

} // namespace twinhull::runtime
