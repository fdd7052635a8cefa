// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/decimator.h"

#include <QTest>

#include <algorithm>

using namespace twinhull;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::vector<TimePoint> flatSeconds(int count, float value)
{
    std::vector<TimePoint> points;
    for (int i = 0; i < count; ++i)
        points.push_back({ i * kSecond, value });
    return points;
}

std::size_t pointCount(const std::vector<UnbrokenRun>& runs)
{
    std::size_t count = 0;
    for (const auto& run : runs)
        count += run.size();
    return count;
}

bool contains(const std::vector<UnbrokenRun>& runs, float value)
{
    return std::any_of(runs.begin(), runs.end(), [value](const UnbrokenRun& run) {
        return std::any_of(run.begin(), run.end(), [value](const TimePoint& point) { return point.value == value; });
    });
}

} // namespace

class DecimatorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsASinglePeakOfAnHourOnANarrowChart()
    {
        auto points = flatSeconds(3600, 1.0F);
        points[1234].value = 99.0F;
        points[2345].value = -5.0F;
        const auto runs = decimate(points, { 0, 3600 * kSecond }, 50);
        QCOMPARE(runs.size(), std::size_t{ 1 });
        QVERIFY(contains(runs, 99.0F));
        QVERIFY(contains(runs, -5.0F));
    }

    void givesAtMostTwoPointsAColumn()
    {
        auto points = flatSeconds(3600, 0);
        for (std::size_t i = 0; i < points.size(); ++i)
            points[i].value = static_cast<float>((i * 7919) % 101);
        QVERIFY(pointCount(decimate(points, { 0, 3600 * kSecond }, 100)) <= 2 * 101);
    }

    void keepsTheOrderOfTime()
    {
        auto points = flatSeconds(600, 0);
        for (std::size_t i = 0; i < points.size(); ++i)
            points[i].value = static_cast<float>((i * 31) % 17);
        for (const auto& run : decimate(points, { 0, 600 * kSecond }, 40)) {
            QVERIFY(std::is_sorted(run.begin(), run.end(), [](const TimePoint& a, const TimePoint& b) {
                return a.monotonicNanoseconds < b.monotonicNanoseconds;
            }));
        }
    }

    void splitsWhereNothingWasRead()
    {
        auto points = flatSeconds(10, 1.0F);
        for (int i = 30; i < 40; ++i)
            points.push_back({ i * kSecond, 2.0F });
        const auto runs = decimate(points, { 0, 40 * kSecond }, 100);
        QCOMPARE(runs.size(), std::size_t{ 2 });
        QCOMPARE(runs[0].back().monotonicNanoseconds, 9 * kSecond);
        QCOMPARE(runs[1].front().monotonicNanoseconds, 30 * kSecond);
    }

    void splitsInsideAColumnToo()
    {
        std::vector<TimePoint> points{ { 0, 1.0F }, { kSecond, 1.0F }, { 13 * kSecond, 3.0F } };
        QCOMPARE(decimate(points, { 0, 1000 * kSecond }, 2).size(), std::size_t{ 2 });
    }

    void reachesTheEdgesOfTheWindow()
    {
        const auto runs = decimate(flatSeconds(100, 1.0F), { 40 * kSecond + 1, 60 * kSecond + 1 }, 500);
        QCOMPARE(runs.front().front().monotonicNanoseconds, 40 * kSecond);
        QCOMPARE(runs.back().back().monotonicNanoseconds, 61 * kSecond);
    }

    void drawsNothingWithoutReadingsOrRoom()
    {
        QVERIFY(decimate({}, { 0, kSecond }, 10).empty());
        QVERIFY(decimate(flatSeconds(10, 1.0F), { 0, 0 }, 10).empty());
        QVERIFY(decimate(flatSeconds(10, 1.0F), { 0, kSecond }, 0).empty());
    }
};

QTEST_GUILESS_MAIN(DecimatorTest)
#include "metrics_decimator_test.moc"
