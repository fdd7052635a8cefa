// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pty_program.h"

#include "core/base/files.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace twinhull::test {

using Clock = std::chrono::steady_clock;

PtyProgram::PtyProgram(const std::vector<std::string>& arguments, unsigned short columns, unsigned short rows)
{
    std::vector<char*> words;
    for (const auto& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str())); // execv(3) does not write to them
    words.push_back(nullptr);
    const winsize size{ rows, columns, 0, 0 };
    int master = -1;
    m_pid = ::forkpty(&master, nullptr, nullptr, &size);
    if (m_pid == 0) {
        ::execv(words.front(), words.data());
        ::_exit(127);
    }
    m_master.reset(master);
    (void)::fcntl(master, F_SETFD, FD_CLOEXEC);
}

PtyProgram::~PtyProgram()
{
    if (m_pid <= 0)
        return;
    (void)::kill(m_pid, SIGKILL);
    (void)::waitpid(m_pid, nullptr, 0);
}

void PtyProgram::type(const QByteArray& bytes) const
{
    (void)writeAll(m_master, { bytes.constData(), static_cast<std::size_t>(bytes.size()) });
}

void PtyProgram::resize(unsigned short columns, unsigned short rows) const
{
    const winsize size{ rows, columns, 0, 0 };
    (void)::ioctl(m_master.fd(), TIOCSWINSZ, &size);
}

bool PtyProgram::shows(const QByteArray& text, std::chrono::milliseconds deadline)
{
    const auto until = Clock::now() + deadline;
    qsizetype found = m_screen.indexOf(text, m_seen);
    while (found < 0 && readMore(until))
        found = m_screen.indexOf(text, m_seen);
    if (found >= 0)
        m_seen = found + text.size();
    return found >= 0;
}

int PtyProgram::end(std::chrono::milliseconds deadline)
{
    const auto until = Clock::now() + deadline;
    while (readMore(until)) { }
    int status = 0;
    while (::waitpid(m_pid, &status, WNOHANG) == 0) { // its terminal is closed: it ends by itself
        if (Clock::now() > until)
            return -1;
        ::poll(nullptr, 0, 5);
    }
    m_pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// False at the end of it (EIO) and past the deadline.
bool PtyProgram::readMore(Clock::time_point deadline)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd poll{ m_master.fd(), POLLIN, 0 };
    if (left.count() <= 0 || ::poll(&poll, 1, static_cast<int>(left.count())) <= 0)
        return false;
    char buffer[4096];
    const ssize_t count = ::read(m_master.fd(), buffer, sizeof buffer);
    if (count > 0)
        m_screen.append(buffer, count);
    return count > 0;
}

} // namespace twinhull::test
