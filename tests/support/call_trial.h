// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "tests/support/failing_syscalls.h"
#include "tests/support/private_host.h"

#include <csignal>
#include <functional>
#include <string>

namespace twinhull::test {

/// Work of hull's in a process of its own, of which one call goes wrong.
class CallTrial {
public:
    using Work = std::function<std::string(FailingSyscalls& calls)>;

    enum class Killed {
        Nobody,
        Maker, ///< hull, while it or what it has made stands at the call
        Caller, ///< whoever stands at the call
    };

    explicit CallTrial(Work work) : m_work(std::move(work)) { }

    FailingSyscalls& calls() { return m_calls; }

    /// What the work reports; "killed" when it was. Ends when every process has ended that shares the report's pipe.
    std::string run(const CallFault& fault, Killed killed = Killed::Nobody)
    {
        m_calls.arm(fault);
        int ends[2] = { -1, -1 };
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return "no pipe";
        const UniqueFd readEnd(ends[0]);
        UniqueFd writeEnd(ends[1]);
        const pid_t maker = ::fork();
        if (maker == 0) {
            const std::string report = m_work(m_calls);
            ::_exit(writeAll(writeEnd, report) ? 0 : 1);
        }
        writeEnd.reset();
        if (killed != Killed::Nobody && !m_calls.awaitStanding(kSecondsToReach)) {
            end(maker);
            return "nobody came to the call";
        }
        if (killed == Killed::Maker)
            ::kill(maker, SIGKILL);
        if (killed == Killed::Caller)
            killCaller(maker);
        if (killed == Killed::Maker)
            end(maker);
        m_calls.letGoOn();
        auto report = readAll(readEnd, 1U << 20U);
        if (killed != Killed::Maker)
            end(maker);
        return report && !report->empty() ? *report : "killed";
    }

private:
    static constexpr int kSecondsToReach = 60;

    static void end(pid_t maker)
    {
        while (::waitpid(maker, nullptr, 0) < 0 && errno == EINTR) { }
    }

    /// A first process of a pid namespace knows itself as 1 only, but then it is the maker's one child.
    void killCaller(pid_t maker) const
    {
        if (m_calls.standing() != 1) {
            ::kill(m_calls.standing(), SIGKILL);
            return;
        }
        for (const pid_t pid : PrivateHost::childrenOf(maker))
            ::kill(pid, SIGKILL);
    }

    FailingSyscalls m_calls;
    Work m_work;
};

} // namespace twinhull::test
