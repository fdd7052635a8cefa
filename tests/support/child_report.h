// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

/// Skips a test function: some changes only root may make.
#define TH_NEEDS_ROOT                                                                                                  \
    if (::geteuid() != 0)                                                                                              \
    QSKIP("needs root")

namespace twinhull::test {

/// Runs `work` in a forked child, for what changes a process for good, and returns what it reports. A child that is
/// killed or exits by itself reports "status N" or "signal N".
inline std::string inChild(const std::function<std::string()>& work)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return "no pipe";
    const UniqueFd readEnd(ends[0]);
    UniqueFd writeEnd(ends[1]);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const bool isTold = static_cast<bool>(writeAll(writeEnd, work()));
        ::_exit(isTold ? 0 : 1);
    }
    writeEnd.reset();
    auto report = readAll(readEnd, 1U << 20U);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return "status " + std::to_string(WEXITSTATUS(status));
    return report ? *report : report.error().message;
}

/// The text after "NAME:" and its blanks in /proc/self/status.
inline std::string ownStatus(const std::string& name)
{
    auto text = readFile("/proc/self/status");
    const auto start = text ? text->find("\n" + name + ":") : std::string::npos;
    if (start == std::string::npos)
        return "no " + name;
    const auto value = text->find_first_not_of(" \t", start + name.size() + 2);
    return text->substr(value, text->find('\n', value) - value);
}

/// "done", or the error's message: a report for inChild().
inline std::string told(const Result<>& result)
{
    return result ? "done" : result.error().message;
}

} // namespace twinhull::test
