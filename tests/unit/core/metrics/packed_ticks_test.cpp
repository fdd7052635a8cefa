// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/packed_ticks.h"

#include "tests/support/packed_ticks.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace twinhull;

class PackedTicksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hasNothingAtFirst()
    {
        const PackedTicks packed;
        QVERIFY(packed.isEmpty());
        QVERIFY(test::unpacked(packed).empty());
    }

    void givesBackWhatItTook()
    {
        std::vector<TickValues> taken;
        PackedTicks packed;
        for (int i = 0; i < 200; ++i) {
            TickValues tick{ 5000 + i * 1000, {} };
            tick.values[0] = static_cast<float>(i);
            tick.values[7] = 64.0F;
            if (i % 3 == 0) // comes and goes, and is the same when it comes back, or another
                tick.values[20] = static_cast<float>(i / 9);
            if (i > 100)
                tick.values[kMetricCount - 1] = 0.0F;
            taken.push_back(tick);
            packed.append(tick);
        }
        const auto given = test::unpacked(packed);
        QCOMPARE(given.size(), taken.size());
        QCOMPARE(packed.size(), taken.size());
        for (std::size_t i = 0; i < taken.size(); ++i) {
            QCOMPARE(given[i].time, taken[i].time);
            QVERIFY(given[i].values == taken[i].values);
        }
        QCOMPARE(packed.firstTime(), std::int64_t{ 5000 });
        QCOMPARE(packed.lastTime(), std::int64_t{ 204'000 });
    }

    void takesTicksOfNothingAndValuesThatAreNoNumbers()
    {
        PackedTicks packed;
        TickValues odd{ 2, {} };
        odd.values[3] = std::numeric_limits<float>::quiet_NaN();
        for (const TickValues& tick : { TickValues{ 1, {} }, odd, odd })
            packed.append(tick);
        const auto given = test::unpacked(packed);
        QCOMPARE(given.size(), std::size_t{ 3 });
        QVERIFY(given[0].values == MetricValues());
        QVERIFY(std::isnan(*given[2].values[3]));
        QVERIFY(!given[2].values[4]);
    }
};

QTEST_GUILESS_MAIN(PackedTicksTest)
#include "packed_ticks_test.moc"
