// SPDX-License-Identifier: GPL-3.0-or-later
// CPU time of one tick of the host's reader beside the same figures by open, read and close. Usage: bench.sampler [N…]
#include "core/base/clock.h"
#include "core/base/descriptor_limit.h"
#include "core/base/files.h"
#include "core/metrics/host_cost_source.h"
#include "core/metrics/proc_text.h"
#include "core/metrics/rate_computer.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

using namespace twinhull;

namespace {

constexpr int kRounds = 41;

double threadCpuMilliseconds()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// Processes that sleep until they are told to run a little; ended with this object.
class Processes {
public:
    explicit Processes(int count)
    {
        for (int i = 0; i < count; ++i)
            m_pids.push_back(forkOne());
    }
    Processes(const Processes&) = delete;
    Processes& operator=(const Processes&) = delete;
    ~Processes()
    {
        for (const pid_t pid : m_pids) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
    }

    const std::vector<pid_t>& pids() const { return m_pids; }

    /// Each gets some CPU time; back when all sleep again.
    void wakeAll() const
    {
        for (const pid_t pid : m_pids)
            ::kill(pid, SIGUSR1);
        const timespec rest{ 0, 60'000'000 };
        ::nanosleep(&rest, nullptr);
    }

private:
    static pid_t forkOne()
    {
        const pid_t pid = ::fork();
        if (pid != 0)
            return pid;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::signal(SIGUSR1, [](int) {});
        for (;;)
            ::pause();
    }

    std::vector<pid_t> m_pids;
};

std::vector<MetricTarget> targetsOf(const std::vector<pid_t>& pids)
{
    std::vector<MetricTarget> targets;
    for (const pid_t pid : pids) {
        MetricTarget target;
        target.id = { WorkloadKind::Container, QString::number(pid) };
        target.footprint.rootPids = { pid };
        targets.push_back(std::move(target));
    }
    return targets;
}

/// The plain way to the same figures: CPU time with children, anonymous and shared memory, disk bytes, children.
void readPlainly(const std::vector<pid_t>& pids)
{
    std::uint64_t sum = 0;
    for (const pid_t pid : pids) {
        const std::string folder = "/proc/" + std::to_string(pid) + "/";
        const auto stat = readFile(folder + "stat");
        const auto status = readFile(folder + "status");
        const auto io = readFile(folder + "io");
        const auto children = readFile(folder + "task/" + std::to_string(pid) + "/children");
        if (!stat || !status || !io || !children)
            continue;
        sum += parseProcessStat(*stat)->ownTicks + kilobyteLine(*status, "RssAnon").value_or(0)
            + kilobyteLine(*status, "RssShmem").value_or(0) + parseProcessIo(*io)->read + children->size();
    }
    if (sum == 0)
        std::puts("nothing was read");
}

double medianOf(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

double costOf(const std::function<void()>& work)
{
    const double begin = threadCpuMilliseconds();
    work();
    return threadCpuMilliseconds() - begin;
}

void runWith(int count)
{
    const Processes processes(count);
    const auto targets = targetsOf(processes.pids());
    HostCostSource source;
    RateComputer rates;
    const auto tick = [&] {
        std::vector<Sample> samples(targets.size());
        for (std::size_t i = 0; i < targets.size(); ++i) {
            samples[i].id = targets[i].id;
            samples[i].monotonicNanoseconds = monotonicNanoseconds();
        }
        source.read(targets, samples);
        (void)rates.points(samples);
    };
    const double first = costOf(tick);
    std::vector<double> asleep;
    std::vector<double> awake;
    std::vector<double> plain;
    for (int round = 0; round < kRounds; ++round) { // by turns, so that all meet the same machine
        asleep.push_back(costOf(tick));
        plain.push_back(costOf([&] { readPlainly(processes.pids()); }));
        processes.wakeAll();
        awake.push_back(costOf(tick));
    }
    std::printf(
        "%9d  %10.2f  %14.2f  %14.2f  %18.2f\n", count, first, medianOf(asleep), medianOf(awake), medianOf(plain));
}

} // namespace

int main(int argc, char** argv)
{
    raiseDescriptorLimit();
    std::puts("CPU milliseconds of one tick, median, one process a workload");
    std::puts("workloads  first tick  all are asleep  all have run    open, read, close");
    for (int i = 1; i < argc; ++i)
        runWith(std::atoi(argv[i]));
    if (argc > 1)
        return 0;
    for (const int count : { 10, 100, 1000 })
        runWith(count);
}
