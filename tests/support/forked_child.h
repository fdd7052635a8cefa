// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace twinhull::test {

/// A child that does what it is told, says whether that worked, and rests until this goes.
class ForkedChild {
public:
    /// `prepare` runs in the child.
    template <typename Prepare>
    explicit ForkedChild(const Prepare& prepare)
    {
        int ready[2] = { -1, -1 };
        if (::pipe(ready) != 0)
            return;
        m_pid = ::fork();
        if (m_pid == 0) {
            const char told = prepare() ? 'y' : 'n';
            (void)!::write(ready[1], &told, 1);
            ::pause();
            ::_exit(0);
        }
        char told = 0;
        m_isPrepared = ::read(ready[0], &told, 1) == 1 && told == 'y';
        ::close(ready[0]);
        ::close(ready[1]);
    }
    ~ForkedChild()
    {
        if (m_pid <= 0)
            return;
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
    ForkedChild(const ForkedChild&) = delete;
    ForkedChild& operator=(const ForkedChild&) = delete;

    pid_t pid() const { return m_pid; }
    bool isPrepared() const { return m_isPrepared; }

private:
    pid_t m_pid = -1;
    bool m_isPrepared = false;
};

} // namespace twinhull::test
