// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/pss_reader.h"

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

}

class PssReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsPrivateMemoryWhole()
    {
        Victim victim([](int, VictimReport&) { takeMemory(16 * kMiB, MAP_PRIVATE); });
        const auto before = readPss({}, std::array{ victim.pid() });
        victim.doStep();
        const auto after = readPss({}, std::array{ victim.pid() });
        QVERIFY(before && after);
        QVERIFY(*after - *before >= 16 * kMiB);
        QVERIFY(*after - *before < 18 * kMiB);
    }

    void leavesOutProcessesThatEnded()
    {
        Victim victim([](int, VictimReport&) {});
        const pid_t pid = victim.pid();
        victim.end();
        const auto pss = readPss({}, std::array{ pid });
        QVERIFY(pss);
        QCOMPARE(*pss, std::uint64_t{ 0 });
    }

    void addsAllProcesses()
    {
        FakeProc proc;
        for (const char* name : { "7", "8" }) {
            (void)makeFolders(proc.path(name));
            proc.write(
                std::string(name) + "/smaps_rollup", "00400000-7ff ---p 00000000 00:00 0 [rollup]\nPss: 10 kB\n");
        }
        QCOMPARE(*readPss(proc.tree(), std::array<pid_t, 2>{ 7, 8 }), std::uint64_t{ 20 * 1024 });
    }

    void bringsAFirstReadingSoon()
    {
        Victim victim([](int, VictimReport&) { takeMemory(4 * kMiB, MAP_PRIVATE); });
        victim.doStep();
        PssReader reader(ProcTree{});
        QVERIFY(!reader.latest(kWeb));
        reader.want(kWeb, { victim.pid() });
        QTRY_VERIFY(reader.latest(kWeb));
        QVERIFY(**reader.latest(kWeb) >= 4 * kMiB);
    }

    void readsAgainAfterItsInterval()
    {
        FakeProc proc;
        (void)makeFolders(proc.path("7"));
        proc.write("7/smaps_rollup", "Pss: 10 kB\n");
        PssReader reader(proc.tree(), 20ms);
        reader.want(kWeb, { 7 });
        QTRY_VERIFY(reader.latest(kWeb));
        proc.write("7/smaps_rollup", "Pss: 30 kB\n");
        QTRY_COMPARE(**reader.latest(kWeb), std::uint64_t{ 30 * 1024 });
    }

    void forgetsAWorkload()
    {
        PssReader reader(ProcTree{});
        reader.want(kWeb, { ::getpid() });
        QTRY_VERIFY(reader.latest(kWeb));
        reader.forget(kWeb);
        QVERIFY(!reader.latest(kWeb));
    }
};

QTEST_GUILESS_MAIN(PssReaderTest)
#include "pss_reader_test.moc"
