// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/time_series.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
using Values = std::vector<float>;

Values valuesFrom(const TimeSeries& series, std::int64_t from, TimeSeries::Before before = TimeSeries::Before::None)
{
    Values values;
    series.visit(from, before, [&values](const TimePoint& point) { values.push_back(point.value); });
    return values;
}

}

class TimeSeriesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_axis = TimeAxis(); }

    void isEmptyAtFirst()
    {
        const TimeSeries series;
        QVERIFY(series.isEmpty());
        QVERIFY(!series.first() && !series.last());
        QVERIFY(valuesFrom(series, 0, TimeSeries::Before::One).empty());
    }

    void keepsTheReadingsOfAnHour()
    {
        TimeSeries series;
        for (int i = 0; i < 10'000; ++i)
            series.append(m_axis.next(i * kSecond), static_cast<float>(i));
        QCOMPARE(series.last()->value, 9999.0F);
        const float oldest = series.first()->value;
        QVERIFY(oldest <= 6399 && oldest > 6399 - 2 * 128); // whole blocks are dropped, when the next one begins
        const Values values = valuesFrom(series, 0);
        QCOMPARE(values.size(), series.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            QCOMPARE(values[i], oldest + static_cast<float>(i));
    }

    void keepsTimesToTheMillisecond()
    {
        TimeSeries series;
        series.append(m_axis.next(7 * kSecond + 1), 1);
        series.append(m_axis.next(8 * kSecond + 123'999'999), 2);
        QVERIFY(std::abs(series.last()->monotonicNanoseconds - (8 * kSecond + 123'999'999)) < 1'000'000);
    }

    void dropsWhatGoesBackOrStandsStill()
    {
        TimeSeries series;
        series.append(m_axis.next(10 * kSecond), 1);
        series.append(m_axis.next(9 * kSecond), 2);
        series.append(m_axis.next(10 * kSecond), 3);
        QCOMPARE(valuesFrom(series, 0), Values{ 1 });
        series.append(m_axis.next(11 * kSecond), 4);
        QCOMPARE(valuesFrom(series, 0), (Values{ 1, 4 }));
    }

    void givesTheReadingBeforeASpanWhenItIsWanted()
    {
        TimeSeries series;
        for (int i = 0; i < 200; ++i) // over two blocks
            series.append(m_axis.next(i * kSecond), static_cast<float>(i));
        QCOMPARE(valuesFrom(series, 198 * kSecond), (Values{ 198, 199 }));
        QCOMPARE(valuesFrom(series, 198 * kSecond - 1), (Values{ 198, 199 }));
        QCOMPARE(valuesFrom(series, 198 * kSecond, TimeSeries::Before::One), (Values{ 197, 198, 199 }));
        QCOMPARE(valuesFrom(series, 500 * kSecond, TimeSeries::Before::One), Values{ 199 });
        QVERIFY(valuesFrom(series, 500 * kSecond).empty());
        QCOMPARE(valuesFrom(series, 0, TimeSeries::Before::One).size(), std::size_t{ 200 });
        const std::size_t block = TickBlock::kTicks;
        const auto edge = static_cast<std::int64_t>(block) * kSecond;
        QCOMPARE(valuesFrom(series, edge, TimeSeries::Before::One).front(), static_cast<float>(block - 1));
    }

    void sharesTheTimesOfTicksItHasNoReadingOf()
    {
        TimeSeries all;
        TimeSeries some;
        for (int i = 0; i < 150; ++i) {
            const Tick tick = m_axis.next(i * kSecond);
            all.append(tick, 1);
            if (i % 70 == 3)
                some.append(tick, static_cast<float>(i));
        }
        QCOMPARE(all.size(), std::size_t{ 150 });
        QCOMPARE(valuesFrom(some, 0), (Values{ 3, 73, 143 }));
        QCOMPARE(some.first()->monotonicNanoseconds, 3 * kSecond);
        QCOMPARE(some.last()->monotonicNanoseconds, 143 * kSecond);
    }

    void remembersWhenItBeginsToChange()
    {
        TimeSeries series;
        for (const float value : { 5.0F, 5.0F, 5.0F, 6.0F, 5.0F })
            series.append(m_axis.next(++m_now * kSecond), value);
        QCOMPARE(valuesFrom(series, 0), (Values{ 5, 5, 5, 6, 5 }));
    }

    void goesOnAfterALongGap()
    {
        TimeSeries series;
        series.append(m_axis.next(0), 1);
        series.append(m_axis.next(1 * kSecond), 2);
        series.append(m_axis.next(60 * kDay), 3);
        QCOMPARE(valuesFrom(series, 0), Values{ 3 });
        QCOMPARE(series.first()->monotonicNanoseconds, 60 * kDay);
    }

    void takesWhatIsOlderInFront()
    {
        TimeSeries own;
        own.append(m_axis.next(100 * kSecond), 100);
        TimeAxis axis;
        TimeSeries older;
        for (int i = 20; i < 110; ++i)
            older.append(axis.next(i * kSecond), static_cast<float>(i));
        own.prepend(std::move(older));
        own.append(m_axis.next(101 * kSecond), 101);
        const Values values = valuesFrom(own, 0);
        QCOMPARE(values.size(), std::size_t{ 82 });
        for (std::size_t i = 0; i < values.size(); ++i)
            QCOMPARE(values[i], static_cast<float>(i + 20));
    }

    void letsGoOfWholeBlocks()
    {
        TimeSeries series;
        for (int i = 0; i < 300; ++i)
            series.append(m_axis.next(i * kSecond), static_cast<float>(i));
        series.dropBefore(127 * kSecond);
        QCOMPARE(series.size(), std::size_t{ 300 });
        series.dropBefore(200 * kSecond);
        QCOMPARE(series.first()->value, 128.0F);
        QCOMPARE(series.last()->value, 299.0F);
        series.append(m_axis.next(300 * kSecond), 300);
        QCOMPARE(valuesFrom(series, 299 * kSecond), (Values{ 299, 300 }));
        series.dropBefore(kDay);
        QVERIFY(series.isEmpty());
        series.append(m_axis.next(301 * kSecond), 301);
        QCOMPARE(valuesFrom(series, 0), Values{ 301 });
    }

    /// Room for the values of a block is made by doubling: none may be lost or change its place.
    void keepsEachValueOfRareReadings()
    {
        for (const int step : { 1, 3, 10, 100 }) {
            TimeSeries series;
            TimeAxis axis;
            Values expected;
            for (int i = 0; i < 500; ++i) {
                const Tick tick = axis.next(i * kSecond);
                if (i % step != 0)
                    continue;
                expected.push_back(i < 20 ? 7.0F : static_cast<float>(i));
                series.append(tick, expected.back());
                QCOMPARE(series.last()->value, expected.back());
            }
            QCOMPARE(valuesFrom(series, 0), expected);
            QCOMPARE(series.first()->value, 7.0F);
        }
    }

    void isWhatWasOlderWhenItHadNothing()
    {
        TimeSeries older;
        older.append(m_axis.next(kSecond), 7);
        TimeSeries own;
        own.prepend(std::move(older));
        QCOMPARE(valuesFrom(own, 0), Values{ 7 });
        own.prepend(TimeSeries());
        QCOMPARE(own.size(), std::size_t{ 1 });
    }

private:
    TimeAxis m_axis;
    std::int64_t m_now = 0;
};

QTEST_GUILESS_MAIN(TimeSeriesTest)
#include "time_series_test.moc"
