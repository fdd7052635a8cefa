// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/time_series.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

}

class TimeSeriesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst()
    {
        const TimeSeries series;
        QVERIFY(series.isEmpty());
        QVERIFY(!series.last());
        QCOMPARE(series.firstAtOrAfter(0), std::size_t{ 0 });
    }

    void keepsTheNewestWhenItIsFull()
    {
        TimeSeries series(3);
        for (int i = 0; i < 5; ++i)
            series.append(i * kSecond, static_cast<float>(i));
        QCOMPARE(series.size(), std::size_t{ 3 });
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(series.at(i).value, static_cast<float>(i + 2));
            QCOMPARE(series.at(i).monotonicNanoseconds, static_cast<std::int64_t>(i + 2) * kSecond);
        }
        QCOMPARE(series.last()->value, 4.0F);
    }

    void holdsOnePointOnly()
    {
        TimeSeries series(1);
        series.append(kSecond, 1);
        series.append(2 * kSecond, 2);
        QCOMPARE(series.size(), std::size_t{ 1 });
        QCOMPARE(series.at(0).value, 2.0F);
    }

    void keepsTimesToTheMillisecond()
    {
        TimeSeries series;
        series.append(7 * kSecond + 1, 1);
        series.append(8 * kSecond + 123'999'999, 2);
        QVERIFY(std::abs(series.at(1).monotonicNanoseconds - (8 * kSecond + 123'999'999)) < 1'000'000);
    }

    void dropsAPointThatGoesBack()
    {
        TimeSeries series;
        series.append(10 * kSecond, 1);
        series.append(9 * kSecond, 2);
        series.append(10 * kSecond, 3);
        QCOMPARE(series.size(), std::size_t{ 2 });
        QCOMPARE(series.last()->value, 3.0F);
    }

    void findsTheFirstPointOfASpan()
    {
        TimeSeries series(4);
        for (int i = 0; i < 6; ++i) // the ring has turned: 2, 3, 4, 5
            series.append(i * kSecond + 500, static_cast<float>(i));
        QCOMPARE(series.firstAtOrAfter(0), std::size_t{ 0 });
        QCOMPARE(series.firstAtOrAfter(3 * kSecond + 500), std::size_t{ 1 });
        QCOMPARE(series.firstAtOrAfter(4 * kSecond - 1), std::size_t{ 2 });
        QCOMPARE(series.firstAtOrAfter(6 * kSecond), series.size());
    }

    void movesItsEpochBefore32BitsEnd()
    {
        TimeSeries series(3);
        for (int i = 0; i < 200; ++i)
            series.append(i * kDay, static_cast<float>(i));
        QCOMPARE(series.size(), std::size_t{ 3 });
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(series.at(i).monotonicNanoseconds, static_cast<std::int64_t>(197 + i) * kDay);
    }

    void beginsAnewAfterAGapThatDoesNotFit()
    {
        TimeSeries series(3);
        series.append(0, 1);
        series.append(60 * kDay, 2);
        QCOMPARE(series.size(), std::size_t{ 1 });
        QCOMPARE(series.at(0).monotonicNanoseconds, 60 * kDay);
        QCOMPARE(series.at(0).value, 2.0F);
    }

    void holdsAnHourBySecondsUnlessTold()
    {
        TimeSeries series;
        for (int i = 0; i < 4000; ++i)
            series.append(i * kSecond, static_cast<float>(i));
        QCOMPARE(series.size(), std::size_t{ 3600 });
        QCOMPARE(series.at(0).value, 400.0F);
    }
};

QTEST_GUILESS_MAIN(TimeSeriesTest)
#include "time_series_test.moc"
