// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/detail_reader.h"

#include "tests/support/victim.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

#include <sys/mman.h>

using namespace twinhull;
using namespace twinhull::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMiB = 1U << 20U;
const WorkloadId kWeb{ WorkloadKind::Container, QStringLiteral("web") };

void addProcess(const FakeProc& proc, const std::string& pid, const std::string& rollup)
{
    (void)makeFolders(proc.path(pid + "/task/" + pid));
    proc.write(pid + "/smaps_rollup", "00400000-7ff ---p 00000000 00:00 0 [rollup]\n" + rollup);
    proc.write(pid + "/status", "Name:\tx\nVmPTE:\t       4 kB\n");
}

}

class DetailReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsPrivateMemoryWhole()
    {
        Victim victim([](int step, VictimReport&) {
            if (step > 0)
                takeMemory(16 * kMiB, MAP_PRIVATE);
        });
        victim.doStep(); // a process that was forked just now maps its program's pages as it comes to them
        const auto before = readDetails({}, std::array{ victim.pid() });
        victim.doStep();
        const auto after = readDetails({}, std::array{ victim.pid() });
        QVERIFY(before && after);
        QVERIFY(after->pssBytes - before->pssBytes >= 15 * kMiB); // others begin to share its program's pages meanwhile
        QVERIFY(after->pssBytes - before->pssBytes < 18 * kMiB);
        const auto tables = after->pageTableBytes - before->pageTableBytes; // 8 bytes for a page of 4 KiB, or less
        QVERIFY(before->pageTableBytes > 0 && tables <= 64U << 10U);
        QVERIFY(after->contextSwitches > before->contextSwitches); // it was woken for the step
    }

    void leavesOutProcessesThatEnded()
    {
        Victim victim([](int, VictimReport&) {});
        const pid_t pid = victim.pid();
        victim.end();
        const auto details = readDetails({}, std::array{ pid });
        QVERIFY(details);
        QCOMPARE(details->pssBytes, std::uint64_t{ 0 });
    }

    void addsAllProcesses()
    {
        FakeProc proc;
        for (const char* pid : { "7", "8" }) {
            addProcess(proc, pid, "Rss: 50 kB\nPss: 10 kB\nKSM: 8 kB\nSwapPss: 3 kB\n");
            proc.write(std::string(pid) + "/task/" + pid + "/schedstat", "500 20 6\n");
        }
        const auto details = readDetails(proc.tree(), std::array<pid_t, 2>{ 7, 8 });
        QVERIFY(details);
        QCOMPARE(details->pssBytes, std::uint64_t{ 20 * 1024 });
        QCOMPARE(details->sharedBytes, std::uint64_t{ 80 * 1024 });
        QCOMPARE(details->swappedBytes, std::uint64_t{ 6 * 1024 });
        QCOMPARE(details->pageTableBytes, std::uint64_t{ 8 * 1024 });
        QCOMPARE(details->mergedBytes, std::optional<std::uint64_t>(16 * 1024));
        QCOMPARE(details->contextSwitches, std::uint64_t{ 12 });
    }

    /// QEMU 7 with a machine's memory in two blocks, virtiofsd 8, another process 9.
    void splitsTheMemoryOfAVm()
    {
        FakeProc proc;
        addProcess(proc, "7", "Rss: 900 kB\nPss: 700 kB\nPss_Anon: 650 kB\n");
        addProcess(proc, "8", "Rss: 90 kB\nPss: 40 kB\nPss_Anon: 30 kB\n");
        addProcess(proc, "9", "Rss: 9 kB\nPss: 5 kB\nPss_Anon: 4 kB\n");
        const auto mapping = [](const char* pss, const char* flags) {
            return std::string("7f00-7fff rw-p 00000000 00:00 0\nSize: 9999 kB\nPss: ") + pss
                + " kB\nPss_Dirty: 1 kB\nVmFlags: rd wr mr mw me " + flags + " \n";
        };
        std::string other;
        for (int i = 0; i < 2000; ++i) // many chunks
            other += mapping("0", "sd");
        proc.write("7/smaps", mapping("500", "dc dd hg mg") + other + mapping("90", "ac") + mapping("60", "sh dc"));
        const ProcessRoles roles{ 7, { 8 } };
        const auto details = readDetails(proc.tree(), std::array<pid_t, 3>{ 7, 8, 9 }, roles);
        QVERIFY(details);
        QCOMPARE(details->ramBytes, std::optional<std::uint64_t>(560 * 1024));
        QCOMPARE(details->qemuOwnBytes, std::optional<std::uint64_t>(140 * 1024));
        QCOMPARE(details->helperBytes, std::uint64_t{ 40 * 1024 });
        QCOMPARE(details->anonymousBytes, std::optional<std::uint64_t>(654 * 1024));
        proc.write("7/smaps", mapping("90", "ac"));
        QVERIFY(!readDetails(proc.tree(), std::array<pid_t, 1>{ 7 }, roles)->qemuOwnBytes); // no marks: not told apart
    }

    void countsMergedPagesWhereTheRollupDoesNot()
    {
        FakeProc proc;
        addProcess(proc, "7", "Pss: 10 kB\n");
        QVERIFY(!readDetails(proc.tree(), std::array<pid_t, 1>{ 7 })->mergedBytes);
        proc.write("7/ksm_merging_pages", "3\n");
        const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        QCOMPARE(readDetails(proc.tree(), std::array<pid_t, 1>{ 7 })->mergedBytes, std::optional(3 * page));
    }

    void countsSwitchesOfThreadsThatComeAndGo()
    {
        FakeProc proc;
        addProcess(proc, "7", "Pss: 10 kB\n");
        (void)makeFolders(proc.path("7/task/8"));
        proc.write("7/task/7/schedstat", "1 1 100\n");
        proc.write("7/task/8/schedstat", "1 1 50\n");
        ThreadCounter threads;
        TcpRoundTrips connections(proc.tree());
        const auto countNow = [&] {
            return readDetails(proc.tree(), std::array<pid_t, 1>{ 7 }, {}, threads, connections)->contextSwitches;
        };
        QCOMPARE(countNow(), std::uint64_t{ 150 });
        proc.write("7/task/7/schedstat", "1 1 110\n");
        (void)removeTree(proc.path("7/task/8"));
        QCOMPARE(countNow(), std::uint64_t{ 160 }); // what the ended one had stays
        (void)makeFolders(proc.path("7/task/8"));
        proc.write("7/task/8/schedstat", "1 1 4\n"); // another one got its number
        QCOMPARE(countNow(), std::uint64_t{ 164 });
    }

    /// The kernel says 0 of a thread that it does not count for.
    void countsWaitsForADiskWhereTheKernelDoes()
    {
        FakeProc proc;
        addProcess(proc, "7", "Pss: 10 kB\n");
        ThreadCounter threads;
        TcpRoundTrips connections(proc.tree());
        const auto tick = std::uint64_t{ 1'000'000'000 } / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
        const auto waitedAfter = [&](const char* accounting, int ticks) {
            proc.write("sys/kernel/task_delayacct", accounting);
            proc.write("7/task/7/schedstat", "1 1 100\n");
            proc.write("7/task/7/stat",
                "7 (x) S" + std::string(" 0").append(" 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0")
                    + " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 " + std::to_string(ticks) + " 0 0\n");
            return readDetails(proc.tree(), std::array<pid_t, 1>{ 7 }, {}, threads, connections)->blockedNanoseconds;
        };
        QVERIFY(bool(makeFolders(proc.path("sys/kernel"))));
        QCOMPARE(waitedAfter("0\n", 5).needs(), Needs::DelayAccounting);
        QCOMPARE(waitedAfter("1\n", 0).needs(), Needs::DelayAccounting);
        QCOMPARE(*waitedAfter("1\n", 5), 5 * tick);
        QCOMPARE(*waitedAfter("1\n", 7), 7 * tick);
        QCOMPARE(waitedAfter("0\n", 9).needs(), Needs::DelayAccounting);
    }

    void bringsAFirstReadingSoon()
    {
        Victim victim([](int, VictimReport&) { takeMemory(4 * kMiB, MAP_PRIVATE); });
        victim.doStep();
        DetailReader reader(ProcTree{});
        QVERIFY(!reader.latest(kWeb));
        reader.want(kWeb, { victim.pid() });
        QTRY_VERIFY(reader.latest(kWeb));
        QVERIFY((*reader.latest(kWeb))->pssBytes >= 4 * kMiB);
    }

    void readsAgainAfterItsInterval()
    {
        FakeProc proc;
        (void)makeFolders(proc.path("7"));
        proc.write("7/smaps_rollup", "Pss: 10 kB\n");
        DetailReader reader(proc.tree(), 20ms);
        reader.want(kWeb, { 7 });
        QTRY_VERIFY(reader.latest(kWeb));
        proc.write("7/smaps_rollup", "Pss: 30 kB\n");
        QTRY_COMPARE((*reader.latest(kWeb))->pssBytes, std::uint64_t{ 30 * 1024 });
    }

    void readsWhatRestsLessAndLessOften()
    {
        FakeProc proc;
        (void)makeFolders(proc.path("7"));
        proc.write("7/smaps_rollup", "Pss: 10 kB\n");
        DetailReader reader(proc.tree(), 100ms);
        reader.want(kWeb, { 7 }, DetailReader::Activity{ 10 * kMiB, 1'000'000 });
        const auto moment = [&reader] {
            const auto details = reader.latest(kWeb);
            return details ? (*details)->monotonicNanoseconds : 0;
        };
        std::int64_t latest = 0;
        std::int64_t gap = 0;
        for (int reading = 0; reading < 4; ++reading) {
            QTRY_VERIFY_WITH_TIMEOUT(moment() > latest, 30'000); // it rests a thousand times what a reading took
            const std::int64_t now = moment();
            gap = now - latest;
            latest = now;
        }
        QVERIFY2(gap >= 1'200'000'000, "100 ms, then 400, then 1,200");
    }

    /// A reading of 64 MiB in small pages takes more than a millisecond: it rests for seconds after the second one.
    void readsWhatIsNewWhileItRestsFromTheOthers()
    {
        Victim large([](int, VictimReport&) { takeMemory(64 * kMiB, MAP_PRIVATE); });
        large.doStep();
        DetailReader reader(ProcTree{}, 1ms);
        reader.want(kWeb, { large.pid() });
        const auto readAt = [&] { return reader.latest(kWeb) ? (*reader.latest(kWeb))->monotonicNanoseconds : 0; };
        QTRY_VERIFY(readAt() > 0);
        const auto first = readAt();
        QTRY_VERIFY_WITH_TIMEOUT(readAt() > first, 30'000);
        const WorkloadId other{ WorkloadKind::Container, QStringLiteral("new") };
        reader.want(other, { ::getpid() });
        QTRY_VERIFY_WITH_TIMEOUT(reader.latest(other), 30'000);
    }

    void forgetsAWorkload()
    {
        DetailReader reader(ProcTree{});
        reader.want(kWeb, { ::getpid() });
        QTRY_VERIFY(reader.latest(kWeb));
        reader.forget(kWeb);
        QVERIFY(!reader.latest(kWeb));
    }
};

QTEST_GUILESS_MAIN(DetailReaderTest)
#include "detail_reader_test.moc"
