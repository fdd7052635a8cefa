// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/readings.h"

#include "tests/support/metric_frames.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

const WorkloadId kContainer{ WorkloadKind::Container, QStringLiteral("c") };
const WorkloadId kVm{ WorkloadKind::Vm, QStringLiteral("v") };

Readings seconds(std::initializer_list<float> values)
{
    Readings readings;
    for (const float value : values)
        readings.push_back({ static_cast<std::int64_t>(readings.size()) * kTick, value });
    return readings;
}

} // namespace

class ReadingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addsBothDirectionsOfTheNetwork()
    {
        MetricRings rings;
        appendTicks(rings, { kVm }, 5, [](MetricPoint& point, int tick) {
            setValue(point, Metric::NetworkReceiveRate, 10.0 * tick);
            setValue(point, Metric::NetworkSendRate, 1);
        });
        const Readings readings = readingsOf(rings, kVm, Quantity::Network, { 0, 10 * kTick });
        QCOMPARE(readings.size(), std::size_t{ 5 });
        QCOMPARE(readings.back().value, 41.0F);
    }

    void takesNoDirectionAloneForBoth()
    {
        MetricRings rings;
        appendTicks(rings, { kVm }, 3, [](MetricPoint& point, int tick) {
            point[Metric::DiskReadRate] = tick == 1 ? Reading<double>(7) : Reading<double>(Needs::IoRights);
            setValue(point, Metric::DiskWriteRate, 2);
        });
        const Readings readings = readingsOf(rings, kVm, Quantity::Disk, { 0, 10 * kTick });
        QCOMPARE(readings.size(), std::size_t{ 1 });
        QCOMPARE(readings[0].value, 9.0F);
        const MetricPoint* now = currentPoint(rings, kVm);
        QVERIFY(now != nullptr);
        QCOMPARE(readingOf(*now, Quantity::Disk).needs(), Needs::IoRights);
        QVERIFY(!readingOf(*now, Quantity::Disk).has_value());
    }

    void givesNothingForAWorkloadThatWasNeverRead()
    {
        const MetricRings rings;
        QVERIFY(readingsOf(rings, kVm, Quantity::Cpu, { 0, kTick }).empty());
        QVERIFY(currentPoint(rings, kVm) == nullptr);
    }

    void subtractsTheFirstFromTheSecondAtCommonTicks()
    {
        const Readings first = seconds({ 1, 2, 3, 4 });
        Readings second = seconds({ 10, 10, 10, 10 });
        second.erase(second.begin() + 1);
        const Readings difference = commonTicks(first, second).difference();
        QCOMPARE(difference.size(), std::size_t{ 3 });
        QCOMPARE(difference[1].value, 7.0F);
        QCOMPARE(difference[1].monotonicNanoseconds, 2 * kTick);
    }

    void holdsAReadingForTheTicksBeforeItUnlessThereIsAGap()
    {
        const Readings first = seconds({ 1, 1, 1, 1, 1, 1 });
        const Readings second{ { 0, 5 }, { 4 * kTick, 7 } }; // it rested
        const Readings difference = ticksOfEither(first, second).difference();
        QCOMPARE(difference.size(), std::size_t{ 5 }); // of the last nobody knows yet
        QCOMPARE(difference[0].value, 4.0F);
        QCOMPARE(difference[2].value, 6.0F);
        QCOMPARE(difference[2].monotonicNanoseconds, 2 * kTick);
        const Readings broken{ { 0, 5 }, { 40 * kTick, 7 } };
        QCOMPARE(ticksOfEither(first, broken).first.size(), std::size_t{ 1 });
    }

    void findsTheReadingAtTheCursorWhereItRested()
    {
        const Readings readings{ { 0, 5 }, { 10 * kTick, 7 } };
        QCOMPARE(readingAt(readings, 4 * kTick).value_or(0), 5.0);
        QCOMPARE(readingAt(readings, 6 * kTick).value_or(0), 7.0);
        QVERIFY(!readingAt(Readings{ { 0, 5 }, { 40 * kTick, 7 } }, 4 * kTick));
    }

    void takesTicksAMillisecondApartAsTheSame()
    {
        Readings second = seconds({ 5, 5 });
        for (TimePoint& point : second)
            point.monotonicNanoseconds += 1'000'000;
        QCOMPARE(commonTicks(seconds({ 1, 1 }), second).first.size(), std::size_t{ 2 });
    }

    void findsTheReadingAtTheCursorButNotInAGap()
    {
        const Readings readings = seconds({ 1, 2, 3 });
        QCOMPARE(readingAt(readings, kTick + 100).value_or(0), 2.0);
        QVERIFY(!readingAt(readings, 10 * kTick));
    }

    void letsAStepOfTheHistoryCoverAShortView()
    {
        const GapRule minutes{ 121 * kTick, 90 * kTick };
        const Readings readings{ { 30 * kTick, 5 }, { 90 * kTick, 7 }, { 130 * kTick, 9 } };
        QCOMPARE(meanOf(coveringOf(readings, { 40 * kTick, 50 * kTick }, minutes)).value_or(0), 5.0);
        QCOMPARE(meanOf(coveringOf(readings, { 55 * kTick, 65 * kTick }, minutes)).value_or(0), 6.0);
        QCOMPARE(meanOf(coveringOf(readings, { 20 * kTick, 40 * kTick }, minutes)).value_or(0), 5.0);
        QVERIFY(coveringOf(readings, { 122 * kTick, 125 * kTick }, minutes).empty()); // a tick covers itself alone
        QVERIFY(coveringOf(readings, { 40 * kTick, 50 * kTick }, {}).empty());
    }

    /// Bursts of a second; between them a reading stands for nine.
    void weighsAReadingByTheTimeThatItTellsOf()
    {
        const Readings bursts{ { 0, 40 }, { 9 * kTick, 0 }, { 10 * kTick, 40 }, { 19 * kTick, 0 } };
        QCOMPARE(meanOf(bursts).value_or(-1), 4.0);
        QCOMPARE(meanWithin(bursts, { 0, 19 * kTick }).value_or(-1), 4.0);
        QCOMPARE(meanWithin(bursts, { 5 * kTick, 19 * kTick }).value_or(-1), 40.0 / 14); // of its rest the end alone
        QCOMPARE(meanWithin(bursts, { 10 * kTick, 10 * kTick }).value_or(-1), 40.0);
        QCOMPARE(meanWithin(bursts, { 11 * kTick, 18 * kTick }).value_or(-1), 0.0); // told by the one behind it
        QCOMPARE(meanWithin(bursts, { 9 * kTick, 14 * kTick }).value_or(-1), 40.0 / 6); // a tick, the burst, 4 s
        QVERIFY(!meanWithin(Readings{ { 0, 10 }, { 30 * kTick, 20 } }, { 11 * kTick, 18 * kTick }));
        QCOMPARE(meanOf(Readings{ { 0, 10 }, { 30 * kTick, 20 } }).value_or(-1), 15.0); // a gap tells nothing
        QVERIFY(!meanOf({}));
        const GapRule minutes{ 121 * kTick, 90 * kTick };
        const Readings mixed{ { 30 * kTick, 5 }, { 90 * kTick, 7 }, { 130 * kTick, 9 } };
        QCOMPARE(meanOf(mixed, minutes).value_or(-1), (60.0 * 5 + 60 * 7 + 9) / 121);
        QCOMPARE(meanWithin(mixed, { 80 * kTick, 140 * kTick }, minutes).value_or(-1), (60.0 * 7 + 9) / 61);
    }

    /// A disk without requests has no latency: what comes after it is none of the time before.
    void weighsNoLatencyByTheTimeWithoutRequests()
    {
        MetricRings rings;
        appendTicks(rings, { kVm }, 20, [](MetricPoint& point, int tick) {
            setValue(point, Metric::CpuCores, 1);
            const bool hasRequests = tick < 5 || tick >= 15;
            point[Metric::DiskLatency]
                = hasRequests ? Reading<double>(tick < 5 ? 1 : 50) : Reading<double>(Needs::DiskRequests);
        });
        const TimeWindow whole{ 0, 30 * kTick };
        const Readings readings = readingsOf(rings, kVm, Metric::DiskLatency, whole);
        const Moments moments = momentsOf(rings, kVm, Metric::DiskLatency, whole);
        QCOMPARE(moments.size(), std::size_t{ 20 });
        QCOMPARE(meanWithin(readings, whole, {}, moments).value_or(-1), 25.5);
        const TimeWindow pause{ 3 * kTick + kTick / 2, 15 * kTick }; // ends a tick before the requests begin again
        QCOMPARE(meanWithin(readings, pause, {}, moments).value_or(-1), 1.0);
        QVERIFY(momentsOf(rings, kVm, Quantity::Cpu, whole).empty()); // is there at each of them
    }

    void callsScatterNoiseAndAShiftADifference()
    {
        Readings noise;
        Readings shift;
        for (int i = 0; i < 100; ++i) {
            const auto scatter = static_cast<float>(i % 2 == 0 ? 1 : -1);
            noise.push_back({ i * kTick, scatter });
            shift.push_back({ i * kTick, scatter + 1 });
        }
        Readings level(noise);
        for (TimePoint& point : level)
            point.value = 0;
        QCOMPARE(findingOf({ level, noise }), Finding::NotShown);
        QCOMPARE(findingOf({ level, shift }), Finding::More);
        QCOMPARE(findingOf(commonTicks(level, std::span(noise).first(10))), Finding::TooFew);
    }

    void knowsWhatRunsNow()
    {
        MetricRings rings;
        const auto fill = [](MetricPoint& point, int) { setValue(point, Metric::ResidentBytes, 1); };
        appendTicks(rings, { kContainer, kVm }, 2, fill);
        QVERIFY(currentPoint(rings, kContainer) != nullptr);
        appendTicks(rings, { kVm }, 3, fill);
        QVERIFY(currentPoint(rings, kContainer) == nullptr);
        QVERIFY(currentPoint(rings, kVm) != nullptr);
    }
};

QTEST_GUILESS_MAIN(ReadingsTest)
#include "metrics_readings_test.moc"
