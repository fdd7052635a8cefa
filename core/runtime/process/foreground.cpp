// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/foreground.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace twinhull::runtime {

namespace {

sigset_t passedSignals()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal :
        { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU })
        ::sigaddset(&set, signal);
    return set;
}

/// Our terminal without its own line editing, for as long as the container's does it.
class RawTerminal {
public:
    RawTerminal()
    {
        m_isRaw = ::tcgetattr(STDIN_FILENO, &m_before) == 0;
        termios raw = m_before;
        ::cfmakeraw(&raw);
        if (m_isRaw)
            (void)::tcsetattr(STDIN_FILENO, TCSANOW, &raw); // an odd terminal still works, with echo twice
    }
    ~RawTerminal()
    {
        if (m_isRaw)
            (void)::tcsetattr(STDIN_FILENO, TCSANOW, &m_before); // the terminal is gone: nothing to restore
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    termios m_before{};
    bool m_isRaw = false;
};

void copySize(const UniqueFd& console)
{
    winsize size{};
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
        (void)::ioctl(console.fd(), TIOCSWINSZ, &size); // a size is a wish
}

/// False when `from` has ended.
bool relay(int from, int to)
{
    char buffer[8192];
    const ssize_t count = ::read(from, buffer, sizeof buffer);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    for (ssize_t done = 0; done < count;) {
        const ssize_t written = ::write(to, buffer + done, static_cast<std::size_t>(count - done));
        if (written < 0 && errno != EINTR)
            return false;
        done += written > 0 ? written : 0;
    }
    return count > 0;
}

Result<int> reap(const UniqueFd& pidfd)
{
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.fd()), &info, WEXITED) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for the container");
    }
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

bool isReadable(const pollfd& entry)
{
    return entry.fd >= 0 && (entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

} // namespace

Foreground::Foreground()
{
    const sigset_t set = passedSignals();
    (void)::sigprocmask(SIG_BLOCK, &set, nullptr); // cannot fail for a valid set
    m_signals.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Foreground::~Foreground()
{
    const sigset_t set = passedSignals();
    (void)::sigprocmask(SIG_UNBLOCK, &set, nullptr); // cannot fail for a valid set
}

void Foreground::passSignal(const UniqueFd& pidfd, const UniqueFd& console) const
{
    signalfd_siginfo info{};
    if (::read(m_signals.fd(), &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGWINCH && console)
        return copySize(console);
    (void)::syscall(SYS_pidfd_send_signal, pidfd.fd(), info.ssi_signo, nullptr, 0); // ended just now: nobody to tell
}

Result<int> Foreground::attend(const UniqueFd& pidfd, const UniqueFd& console)
{
    std::optional<RawTerminal> raw;
    if (console) {
        raw.emplace();
        copySize(console);
    }
    std::array<pollfd, 4> polls{ pollfd{ m_signals.fd(), POLLIN, 0 }, pollfd{ pidfd.fd(), POLLIN, 0 },
        pollfd{ console.fd(), POLLIN, 0 }, pollfd{ console ? STDIN_FILENO : -1, POLLIN, 0 } };
    while (true) {
        if (::poll(polls.data(), polls.size(), -1) < 0 && errno != EINTR)
            return Error::fromErrno(errno, "wait for the container");
        if (isReadable(polls[0]))
            passSignal(pidfd, console);
        if (isReadable(polls[2]) && !relay(console.fd(), STDOUT_FILENO))
            polls[2].fd = -1; // EIO: the last program on the terminal has ended
        if (isReadable(polls[3]) && !relay(STDIN_FILENO, console.fd()))
            polls[3].fd = -1;
        if (isReadable(polls[1]) && !isReadable(polls[2]))
            return reap(pidfd);
    }
}

} // namespace twinhull::runtime
