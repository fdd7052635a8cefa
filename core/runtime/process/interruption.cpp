// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/interruption.h"

#include <sys/signalfd.h>

namespace twinhull::runtime {

namespace {

bool isIgnored(int signal)
{
    struct sigaction action { };
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

} // namespace

Interruption::Interruption()
{
    sigset_t waiting;
    sigset_t watched;
    ::sigemptyset(&waiting);
    ::sigemptyset(&watched);
    (void)::sigpending(&waiting); // cannot fail for a valid set
    for (const int signal : { SIGHUP, SIGINT, SIGQUIT, SIGTERM }) {
        if (::sigismember(&waiting, signal) == 0 && !isIgnored(signal))
            ::sigaddset(&watched, signal);
    }
    (void)::sigprocmask(SIG_BLOCK, &watched, &m_before); // cannot fail for a valid set
    m_signals.reset(::signalfd(-1, &watched, SFD_CLOEXEC));
}

Interruption::~Interruption()
{
    (void)::sigprocmask(SIG_SETMASK, &m_before, nullptr); // cannot fail for a valid set
}

} // namespace twinhull::runtime
