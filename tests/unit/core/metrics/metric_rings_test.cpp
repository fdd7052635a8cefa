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
        QCOMPARE(cpu->at(0).value, 0.5F);
        QCOMPARE(*(*rings.latest(kWeb))[Metric::ResidentBytes], 200.0);
        QCOMPARE(rings.lastTickNanoseconds(), 2 * kSecond);
        QCOMPARE(*rings.host()[HostMetric::MemoryTotalBytes], 1024.0);
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
