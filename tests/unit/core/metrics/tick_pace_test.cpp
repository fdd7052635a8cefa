// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/tick_pace.h"

#include <QTest>

using namespace twinhull;
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
