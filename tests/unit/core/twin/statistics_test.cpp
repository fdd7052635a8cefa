// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/statistics.h"

#include <QTest>

#include <random>

using namespace twinhull;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::vector<TimePoint> everySecond(std::initializer_list<float> values)
{
    std::vector<TimePoint> series;
    for (const float value : values)
        series.push_back({ static_cast<std::int64_t>(series.size()) * kSecond, value });
    return series;
}

} // namespace

class StatisticsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheMiddleOfAnOddNumberAndTheMeanOfTwoOfAnEvenOne()
    {
        QCOMPARE(medianOf({ 9, 1, 4 }), 4.0);
        QCOMPARE(medianOf({ 8, 1, 4, 2 }), 3.0);
        QCOMPARE(medianOf({ 5 }), 5.0);
    }

    void givesTheSameIntervalForTheSameSamples()
    {
        const std::vector<double> samples{ 3, 1, 4, 1, 5, 9, 2, 6 };
        const Estimate first = estimateMedian(samples);
        const Estimate second = estimateMedian(samples);
        QCOMPARE(first.value, 3.5);
        QCOMPARE(first.samples, 8);
        QCOMPARE(first.interval.low, second.interval.low);
        QCOMPARE(first.interval.high, second.interval.high);
        QVERIFY(first.interval.holds(first.value));
        QVERIFY(first.interval.low >= 1 && first.interval.high <= 9);
    }

    void hasNoWidthWithoutScatter()
    {
        const Estimate estimate = estimateMedian(std::vector<double>(7, 42.0));
        QCOMPARE(estimate.interval.low, 42.0);
        QCOMPARE(estimate.interval.high, 42.0);
        QCOMPARE(estimateMedian(std::vector<double>{ 8 }).interval.high, 8.0);
    }

    void growsNarrowerWithMoreSamples()
    {
        std::mt19937 random(7);
        std::vector<double> samples(200);
        for (double& sample : samples)
            sample = static_cast<double>(random() % 1000);
        const Interval few = estimateMedian(std::span(samples).first(10)).interval;
        const Interval many = estimateMedian(samples).interval;
        QVERIFY(many.high - many.low < few.high - few.low);
    }

    /// 95 of 100 is what the interval promises; 92 leaves room for the chance of this test's own seeds.
    void holdsTheTruthAsOftenAsItPromises()
    {
        for (const int samples : { 6, 12 }) {
            int held = 0;
            int meansHeld = 0;
            constexpr int kTrials = 200;
            std::mt19937 random(static_cast<unsigned>(samples));
            for (int trial = 0; trial < kTrials; ++trial) {
                std::vector<double> values(static_cast<std::size_t>(samples));
                for (double& value : values) { // sum of four: bell-shaped, its middle is 2
                    value = 0;
                    for (int i = 0; i < 4; ++i)
                        value += static_cast<double>(random()) / static_cast<double>(std::mt19937::max());
                }
                held += estimateMedian(values).interval.holds(2) ? 1 : 0;
                meansHeld += estimateMean(values).interval.holds(2) ? 1 : 0;
            }
            QVERIFY2(held * 100 >= kTrials * 92, qPrintable(QStringLiteral("%1 of median").arg(held)));
            QVERIFY2(meansHeld * 100 >= kTrials * 92, qPrintable(QStringLiteral("%1 of mean").arg(meansHeld)));
        }
    }

    void pairsRoundByRound()
    {
        const std::vector<double> first{ 1, 2, 0, 4 };
        const std::vector<double> second{ 2, 6, 5 };
        QCOMPARE(pairedDifferences(first, second), (std::vector<double>{ 1, 4, 5 }));
        QCOMPARE(pairedRatios(first, second), (std::vector<double>{ 2, 3 }));
    }

    /// A slow machine in some rounds is in both sides of them and falls out.
    void pairingTakesOutWhatBothSidesShare()
    {
        const std::vector<double> first{ 100, 200, 150, 400, 120, 300, 250, 180 };
        std::vector<double> second = first;
        for (double& value : second)
            value += 5;
        const Estimate paired = estimateMedian(pairedDifferences(first, second));
        QCOMPARE(paired.interval.low, 5.0);
        QCOMPARE(paired.interval.high, 5.0);
        QVERIFY(estimateMedianDifference(first, second).interval.holds(0));
    }

    void comparesSamplesWithoutCommonRounds()
    {
        const std::vector<double> first{ 10, 11, 9, 10, 12, 10, 11 };
        const std::vector<double> second{ 20, 21, 19, 20, 22, 20 };
        const Estimate difference = estimateMedianDifference(first, second);
        QCOMPARE(difference.value, 10.0);
        QCOMPARE(difference.samples, 6);
        QVERIFY(difference.interval.low > 7 && difference.interval.high < 13);
    }

    void cutsASeriesByTheClock()
    {
        // A reading tells of the second before it: that of 0 s belongs to the stretch before.
        QCOMPARE(blockMeans(everySecond({ 1, 3, 5, 7, 9 }), 2s), (std::vector<double>{ 1, 4, 8 }));
        QVERIFY(blockMeans({}, 2s).empty());
    }

    /// A burst of a second in each ten; the rest of it is one reading.
    void weighsReadingsOfASeriesByTheTimeThatTheyTellOf()
    {
        std::vector<TimePoint> series{ { 0, 0 } };
        for (int begin = 0; begin < 40; begin += 10) {
            series.push_back({ (begin + 1) * kSecond, 10 });
            series.push_back({ (begin + 10) * kSecond, 0 });
        }
        QCOMPARE(blockMeans(series, 10s), (std::vector<double>{ 1, 1, 1, 1 }));
        // Of 9 s without a burst 4 s lie in the stretch behind.
        QCOMPARE(blockMeans(std::span(series).first(3), 5s), (std::vector<double>{ 2, 0 }));
        std::vector<TimePoint> before = series;
        for (TimePoint& point : before)
            point.monotonicNanoseconds -= 30 * kSecond; // partly before this boot
        QCOMPARE(blockMeans(before, 10s), (std::vector<double>{ 1, 1, 1, 1 }));
    }

    /// A disk without requests from the sixth second to the fourteenth has no latency there.
    void weighsNoReadingByTheTimeInWhichNothingWasThereToRead()
    {
        std::vector<TimePoint> latency;
        std::vector<std::int64_t> moments;
        for (int second = 0; second <= 20; ++second) {
            moments.push_back(second * kSecond);
            if (second >= 1 && (second <= 5 || second >= 15))
                latency.push_back({ second * kSecond, second <= 5 ? 1.0F : 50.0F });
        }
        QCOMPARE(blockMeans(latency, 10s, moments), (std::vector<double>{ 1, 50 }));
    }

    void leavesOutStretchesThatAreMostlyMissing()
    {
        std::vector<TimePoint> series;
        for (int second = 1; second <= 40; ++second) {
            if (second <= 20 || second > 37)
                series.push_back({ second * kSecond, second <= 20 ? 1.0F : 100.0F });
        }
        QCOMPARE(blockMeans(series, 20s), (std::vector<double>{ 1 })); // 3 s of the second
    }

    /// Against the tables of Mann and Whitney, and by hand.
    void tellsTheChanceOfRanks()
    {
        const auto near = [](double a, double b) { return std::abs(a - b) < 1e-9; };
        const std::vector<double> low{ 1, 2, 3, 4, 5, 6 };
        const std::vector<double> high{ 7, 8, 9, 10, 11, 12 };
        QVERIFY(near(rankSumChance(low, high), 2.0 / 924)); // 12 over 6
        QVERIFY(near(rankSumChance(high, low), 2.0 / 924));
        QVERIFY(near(rankSumChance(low, low), 1));
        QVERIFY(near(rankSumChance(std::vector<double>(6, 1.0), std::vector<double>(6, 2.0)), 2.0 / 924)); // ties
        QVERIFY(near(rankSumChance({}, low), 1));
        const std::vector<double> one{ 1, 2, 3, 4, 5, 7 };
        const std::vector<double> other{ 6, 8, 9, 10, 11, 12 };
        QVERIFY(near(rankSumChance(one, other), 4.0 / 924)); // one swap
        std::vector<double> many;
        std::vector<double> shifted;
        for (int i = 0; i < 25; ++i) { // beyond the exact ones
            many.push_back(i);
            shifted.push_back(i + 7.5);
        }
        const double chance = rankSumChance(many, shifted);
        QVERIFY2(std::abs(chance - 0.002035) < 1e-6, qPrintable(QString::number(chance, 'g', 9)));
        QVERIFY(near(rankSumChance(std::vector<double>(30, 1.0), std::vector<double>(30, 1.0)), 1));
    }
};

QTEST_GUILESS_MAIN(StatisticsTest)
#include "statistics_test.moc"
