// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/victim.h"

#include "core/base/files.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace twinhull::test {

namespace {

[[noreturn]] void fail(const char* what)
{
    std::perror(what);
    std::abort();
}

std::uint64_t nanosecondsOf(const timeval& time)
{
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_usec) * 1000U;
}

std::uint64_t usedBy(int who)
{
    rusage usage{};
    ::getrusage(static_cast<__rusage_who>(who), &usage);
    return nanosecondsOf(usage.ru_utime) + nanosecondsOf(usage.ru_stime);
}

std::uint64_t writtenByUs()
{
    const auto text = readFile("/proc/self/io");
    const std::size_t at = text ? text->find("\nwrite_bytes: ") : std::string::npos;
    return at == std::string::npos ? 0
                                   : std::strtoull(text->c_str() + at + std::strlen("\nwrite_bytes: "), nullptr, 10);
}

[[noreturn]] void obey(const Victim::Act& act, const UniqueFd& orders, const UniqueFd& answers)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    VictimReport report;
    char order = 0;
    for (int step = 0; ::read(orders.fd(), &order, 1) == 1; ++step) {
        act(step, report);
        report.cpuNanoseconds = usedBy(RUSAGE_SELF) + usedBy(RUSAGE_CHILDREN);
        report.diskWrittenBytes = writtenByUs();
        if (::write(answers.fd(), &report, sizeof report) != sizeof report)
            break;
    }
    ::_exit(0);
}

} // namespace

Victim::Victim(const Act& act)
{
    int orders[2] = {};
    int answers[2] = {};
    if (::pipe2(orders, O_CLOEXEC) != 0 || ::pipe2(answers, O_CLOEXEC) != 0)
        fail("pipe");
    m_orders.reset(orders[1]);
    m_answers.reset(answers[0]);
    const UniqueFd theirOrders(orders[0]);
    const UniqueFd theirAnswers(answers[1]);
    m_pid = ::fork();
    if (m_pid < 0)
        fail("fork");
    if (m_pid == 0) {
        m_orders.reset();
        m_answers.reset();
        obey(act, theirOrders, theirAnswers);
    }
}

Victim::~Victim()
{
    end();
}

VictimReport Victim::doStep()
{
    VictimReport report;
    if (::write(m_orders.fd(), "x", 1) != 1 || ::read(m_answers.fd(), &report, sizeof report) != sizeof report)
        fail("victim");
    return report;
}

void Victim::end()
{
    if (m_pid < 0)
        return;
    ::kill(m_pid, SIGKILL);
    ::waitpid(m_pid, nullptr, 0);
    m_pid = -1;
}

void burnCpu(std::uint64_t nanoseconds)
{
    const auto used = [] {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
    };
    for (const auto end = used() + nanoseconds; used() < end;) { }
}

void runInChild(const std::function<void()>& work)
{
    const pid_t pid = ::fork();
    if (pid == 0) {
        work();
        ::_exit(0);
    }
    ::waitpid(pid, nullptr, 0);
}

// Neither mmap() nor memset(), and not sanitized: a sanitizer's shadow, an eighth more, would count as the victim's.
__attribute__((no_sanitize("address", "undefined"))) void takeMemory(std::size_t bytes, int sharing)
{
    const long address
        = ::syscall(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, std::int64_t{ 0 });
    if (address == -1)
        fail("mmap");
    auto* memory = reinterpret_cast<volatile char*>(address);
    for (std::size_t at = 0; at < bytes; at += 4096)
        memory[at] = 1;
}

} // namespace twinhull::test
