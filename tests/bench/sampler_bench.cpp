// SPDX-License-Identifier: GPL-3.0-or-later
// CPU time of one tick of the host's reader beside the same figures by open, read and close; with a process a workload
// as it is, and in a cgroup v2 of its own where one can be made (root). Usage: bench.sampler [N…], or for the whole
// sampler at one tick a second, all threads and the slow tier: bench.sampler --live COUNT SECONDS asleep|awake, where
// each has a network of its own too, as far as this computer lets it, and bench.sampler --watch SECONDS PID… for VMs.
// bench.sampler --libvirt URI DAEMON SECONDS UUID=PID… reads VMs with what libvirt alone tells, all of them looked at,
// and counts libvirtd's CPU time (DAEMON, a process id) beside its own. Those print a line of JSON a tick
// (sampler_bench.py makes figures of them).
#include "core/base/clock.h"
#include "core/base/descriptor_limit.h"
#include "core/base/files.h"
#include "core/metrics/cgroup_reader.h"
#include "core/metrics/host_cost_source.h"
#include "core/metrics/proc_text.h"
#include "core/metrics/rate_computer.h"
#include "core/metrics/sampler.h"
#include "core/vms/figures/libvirt_figures_source.h"

#include <QCoreApplication>
#include <QTimer>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <set>

using namespace twinhull;

namespace {

constexpr int kRounds = 41;

double cpuMilliseconds(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double threadCpuMilliseconds()
{
    return cpuMilliseconds(CLOCK_THREAD_CPUTIME_ID);
}

enum class Network { Shared, Own };

/// As pasta makes it: a namespace with a tap device. The device lives as long as the process.
bool haveOwnNetwork()
{
    if (::unshare(CLONE_NEWNET) != 0)
        return false;
    const int device = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    ifreq request{};
    std::strcpy(request.ifr_name, "eth0");
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    return device >= 0 && ::ioctl(device, TUNSETIFF, &request) == 0;
}

/// Processes that sleep until they are told to run a little; ended with this object.
class Processes {
public:
    explicit Processes(int count, Network network = Network::Shared)
    {
        for (int i = 0; i < count; ++i)
            m_pids.push_back(forkOne(network));
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
    bool haveOwnNetworks() const { return m_areAlone; }

    /// Each gets some CPU time; back when all sleep again.
    void wakeAll() const
    {
        for (const pid_t pid : m_pids)
            ::kill(pid, SIGUSR1);
        const timespec rest{ 0, 60'000'000 };
        ::nanosleep(&rest, nullptr);
    }

private:
    /// Back when it is where it stays.
    pid_t forkOne(Network network)
    {
        std::array<int, 2> told{};
        if (::pipe2(told.data(), O_CLOEXEC) != 0)
            return -1;
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::signal(SIGUSR1, [](int) {});
            const char isAlone = network == Network::Own && haveOwnNetwork() ? 1 : 0;
            (void)!::write(told[1], &isAlone, 1);
            for (;;)
                ::pause();
        }
        ::close(told[1]);
        char isAlone = 0;
        (void)!::read(told[0], &isAlone, 1);
        ::close(told[0]);
        m_areAlone = m_areAlone && isAlone == 1;
        return pid;
    }

    std::vector<pid_t> m_pids;
    bool m_areAlone = true;
};

/// A cgroup a process, below the root of the v2 tree, with the memory and io controllers where that hands them out.
/// Made before the processes: a folder can be removed only when they are gone.
class Groups {
public:
    Groups() = default;
    Groups(const Groups&) = delete;
    Groups& operator=(const Groups&) = delete;
    ~Groups()
    {
        for (const auto& path : m_paths)
            ::rmdir(path.c_str());
        if (!m_parent.empty())
            ::rmdir(m_parent.c_str());
    }

    /// False where that cannot be: no v2 tree, or not its owner.
    bool put(const std::vector<pid_t>& pids)
    {
        const std::string root = mountPoint();
        m_parent = root + "/bench-sampler-" + std::to_string(::getpid());
        if (root.empty() || ::mkdir(m_parent.c_str(), 0755) != 0)
            return false;
        (void)write(m_parent + "/cgroup.subtree_control", "+memory +io"); // told below by what the groups then have
        for (const pid_t pid : pids) {
            m_paths.push_back(m_parent + "/" + std::to_string(pid));
            if (::mkdir(m_paths.back().c_str(), 0755) != 0
                || !write(m_paths.back() + "/cgroup.procs", std::to_string(pid)))
                return false;
        }
        return true;
    }

    bool haveControllers() const
    {
        return !m_paths.empty() && exists(m_paths.front() + "/memory.current") && exists(m_paths.front() + "/io.stat");
    }
    const std::vector<std::string>& paths() const { return m_paths; }

private:
    static std::string mountPoint()
    {
        for (const char* path : { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }) {
            if (cgroupMountOf(path) == path)
                return path;
        }
        return {};
    }

    static bool write(const std::string& path, const std::string& text)
    {
        const auto file = openPath(path, O_WRONLY);
        return file && writeAll(*file, text);
    }

    std::string m_parent;
    std::vector<std::string> m_paths;
};

enum class Place { AsItIs, OwnCgroup };

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

const char* wordsFor(Place place, const Groups& groups)
{
    if (place == Place::AsItIs)
        return "no cgroup of its own";
    return groups.haveControllers() ? "cgroup with memory and io" : "cgroup without memory and io";
}

void runWith(int count, Place place)
{
    Groups groups;
    const Processes processes(count);
    auto targets = targetsOf(processes.pids());
    if (place == Place::OwnCgroup && !groups.put(processes.pids())) {
        std::printf("%9d  no cgroups: needs root and a cgroup v2 tree\n", count);
        return;
    }
    for (std::size_t i = 0; i < groups.paths().size(); ++i)
        targets[i].footprint.cgroupPath = QString::fromStdString(groups.paths()[i]);
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
    std::printf("%9d  %10.2f  %14.2f  %14.2f  %18.2f  %s\n", count, first, medianOf(asleep), medianOf(awake),
        medianOf(plain), wordsFor(place, groups));
}

/// Lets all of them run a little once a second, at somebody else's cost.
class Waker {
public:
    explicit Waker(const std::vector<pid_t>& pids) : m_pid(::fork())
    {
        if (m_pid != 0)
            return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            for (const pid_t pid : pids)
                ::kill(pid, SIGUSR1);
            const timespec rest{ 1, 0 };
            ::nanosleep(&rest, nullptr);
        }
    }
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;
    ~Waker()
    {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }

private:
    pid_t m_pid;
};

/// Of another process, all its threads.
double cpuMillisecondsOf(pid_t pid)
{
    clockid_t clock{};
    return pid > 0 && ::clock_getcpuclockid(pid, &clock) == 0 ? cpuMilliseconds(clock) : 0;
}

/// Beside the targets.
struct Surroundings {
    std::string place;
    std::shared_ptr<MetricSource> source; ///< one more, or null
    pid_t daemon = 0; ///< whose CPU time is told, too
};

/// Of a guest that does not run: libvirt told that there is nothing.
bool hasLibvirtsWord(const MetricPoint& point)
{
    const auto& used = point[Metric::GuestMemoryUsedBytes];
    return used || used.needs() == Needs::BalloonDriver || used.needs() == Needs::BalloonReports;
}

/// What the whole process uses from tick to tick, and what of it a tick of the sampler's thread.
void watch(std::vector<MetricTarget> targets, int seconds, const Surroundings& around)
{
    int argc = 0;
    QCoreApplication app(argc, nullptr);
    Sampler sampler;
    if (around.source)
        sampler.addSource(around.source);
    double before = cpuMilliseconds(CLOCK_PROCESS_CPUTIME_ID);
    double daemonBefore = cpuMillisecondsOf(around.daemon);
    std::int64_t last = monotonicNanoseconds();
    QObject::connect(&sampler, &Sampler::frameReady, &app, [&](const MetricsFrame& frame) {
        const double now = cpuMilliseconds(CLOCK_PROCESS_CPUTIME_ID);
        const double daemonNow = cpuMillisecondsOf(around.daemon);
        const auto inMilliseconds = [](std::int64_t time) { return static_cast<double>(time) / 1e6; };
        const auto told = std::count_if(frame.points.begin(), frame.points.end(), hasLibvirtsWord);
        std::printf(R"({"cpu_ms": %.4f, "tick_ms": %.4f, "since_ms": %.1f, "points": %zu, "slowed": %s, )"
                    R"("place": "%s", "daemon_ms": %.4f, "told": %td})"
                    "\n",
            now - before, inMilliseconds(frame.tickCpuNanoseconds), inMilliseconds(frame.monotonicNanoseconds - last),
            frame.points.size(), frame.pace != PaceReason::AsAsked ? "true" : "false", around.place.c_str(),
            daemonNow - daemonBefore, told);
        std::fflush(stdout);
        before = now;
        daemonBefore = daemonNow;
        last = frame.monotonicNanoseconds;
    });
    sampler.setTargets(std::move(targets));
    sampler.start();
    QTimer::singleShot(std::chrono::seconds(seconds), &app, &QCoreApplication::quit);
    QCoreApplication::exec();
}

/// As containers are: a process in a cgroup of its own, and one beside it that stands for its monitor.
int runLive(int count, int seconds, bool areAwake)
{
    Groups groups;
    const Processes processes(count, Network::Own);
    const Processes monitors(count);
    auto targets = targetsOf(processes.pids());
    const bool haveGroups = groups.put(processes.pids());
    for (std::size_t i = 0; i < targets.size(); ++i) {
        targets[i].footprint.helperPids = { monitors.pids()[i] };
        if (haveGroups)
            targets[i].footprint.cgroupPath = QString::fromStdString(groups.paths()[i]);
    }
    const auto waker = areAwake ? std::make_unique<Waker>(processes.pids()) : nullptr;
    const std::string place = wordsFor(haveGroups ? Place::OwnCgroup : Place::AsItIs, groups);
    watch(std::move(targets), seconds,
        { place + (processes.haveOwnNetworks() ? ", network of its own" : ", no network of its own"), nullptr });
    return 0;
}

int runWatch(int seconds, std::vector<pid_t> pids)
{
    auto targets = targetsOf(pids);
    for (auto& target : targets)
        target.id.kind = WorkloadKind::Vm;
    watch(std::move(targets), seconds, { "VMs", nullptr });
    return 0;
}

/// `machines` are UUID=PID.
int runWithLibvirt(const QString& uri, pid_t daemon, int seconds, const QStringList& machines)
{
    std::vector<MetricTarget> targets;
    std::map<QString, DiskRoles> running; // whose definitions are asked for
    std::set<QString> uuids;
    for (const QString& machine : machines) {
        MetricTarget target;
        target.id = { WorkloadKind::Vm, machine.section(u'=', 0, 0) };
        target.footprint.rootPids = { machine.section(u'=', 1).toInt() };
        uuids.insert(target.id.key);
        running.try_emplace(target.id.key);
        targets.push_back(std::move(target));
    }
    const auto source = std::make_shared<LibvirtFiguresSource>(uri, std::string());
    source->setRunning(running, uuids);
    watch(std::move(targets), seconds, { "VMs, with libvirt", source, daemon });
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    raiseDescriptorLimit();
    if (argc == 5 && std::strcmp(argv[1], "--live") == 0)
        return runLive(std::atoi(argv[2]), std::atoi(argv[3]), std::strcmp(argv[4], "awake") == 0);
    if (argc > 5 && std::strcmp(argv[1], "--libvirt") == 0) {
        QStringList machines;
        for (int i = 5; i < argc; ++i)
            machines << QString::fromLocal8Bit(argv[i]);
        return runWithLibvirt(QString::fromLocal8Bit(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]), machines);
    }
    if (argc > 3 && std::strcmp(argv[1], "--watch") == 0) {
        std::vector<pid_t> pids(static_cast<std::size_t>(argc - 3));
        std::transform(argv + 3, argv + argc, pids.begin(), [](const char* text) { return std::atoi(text); });
        return runWatch(std::atoi(argv[2]), std::move(pids));
    }
    std::puts("CPU milliseconds of one tick, median, one process a workload");
    std::puts("workloads  first tick  all are asleep  all have run    open, read, close");
    std::vector<int> counts{ 10, 100, 1000 };
    if (argc > 1) {
        counts.resize(static_cast<std::size_t>(argc - 1));
        std::transform(argv + 1, argv + argc, counts.begin(), [](const char* text) { return std::atoi(text); });
    }
    for (const Place place : { Place::AsItIs, Place::OwnCgroup }) {
        for (const int count : counts)
            runWith(count, place);
    }
}
