// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/ipc/relay_words.h"
#include "core/monitor/relay_process.h"
#include "core/monitor/start_report.h"

#include <unistd.h>

#include <csignal>

using namespace twinhull;

namespace {

/// The starter sees the end of both outputs. One that has gone away does not end a relay.
void sayReady()
{
    const UniqueFd output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kRelayDescriptor));
    if (const auto null = openPath("/dev/null", O_RDWR)) {
        for (int fd = 0; fd < 3; ++fd)
            (void)::dup2(null->fd(), fd);
    }
    if (output)
        (void)writeAll(output, kRelayReady);
}

} // namespace

/// Its arguments are for whoever looks for it (core/ipc/relay_words.h).
int main()
{
    ::signal(SIGPIPE, SIG_IGN);
    const auto side = forkAway();
    if (!side) {
        log(LogLevel::Error, side.error());
        return 1;
    }
    if (*side == ForkSide::Starter)
        ::_exit(0);
    const auto done = runPortRelay(UniqueFd(kRelayDescriptor), &sayReady);
    if (!done)
        log(LogLevel::Error, done.error());
    return done ? 0 : 1;
}
