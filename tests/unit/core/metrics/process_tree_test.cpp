// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/process_tree.h"

#include "tests/support/victim.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

#include <sys/mman.h>
#include <sys/wait.h>

#include <csignal>
#include <thread>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kMiB = 1U << 20U;

bool isNear(std::uint64_t value, std::uint64_t expected, std::uint64_t tolerance)
{
    const bool isInside = value + tolerance >= expected && value <= expected + tolerance;
    if (!isInside)
        qWarning("%llu instead of %llu +- %llu", static_cast<unsigned long long>(value),
            static_cast<unsigned long long>(expected), static_cast<unsigned long long>(tolerance));
    return isInside;
}

void writeToDisk(std::size_t bytes)
{
    char path[] = "/var/tmp/thXXXXXX";
    const UniqueFd file(::mkostemp(path, O_CLOEXEC));
    const std::string block(bytes, 'x');
    (void)!::write(file.fd(), block.data(), block.size());
    ::fdatasync(file.fd());
    ::unlink(path);
}

pid_t forkSleeper()
{
    const pid_t pid = ::fork();
    if (pid == 0) {
        for (;;)
            ::pause();
    }
    return pid;
}

}

class ProcessTreeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_tree = ProcessTree(ProcTree{}); }

    void countsTheCpuTimeThatARunningProcessSaysItUsed()
    {
        Victim victim([](int, VictimReport&) { burnCpu(60 * kMillisecond); });
        watch(victim.pid());
        for (int step = 0; step < 3; ++step) {
            const auto report = victim.doStep();
            QVERIFY(isNear(refreshed().cpuNanoseconds, report.cpuNanoseconds, 15 * kMillisecond));
        }
    }

    void countsThreadsThatEnded()
    {
        Victim victim([](int, VictimReport&) { std::thread([] { burnCpu(100 * kMillisecond); }).join(); });
        watch(victim.pid());
        const auto report = victim.doStep();
        QVERIFY(isNear(refreshed().cpuNanoseconds, report.cpuNanoseconds, 15 * kMillisecond));
        QVERIFY(refreshed().cpuNanoseconds >= 95 * kMillisecond);
    }

    void countsChildrenThatNobodySaw()
    {
        Victim victim([](int, VictimReport&) {
            for (int i = 0; i < 10; ++i)
                runInChild([] { burnCpu(20 * kMillisecond); });
        });
        watch(victim.pid());
        const auto report = victim.doStep();
        QVERIFY(isNear(refreshed().cpuNanoseconds, report.cpuNanoseconds, 20 * kMillisecond));
        QVERIFY(refreshed().cpuNanoseconds >= 180 * kMillisecond);
    }

    void countsAChildOnceWhetherItLivesOrEnded()
    {
        Victim victim([](int step, VictimReport& report) {
            if (step == 0) {
                int ready[2] = {};
                (void)!::pipe(ready);
                report.child = ::fork();
                if (report.child == 0) {
                    burnCpu(100 * kMillisecond);
                    (void)!::write(ready[1], "x", 1);
                    for (;;)
                        ::pause();
                }
                char byte = 0;
                (void)!::read(ready[0], &byte, 1);
            } else {
                ::kill(report.child, SIGKILL);
                ::waitpid(report.child, nullptr, 0);
            }
        });
        watch(victim.pid());
        const auto before = victim.doStep();
        const auto alive = refreshed();
        QVERIFY(m_tree.has(before.child));
        QVERIFY(alive.cpuNanoseconds >= 95 * kMillisecond);
        const auto after = victim.doStep();
        const auto ended = refreshed();
        QVERIFY(!m_tree.has(before.child));
        QVERIFY(ended.cpuNanoseconds >= alive.cpuNanoseconds);
        QVERIFY(isNear(ended.cpuNanoseconds, after.cpuNanoseconds, 20 * kMillisecond));
    }

    void neverGoesBackWhenChildrenAreNotWaitedFor()
    {
        Victim victim([](int step, VictimReport& report) {
            ::signal(SIGCHLD, SIG_IGN); // the kernel then forgets what children used
            if (step == 0) {
                report.child = ::fork();
                if (report.child == 0) {
                    burnCpu(50 * kMillisecond);
                    for (;;)
                        ::pause();
                }
                burnCpu(100 * kMillisecond);
            } else {
                ::kill(report.child, SIGKILL);
                ::waitpid(report.child, nullptr, 0);
            }
        });
        watch(victim.pid());
        victim.doStep();
        const auto before = refreshed().cpuNanoseconds;
        victim.doStep();
        QVERIFY(refreshed().cpuNanoseconds >= before);
    }

    void keepsAGrandchildWhoseParentEnded()
    {
        Victim victim([](int step, VictimReport& report) {
            static int told[2] = {};
            static pid_t middle = -1;
            if (step == 0) {
                (void)!::pipe(told);
                middle = ::fork();
                if (middle == 0) {
                    const pid_t grandchild = forkSleeper();
                    (void)!::write(told[1], &grandchild, sizeof grandchild);
                    for (;;)
                        ::pause();
                }
                (void)!::read(told[0], &report.child, sizeof report.child);
            } else {
                ::kill(middle, SIGKILL);
                ::waitpid(middle, nullptr, 0);
            }
        });
        watch(victim.pid());
        const pid_t grandchild = victim.doStep().child;
        refreshed();
        QVERIFY(m_tree.has(grandchild));
        QCOMPARE(m_tree.pids().size(), std::size_t{ 3 });
        victim.doStep();
        refreshed();
        QVERIFY(m_tree.has(grandchild));
        QCOMPARE(m_tree.pids().size(), std::size_t{ 2 });
        ::kill(grandchild, SIGKILL);
    }

    void countsAnonymousAndSharedMemory()
    {
        Victim victim([](int step, VictimReport&) {
            takeMemory(step == 0 ? 24 * kMiB : 8 * kMiB, step == 0 ? MAP_PRIVATE : MAP_SHARED);
        });
        watch(victim.pid());
        const auto before = refreshed().memoryBytes;
        victim.doStep();
        const auto withAnonymous = refreshed().memoryBytes;
        QVERIFY(isNear(withAnonymous - before, 24 * kMiB, kMiB));
        victim.doStep();
        QVERIFY(isNear(refreshed().memoryBytes - withAnonymous, 8 * kMiB, kMiB));
    }

    void countsWhatIsWrittenToDisk()
    {
        Victim victim([](int, VictimReport&) { writeToDisk(2 * kMiB); });
        watch(victim.pid());
        refreshed();
        const auto report = victim.doStep();
        const auto totals = refreshed();
        QVERIFY(totals.isDiskReadable);
        QCOMPARE(totals.diskWrittenBytes, report.diskWrittenBytes);
    }

    /// Else what a health check wrote inside would count with the cgroup and once more with who waited for it.
    void leavesOutWhatItsReapedChildrenWroteWhereOthersCountThem()
    {
        Victim victim([](int step, VictimReport&) {
            if (step == 0)
                runInChild([] { writeToDisk(4 * kMiB); });
            else
                writeToDisk(2 * kMiB);
        });
        m_tree.leaveOutDiskOfReaped();
        watch(victim.pid());
        refreshed();
        QVERIFY(victim.doStep().diskWrittenBytes >= 4 * kMiB);
        const auto before = refreshed().diskWrittenBytes;
        QVERIFY(before < kMiB);
        victim.doStep();
        const auto written = refreshed().diskWrittenBytes - before;
        QVERIFY(written >= 2 * kMiB && written < 3 * kMiB);
    }

    void isEmptyWhenTheRootEnded()
    {
        Victim victim([](int, VictimReport&) {});
        watch(victim.pid());
        refreshed();
        QVERIFY(m_tree.has(victim.pid()));
        const pid_t pid = victim.pid();
        victim.end();
        refreshed();
        QVERIFY(!m_tree.has(pid));
        QVERIFY(m_tree.isChanged());
        QCOMPARE(m_tree.totals().memoryBytes, std::uint64_t{ 0 });
    }

    void leavesOutWhatTheFilterRefuses()
    {
        Victim victim([](int, VictimReport& report) { report.child = forkSleeper(); });
        const pid_t child = victim.doStep().child;
        m_tree.setFilter([child](pid_t pid) { return pid != child; });
        watch(victim.pid());
        refreshed();
        QVERIFY(m_tree.has(victim.pid()));
        QVERIFY(!m_tree.has(child));
        ::kill(child, SIGKILL);
    }

    /// Its clock is a real one, its files are ours. Each step is a little time, unless the computer makes it long.
    void readsOfWhatHardlyRanBesideACgroupItsCpuTimeAlone()
    {
        Victim victim([](int step, VictimReport&) { burnCpu(step < 5 ? 0 : 2 * kMillisecond); });
        FakeProc files;
        watchFake(files, victim.pid());
        m_tree.setUsualDepth(ProcessReader::Depth::WhatMoved);
        const auto first = refreshed();
        int fullReadings = 0;
        for (unsigned step = 1; step <= 5; ++step) {
            writePages(files, victim.pid(), step);
            victim.doStep();
            fullReadings += refreshed().memoryBytes == pages(step) ? 1 : 0;
        }
        QVERIFY(m_tree.totals().cpuNanoseconds > first.cpuNanoseconds);
        if (m_tree.totals().cpuNanoseconds - first.cpuNanoseconds < kMillisecond)
            QVERIFY2(fullReadings <= 1, "one of ten rounds reads all");
        writePages(files, victim.pid(), 9);
        victim.doStep();
        QCOMPARE(refreshed().memoryBytes, pages(9));
    }

    void readsAllOfWhatRanWhereNothingElseCountsIt()
    {
        Victim victim([](int, VictimReport&) {});
        FakeProc files;
        watchFake(files, victim.pid());
        for (unsigned step = 1; step <= 5; ++step) {
            writePages(files, victim.pid(), step);
            victim.doStep();
            QCOMPARE(refreshed().memoryBytes, pages(step));
        }
    }

    void saysThatDiskFiguresMayNotBeRead()
    {
        FakeProc proc;
        proc.add({ .pid = 10, .parent = 1, .hasIo = false });
        m_tree = ProcessTree(proc.tree());
        watch(10);
        QVERIFY(!refreshed().isDiskReadable);
        QVERIFY(refreshed().isComplete);
    }

    void saysThatThisKernelDoesNotTellChildren()
    {
        FakeProc proc;
        proc.add({ .pid = 10, .parent = 1, .hasChildren = false });
        m_tree = ProcessTree(proc.tree());
        watch(10);
        QVERIFY(!refreshed().isComplete);
    }

    void doesNotTakeANumberThatAnotherProcessHasNow()
    {
        FakeProc proc;
        proc.add({ .pid = 10, .parent = 1, .children = { 11 } });
        proc.add({ .pid = 11, .parent = 7 });
        m_tree = ProcessTree(proc.tree());
        watch(10);
        refreshed();
        QVERIFY(m_tree.has(10));
        QVERIFY(!m_tree.has(11));
    }

    void countsTicksWhereThereIsNoClock()
    {
        FakeProc proc;
        proc.add({ .pid = 10, .parent = 1, .ownTicks = 7, .reapedTicks = 3 });
        m_tree = ProcessTree(proc.tree());
        watch(10);
        const auto tick = 1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
        QCOMPARE(refreshed().cpuNanoseconds, 10 * tick);
        proc.add({ .pid = 10, .parent = 1, .ownTicks = 9, .reapedTicks = 3 });
        QCOMPARE(refreshed().cpuNanoseconds, 12 * tick);
    }

private:
    static std::uint64_t pages(unsigned count) { return count * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }
    static void writePages(const FakeProc& files, pid_t pid, unsigned count)
    {
        files.write(std::to_string(pid) + "/statm", "1000 " + std::to_string(count) + " 0 1 0 9 0\n");
    }
    void watchFake(FakeProc& files, pid_t pid)
    {
        files.add({ .pid = pid, .parent = 1 });
        m_tree = ProcessTree(ProcTree{ files.tree().root, true });
        watch(pid);
    }

    void watch(pid_t pid) { m_tree.addRoots(std::array{ pid }); }
    const TreeTotals& refreshed()
    {
        m_tree.refresh(m_buffer);
        return m_tree.totals();
    }

    ProcessTree m_tree{ ProcTree{} };
    ReadBuffer m_buffer{};
};

QTEST_GUILESS_MAIN(ProcessTreeTest)
#include "process_tree_test.moc"
