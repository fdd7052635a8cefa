// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/tick_pace.h"

#include "core/metrics/host_reader.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;
using namespace std::chrono_literals;

class TickPaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void staysAsAskedWhileTicksAreCheap()
    {
        TickPace pace(1s);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(pace.next(3ms), std::chrono::milliseconds(1s));
        QVERIFY(!pace.isSlowedDown());
    }

    void doesNotMindASingleCostlyTick()
    {
        TickPace pace(1s);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(pace.next(i % 3 == 2 ? 1ms : 100ms), std::chrono::milliseconds(1s));
    }

    void doublesUpToFiveTimes()
    {
        TickPace pace(1s);
        std::vector<std::chrono::milliseconds> seen;
        for (int i = 0; i < 12; ++i)
            seen.push_back(pace.next(500ms));
        QCOMPARE(seen.at(1), std::chrono::milliseconds(1s));
        QCOMPARE(seen.at(2), std::chrono::milliseconds(2s));
        QCOMPARE(seen.at(5), std::chrono::milliseconds(4s));
        QCOMPARE(seen.at(11), std::chrono::milliseconds(5s));
        QVERIFY(pace.isSlowedDown());
    }

    void comesBackWhenTicksAreCheapAgain()
    {
        TickPace pace(1s);
        for (int i = 0; i < 3; ++i)
            pace.next(30ms);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s));
        for (int i = 0; i < 10; ++i)
            pace.next(5ms);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(1s));
        QVERIFY(!pace.isSlowedDown());
    }

    /// By the kernel's own file, as the sampler reads it: what was cheap is too much while others wait for a CPU.
    void readsLessOftenWhileOthersWaitForACpu()
    {
        FakeProc files;
        const auto buffer = std::make_unique<ReadBuffer>();
        const auto tell = [&files](const char* percent) {
            files.write("pressure/cpu", std::string("some avg10=") + percent + " avg60=1.00 avg300=1.00 total=1\n");
        };
        (void)makeFolders(files.path("pressure"));
        tell("79.00");
        HostReader host(files.tree());
        const auto pressure = [&] { return host.read(1, *buffer)[HostMetric::CpuPressure]; };
        TickPace pace(1s);
        for (int i = 0; i < 5; ++i)
            QCOMPARE(pace.next(8ms, pressure()), std::chrono::milliseconds(1s));
        tell("80.00");
        for (int i = 0; i < 12; ++i)
            pace.next(8ms, pressure());
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s)); // no further: 0.4 % of it
        QCOMPARE(pace.reason(), PaceReason::BusyComputer);
        tell("41.00"); // hysteresis
        for (int i = 0; i < 30; ++i)
            pace.next(8ms, pressure());
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s));
        tell("39.00");
        for (int i = 0; i < 9; ++i)
            pace.next(8ms, pressure());
        QCOMPARE(pace.reason(), PaceReason::BusyComputer);
        QCOMPARE(pace.next(8ms, pressure()), std::chrono::milliseconds(1s));
        QCOMPARE(pace.reason(), PaceReason::AsAsked);
    }

    void readsEverySecondWhileOthersWaitWhereThatCostsNearlyNothing()
    {
        TickPace pace(1s);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(pace.next(4ms, 99), std::chrono::milliseconds(1s));
    }

    void lowersItsOwnCostOnABusyComputerAsElsewhere()
    {
        TickPace pace(1s);
        for (int i = 0; i < 12; ++i)
            pace.next(500ms, 99);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(5s));
        QCOMPARE(pace.reason(), PaceReason::OwnCost);
    }

    /// Ticks of 15 ms are cheap enough to be made each second (1.5 %), not so cheap that a slow pace would end for
    /// them.
    void comesBackFromABusyComputerToThePaceFromBefore()
    {
        TickPace pace(1s);
        for (int i = 0; i < 5; ++i)
            QCOMPARE(pace.next(15ms, 5), std::chrono::milliseconds(1s));
        for (int i = 0; i < 5; ++i)
            pace.next(15ms, 99);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s));
        QCOMPARE(pace.reason(), PaceReason::BusyComputer);
        for (int i = 0; i < 10; ++i) {
            QCOMPARE(pace.reason(), PaceReason::BusyComputer);
            pace.next(i == 5 ? 30ms : 15ms, 5); // a single costly one, as without others
        }
        QCOMPARE(pace.interval(), std::chrono::milliseconds(1s));
        QCOMPARE(pace.reason(), PaceReason::AsAsked);
    }

    void comesBackFromItsOwnCostToTwiceAsAskedOnABusyComputer()
    {
        TickPace pace(1s);
        for (int i = 0; i < 12; ++i)
            pace.next(500ms, 99);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(5s));
        for (int i = 0; i < 30; ++i)
            pace.next(10ms, 99);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s));
        QCOMPARE(pace.reason(), PaceReason::BusyComputer);
        for (int i = 0; i < 10; ++i)
            pace.next(10ms, 5);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(1s));
    }

    /// What its own cost did stays when the others are done.
    void staysSlowForItsOwnCostAfterABusyComputer()
    {
        TickPace pace(1s);
        for (int i = 0; i < 5; ++i)
            pace.next(30ms, 99);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s));
        for (int i = 0; i < 20; ++i)
            pace.next(30ms, 5);
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s));
        QCOMPARE(pace.reason(), PaceReason::OwnCost);
    }

    void looksAtItsOwnCostAloneWhereTheKernelTellsNoPressure()
    {
        const FakeProc files;
        const auto buffer = std::make_unique<ReadBuffer>();
        HostReader host(files.tree());
        TickPace pace(1s);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(pace.next(8ms, host.read(1, *buffer)[HostMetric::CpuPressure]), std::chrono::milliseconds(1s));
    }

    void staysSlowWhereTheOldPaceWouldCostTooMuch()
    {
        TickPace pace(1s);
        for (int i = 0; i < 40; ++i)
            pace.next(30ms); // 3 % at 1 s, 1.5 % at 2 s
        QCOMPARE(pace.interval(), std::chrono::milliseconds(2s));
    }
};

QTEST_GUILESS_MAIN(TickPaceTest)
#include "tick_pace_test.moc"
