// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_rings.h"

#include <QSignalSpy>
#include <QTest>

using namespace twinhull;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const WorkloadId kWeb{ WorkloadKind::Container, QStringLiteral("web") };

MetricsFrame frameAt(std::int64_t time, Reading<double> cpu, Reading<double> memory)
{
    MetricsFrame frame;
    frame.monotonicNanoseconds = time;
    frame.host[HostMetric::MemoryTotalBytes] = 1024;
    MetricPoint point;
    point.id = kWeb;
    point[Metric::CpuCores] = cpu;
    point[Metric::ResidentBytes] = memory;
    frame.points.push_back(point);
    return frame;
}

}

class MetricRingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsNothingAtFirst()
    {
        const MetricRings rings;
        QVERIFY(rings.latest(kWeb) == nullptr);
        QVERIFY(rings.series(kWeb, Metric::CpuCores) == nullptr);
        QCOMPARE(rings.lastTickNanoseconds(), std::int64_t{ 0 });
    }

    void keepsTheReadingsOfEachTick()
    {
        MetricRings rings;
        rings.append(frameAt(1 * kSecond, 0.5, 100));
        rings.append(frameAt(2 * kSecond, 0.75, 200));
        const auto* cpu = rings.series(kWeb, Metric::CpuCores);
        QVERIFY(cpu != nullptr);
        QCOMPARE(cpu->size(), std::size_t{ 2 });
        QCOMPARE(cpu->first()->value, 0.5F);
        QCOMPARE(*(*rings.latest(kWeb))[Metric::ResidentBytes], 200.0);
        QCOMPARE(rings.lastTickNanoseconds(), 2 * kSecond);
        QCOMPARE(*rings.host()[HostMetric::MemoryTotalBytes], 1024.0);
    }

    void knowsWhetherSomebodyLooks()
    {
        MetricRings rings;
        QVERIFY(rings.isLookedAt(kWeb)); // nobody could look yet
        rings.append(frameAt(100 * kSecond, 0.5, 100));
        QVERIFY(!rings.isLookedAt(kWeb));
        (void)rings.latest(kWeb);
        rings.append(frameAt(109 * kSecond, 0.5, 100));
        QVERIFY(rings.isLookedAt(kWeb));
        rings.append(frameAt(110 * kSecond, 0.5, 100));
        QVERIFY(!rings.isLookedAt(kWeb));
        (void)rings.series(kWeb, Metric::CpuCores);
        QVERIFY(rings.isLookedAt(kWeb));
    }

    void putsThePastInFrontOfWhatItReadItself()
    {
        MetricRings rings;
        const auto cpu = static_cast<std::size_t>(Metric::CpuCores);
        std::vector<PastReading> past(4);
        for (int i = 0; i < 4; ++i)
            past[static_cast<std::size_t>(i)].monotonicNanoseconds = (i - 1) * kSecond; // one before this boot
        past[0].values[cpu] = 9.0F;
        past[1].values[cpu] = 1.0F;
        past[2].values[cpu] = 2.0F;
        past[3].values[cpu] = 3.0F; // read by this program as well
        rings.append(frameAt(2 * kSecond, 0.5, 100));
        rings.restore(kWeb, past);
        rings.append(frameAt(3 * kSecond, 0.75, 100));
        const auto* series = rings.series(kWeb, Metric::CpuCores);
        QCOMPARE(series->size(), std::size_t{ 4 });
        std::vector<float> values;
        series->visit(
            0, TimeSeries::Before::None, [&values](const TimePoint& point) { values.push_back(point.value); });
        QCOMPARE(values, (std::vector<float>{ 1.0F, 2.0F, 0.5F, 0.75F }));
        QCOMPARE(rings.series(kWeb, Metric::ResidentBytes)->size(), std::size_t{ 2 });
    }

    void takesThePastAloneForNoReadingOfIts()
    {
        MetricRings rings;
        PastReading reading{ kSecond, {} };
        reading.values[0] = 1.0F;
        rings.restore(kWeb, { &reading, 1 });
        QVERIFY(rings.latest(kWeb) == nullptr && !rings.latestNanoseconds(kWeb));
        QVERIFY(rings.series(kWeb, Metric::CpuCores) != nullptr);
    }

    void leavesAGapWhereThereIsNoReading()
    {
        MetricRings rings;
        rings.append(frameAt(1 * kSecond, {}, 100));
        rings.append(frameAt(2 * kSecond, 0.5, 100));
        QCOMPARE(rings.series(kWeb, Metric::CpuCores)->size(), std::size_t{ 1 });
        QCOMPARE(rings.series(kWeb, Metric::ResidentBytes)->size(), std::size_t{ 2 });
        QVERIFY(rings.series(kWeb, Metric::DiskReadRate) == nullptr);
    }

    void tellsThatItTickedAfterItTookTheFrame()
    {
        MetricRings rings;
        bool hadTheFrame = false;
        connect(&rings, &MetricRings::ticked, this, [&] { hadTheFrame = rings.latest(kWeb) != nullptr; });
        QSignalSpy ticked(&rings, &MetricRings::ticked);
        rings.append(frameAt(kSecond, 0.5, 100));
        QCOMPARE(ticked.size(), 1);
        QVERIFY(hadTheFrame);
    }

    void forgetsAWorkload()
    {
        MetricRings rings;
        rings.append(frameAt(kSecond, 0.5, 100));
        rings.forget(kWeb);
        QVERIFY(rings.latest(kWeb) == nullptr);
        QVERIFY(rings.series(kWeb, Metric::CpuCores) == nullptr);
    }
};

QTEST_GUILESS_MAIN(MetricRingsTest)
#include "metric_rings_test.moc"
