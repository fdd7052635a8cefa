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
        QVERIFY(rings.series(kWeb, Metric::CpuCores, Reach::Hour) == nullptr);
        QCOMPARE(rings.lastTickNanoseconds(), std::int64_t{ 0 });
    }

    void keepsTheReadingsOfEachTick()
    {
        MetricRings rings;
        rings.append(frameAt(1 * kSecond, 0.5, 100));
        rings.append(frameAt(2 * kSecond, 0.75, 200));
        const auto* cpu = rings.series(kWeb, Metric::CpuCores, Reach::Hour);
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
        (void)rings.series(kWeb, Metric::CpuCores, Reach::Hour);
        QVERIFY(rings.isLookedAt(kWeb));
    }

    void putsThePastInFrontOfWhatItReadItself()
    {
        MetricRings rings;
        const auto cpu = static_cast<std::size_t>(Metric::CpuCores);
        PackedTicks past; // two before this boot, one that was read by this program as well
        for (int i = 0; i < 4; ++i) {
            TickValues tick{ 8000 + i * 1000, {} };
            tick.values[cpu] = static_cast<float>(i);
            past.append(tick);
        }
        rings.append(frameAt(2 * kSecond, 0.5, 100));
        QSignalSpy restored(&rings, &MetricRings::restored);
        rings.restore(kWeb, past, -10 * kSecond);
        QCOMPARE(restored.size(), 1);
        rings.append(frameAt(3 * kSecond, 0.75, 100));
        const auto* series = rings.series(kWeb, Metric::CpuCores, Reach::Hour);
        QCOMPARE(series->size(), std::size_t{ 6 });
        QCOMPARE(series->first()->monotonicNanoseconds, -2 * kSecond);
        std::vector<float> values;
        series->visit(-2 * kSecond, TimeSeries::Before::None,
            [&values](const TimePoint& point) { values.push_back(point.value); });
        QCOMPARE(values, (std::vector<float>{ 0.0F, 1.0F, 2.0F, 3.0F, 0.5F, 0.75F }));
        QCOMPARE(rings.series(kWeb, Metric::ResidentBytes, Reach::Hour)->size(), std::size_t{ 2 });
    }

    void takesThePastAloneForNoReadingOfIts()
    {
        MetricRings rings;
        PackedTicks past;
        TickValues tick{ 1000, {} };
        tick.values[0] = 1.0F;
        past.append(tick);
        rings.restore(kWeb, past, 0);
        QVERIFY(rings.latest(kWeb) == nullptr && !rings.latestNanoseconds(kWeb));
        QVERIFY(rings.series(kWeb, Metric::CpuCores, Reach::Hour) != nullptr);
    }

    void asksForWhatIsNotHereOnceAndAsFarBackAsSomebodyLooks()
    {
        MetricRings rings;
        QSignalSpy wanted(&rings, &MetricRings::pastWanted);
        (void)rings.series(kWeb, Metric::CpuCores, Reach::Hour);
        QVERIFY(wanted.isEmpty()); // before the first tick
        rings.append(frameAt(10'000 * kSecond, 0.5, 100));
        for (int i = 0; i < 2; ++i)
            (void)rings.series(kWeb, Metric::CpuCores, Reach::Minutes);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][1].toLongLong(), 9880 * kSecond);
        for (const Metric metric : { Metric::CpuCores, Metric::ResidentBytes })
            (void)rings.series(kWeb, metric, Reach::Hour);
        QCOMPARE(wanted.size(), 2);
        QCOMPARE(wanted[1][1].toLongLong(), 6400 * kSecond);
        rings.append(frameAt(10'001 * kSecond, 0.5, 100));
        (void)rings.series(kWeb, Metric::CpuCores, Reach::Hour);
        (void)rings.series(kWeb, Metric::CpuCores, Reach::Minutes);
        QCOMPARE(wanted.size(), 2);
    }

    void letsGoOfWhatIsSavedAndNobodyLooksAt()
    {
        MetricRings rings;
        int second = 0;
        const auto pass = [&](int seconds, bool isLookedAt) {
            for (const int end = second + seconds; second < end; ++second) {
                rings.append(frameAt((10'000 + second) * kSecond, second, 100));
                if (isLookedAt)
                    (void)rings.series(kWeb, Metric::CpuCores, Reach::Hour);
            }
        };
        const auto kept = [&] { return rings.series(kWeb, Metric::CpuCores, Reach::Minutes)->size(); };
        pass(1200, false);
        QCOMPARE(kept(), std::size_t{ 1200 }); // it is nowhere else
        rings.noteSaved(10'600 * kSecond);
        pass(60, false);
        QVERIFY2(kept() >= 660 && kept() < 660 + 2 * 128, qPrintable(QString::number(kept())));
        (void)rings.series(kWeb, Metric::CpuCores, Reach::Hour);
        rings.noteSaved(11'300 * kSecond);
        pass(60, true);
        const auto seen = kept();
        QVERIFY(seen > 660); // somebody looks again
        QSignalSpy wanted(&rings, &MetricRings::pastWanted);
        pass(100, true);
        pass(400, false);
        QVERIFY2(kept() >= 519 && kept() < 520 + 2 * 128, qPrintable(QString::number(kept()))); // saved until then
        QVERIFY(wanted.isEmpty()); // minutes are here
        rings.noteSaved(100'000 * kSecond);
        pass(60, false);
        QVERIFY2(kept() >= 180 && kept() < 240 + 128, qPrintable(QString::number(kept())));
        (void)rings.series(kWeb, Metric::CpuCores, Reach::Hour);
        QCOMPARE(wanted.size(), 1);
    }

    void putsDownWhatRestedForTheTicksBetween_data()
    {
        QTest::addColumn<int>("end");
        QTest::addColumn<QList<int>>("moments");
        QTest::newRow("thirty seconds") << 130 << QList<int>{ 100, 110, 120, 130 };
        QTest::newRow("some seconds more than a step") << 124 << QList<int>{ 100, 110, 120, 124 };
        QTest::newRow("a tick more than a step") << 121 << QList<int>{ 100, 110, 121 };
    }

    /// So that no two readings are a gap apart.
    void putsDownWhatRestedForTheTicksBetween()
    {
        QFETCH(int, end);
        QFETCH(QList<int>, moments);
        MetricRings rings;
        rings.append(frameAt(100 * kSecond, 0.5, 100));
        for (int i = 101; i < end; ++i) {
            MetricsFrame none = frameAt(i * kSecond, {}, {});
            none.points.clear();
            rings.append(none);
        }
        MetricsFrame frame = frameAt(end * kSecond, 0.25, {});
        frame.points[0].sparedSince = 100 * kSecond;
        rings.append(frame);
        QList<int> read;
        rings.series(kWeb, Metric::CpuCores, Reach::Minutes)
            ->visit(0, TimeSeries::Before::None, [&](const TimePoint& p) {
                read << static_cast<int>(p.monotonicNanoseconds / kSecond);
                QCOMPARE(p.value, read.size() == 1 ? 0.5F : 0.25F);
            });
        QCOMPARE(read, moments);
        QCOMPARE(
            rings.series(kWeb, Metric::ResidentBytes, Reach::Minutes)->size(), std::size_t{ 1 }); // absent stays absent
    }

    /// Half a millisecond off the tick, as an axis rounds.
    void putsTheEndOfARestAtItsTick()
    {
        constexpr std::int64_t kOff = 500'000;
        MetricRings rings;
        rings.append(frameAt(1 * kSecond, 0.5, 100));
        for (int second = 2; second < 8; ++second) {
            MetricsFrame none;
            none.monotonicNanoseconds = second * kSecond + kOff;
            rings.append(none);
        }
        MetricsFrame frame = frameAt(8 * kSecond, 0.75, 200);
        frame.points[0].sparedSince = 1 * kSecond;
        frame.points[0].restedUntil = 7 * kSecond + kOff;
        frame.points[0].restCpuCores = 0.0;
        rings.append(frame);
        QList<double> read;
        rings.series(kWeb, Metric::CpuCores, Reach::Minutes)
            ->visit(0, TimeSeries::Before::None,
                [&](const TimePoint& p) { read << static_cast<double>(p.monotonicNanoseconds / kSecond) << p.value; });
        QCOMPARE(read, (QList<double>{ 1, 0.5, 7, 0, 8, 0.75 }));
        QList<double> memory; // no hole in it
        rings.series(kWeb, Metric::ResidentBytes, Reach::Minutes)
            ->visit(0, TimeSeries::Before::None, [&](const TimePoint& p) {
                memory << static_cast<double>(p.monotonicNanoseconds / kSecond) << p.value;
            });
        QCOMPARE(memory, (QList<double>{ 1, 100, 7, 200, 8, 200 }));
    }

    void leavesAGapWhereThereIsNoReading()
    {
        MetricRings rings;
        rings.append(frameAt(1 * kSecond, {}, 100));
        rings.append(frameAt(2 * kSecond, 0.5, 100));
        QCOMPARE(rings.series(kWeb, Metric::CpuCores, Reach::Hour)->size(), std::size_t{ 1 });
        QCOMPARE(rings.series(kWeb, Metric::ResidentBytes, Reach::Hour)->size(), std::size_t{ 2 });
        QVERIFY(rings.series(kWeb, Metric::DiskReadRate, Reach::Hour) == nullptr);
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
        QVERIFY(rings.series(kWeb, Metric::CpuCores, Reach::Hour) == nullptr);
    }
};

QTEST_GUILESS_MAIN(MetricRingsTest)
#include "metric_rings_test.moc"
