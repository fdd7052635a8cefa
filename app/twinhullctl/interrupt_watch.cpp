// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhullctl/interrupt_watch.h"

#include "app/twinhullctl/exit_code.h"

#include <sys/signalfd.h>

#include <csignal>

#include <unistd.h>

namespace twinhull {

namespace {

constexpr int kPatience = 5; ///< signals until the person means it

} // namespace

InterruptWatch::InterruptWatch()
{
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : { SIGINT, SIGTERM, SIGWINCH })
        ::sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_fd = UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    m_notifier = std::make_unique<QSocketNotifier>(m_fd.fd(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &InterruptWatch::onReadable);
}

void InterruptWatch::onReadable()
{
    signalfd_siginfo info{};
    while (::read(m_fd.fd(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGWINCH) {
            Q_EMIT resized();
            continue;
        }
        if (++m_count >= kPatience)
            ::_exit(static_cast<int>(ExitCode::Cancelled));
        Q_EMIT interrupted();
    }
}

} // namespace twinhull
