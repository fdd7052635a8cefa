// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/start_report.h"

#include "core/base/files.h"

#include <sys/prctl.h>

#include <cerrno>

namespace twinhull {

Result<ForkSide> forkAway()
{
    const pid_t pid = ::fork();
    if (pid < 0)
        return Error::fromErrno(errno, "fork");
    if (pid > 0)
        return ForkSide::Starter;
    if (::setsid() < 0 || ::prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL) != 0 || ::chdir("/") != 0)
        return Error::fromErrno(errno, "leave the starter");
    return ForkSide::Monitor;
}

Result<> reportStart(const Result<MonitorStatus>& begun)
{
    UniqueFd output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    auto null = openPath("/dev/null", O_RDWR);
    if (!null)
        return std::move(null).error();
    const std::string line = encodeMonitorReply(begun);
    for (int fd = 0; fd < 3; ++fd) {
        if (::dup2(null->fd(), fd) < 0)
            return Error::fromErrno(errno, "close standard descriptors");
    }
    return output ? writeAll(output, line) : Result<>();
}

} // namespace twinhull
