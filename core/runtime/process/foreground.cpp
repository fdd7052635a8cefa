// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/foreground.h"

#include <fcntl.h>
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
#include <string>

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

/// From the program's terminal to ours. False when there is nothing more to come.
bool relayOutput(const UniqueFd& console)
{
    char buffer[8192];
    const ssize_t count = ::read(console.fd(), buffer, sizeof buffer);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    for (ssize_t done = 0; done < count;) {
        const ssize_t written = ::write(STDOUT_FILENO, buffer + done, static_cast<std::size_t>(count - done));
        if (written < 0 && errno != EINTR)
            return false;
        done += written > 0 ? written : 0;
    }
    return count > 0;
}

/// From our terminal to the program's. A terminal holds a few KiB: what does not fit waits here, because a program that
/// does not read may be one that waits for its own output to be fetched.
class Input {
public:
    bool wantsMore() const { return m_isOpen && m_waiting.empty(); }
    bool isWaiting() const { return !m_waiting.empty(); }

    void fetch()
    {
        char buffer[8192];
        const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (count > 0)
            m_waiting.assign(buffer, static_cast<std::size_t>(count));
        else
            m_isOpen = count < 0 && (errno == EINTR || errno == EAGAIN);
    }
    void pass(const UniqueFd& console)
    {
        const ssize_t count = ::write(console.fd(), m_waiting.data(), m_waiting.size());
        if (count >= 0)
            m_waiting.erase(0, static_cast<std::size_t>(count));
        else if (errno != EINTR && errno != EAGAIN) {
            m_waiting.clear(); // nobody reads any more
            m_isOpen = false;
        }
    }

private:
    std::string m_waiting;
    bool m_isOpen = true;
};

Result<int> reap(const UniqueFd& pidfd)
{
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.fd()), &info, WEXITED) != 0) {
        if (errno != EINTR)
            return Error::fromErrno(errno, "wait for the container");
    }
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

void neverWaitFor(const UniqueFd& console)
{
    const int flags = ::fcntl(console.fd(), F_GETFL);
    if (flags >= 0)
        (void)::fcntl(console.fd(), F_SETFL, flags | O_NONBLOCK); // ours alone: nobody else holds this side
}

bool isReadable(const pollfd& entry)
{
    return entry.fd >= 0 && (entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

} // namespace

Foreground::Foreground()
{
    const sigset_t set = passedSignals();
    (void)::sigprocmask(SIG_BLOCK, &set, &m_before); // cannot fail for a valid set
    m_signals.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Foreground::~Foreground()
{
    (void)::sigprocmask(SIG_SETMASK, &m_before, nullptr); // cannot fail for a valid set
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

Result<int> Foreground::attend(const UniqueFd& pidfd, const UniqueFd& console, const Watched& watched)
{
    std::optional<RawTerminal> raw;
    Input input;
    if (console) {
        raw.emplace();
        copySize(console);
        neverWaitFor(console);
    }
    std::array<pollfd, 5> polls{ pollfd{ m_signals.fd(), POLLIN, 0 }, pollfd{ pidfd.fd(), POLLIN, 0 },
        pollfd{ console.fd(), POLLIN, 0 }, pollfd{ -1, POLLIN, 0 }, pollfd{ watched.fd, POLLIN, 0 } };
    while (true) {
        polls[2].events = input.isWaiting() ? POLLIN | POLLOUT : POLLIN;
        polls[3].fd = console && input.wantsMore() ? STDIN_FILENO : -1;
        if (::poll(polls.data(), polls.size(), -1) < 0) {
            if (errno != EINTR)
                return Error::fromErrno(errno, "wait for the container");
            continue; // the answers are those of the last time
        }
        if (isReadable(polls[0]))
            passSignal(pidfd, console);
        if (isReadable(polls[2]) && !relayOutput(console))
            polls[2].fd = -1; // EIO: the last program on the terminal has ended
        if (isReadable(polls[3]))
            input.fetch();
        if (isReadable(polls[4]) && !watched.onReadable())
            polls[4].fd = -1;
        if (input.isWaiting())
            input.pass(console);
        if (isReadable(polls[1]) && !isReadable(polls[2]))
            return reap(pidfd);
    }
}

} // namespace twinhull::runtime
