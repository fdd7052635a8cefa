// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/rate_computer.h"

#include <QTest>

using namespace twinhull;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Sample sampleAt(std::int64_t time, Reading<std::uint64_t> cpu)
{
    Sample sample;
    sample.id = { WorkloadKind::Container, QStringLiteral("web") };
    sample.monotonicNanoseconds = time;
    sample.cpuNanoseconds = cpu;
    sample.residentBytes = 4096;
    return sample;
}

}

class RateComputerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_rates = {}; }

    void hasLevelsAtOnceAndRatesFromTheSecondReading()
    {
        const auto first = point(sampleAt(1 * kSecond, 500));
        QVERIFY(!first[Metric::CpuCores]);
        QCOMPARE(*first[Metric::ResidentBytes], 4096.0);
        QCOMPARE(*point(sampleAt(2 * kSecond, 500 + kSecond / 2))[Metric::CpuCores], 0.5);
    }

    void dividesByTheTimeThatPassed()
    {
        point(sampleAt(1 * kSecond, 0));
        QCOMPARE(*point(sampleAt(5 * kSecond, 2 * kSecond))[Metric::CpuCores], 0.5);
    }

    void keepsAPressureBetweenItsReadings()
    {
        auto sample = sampleAt(1 * kSecond, 0);
        sample.stalls.memory = 0;
        point(sample);
        sample.monotonicNanoseconds = 2 * kSecond;
        sample.stalls.memory = Needs::NextPressureReading;
        QVERIFY(!point(sample)[Metric::MemoryPressure]);
        sample.monotonicNanoseconds = 6 * kSecond;
        sample.stalls.memory = kSecond; // of five
        QCOMPARE(*point(sample)[Metric::MemoryPressure], 0.2);
        sample.monotonicNanoseconds = 7 * kSecond;
        sample.stalls.memory = Needs::NextPressureReading;
        QCOMPARE(*point(sample)[Metric::MemoryPressure], 0.2);
    }

    void knowsAWorkloadAgainThatWasSpared()
    {
        point(sampleAt(1 * kSecond, 0));
        auto spared = sampleAt(2 * kSecond, 0);
        spared.isSpared = true;
        spared.cpuNanoseconds = Needs::FirstReading;
        QVERIFY(m_rates.points(std::array{ spared }).empty());
        const MetricPoint next = point(sampleAt(4 * kSecond, 3 * kSecond));
        QCOMPARE(*next[Metric::CpuCores], 1.0); // of the three seconds
        QCOMPARE(next.sparedSince, 1 * kSecond);
        QCOMPARE(point(sampleAt(5 * kSecond, 3 * kSecond)).sparedSince, std::int64_t{ 0 });
        QVERIFY(m_rates.points(std::array{ spared }).empty());
        auto another = sampleAt(8 * kSecond, 0);
        another.countersBegan = 9; // what was before is not of this run
        QCOMPARE(point(another).sparedSince, std::int64_t{ 0 });
    }

    void dividesWhatWasUsedAtTheEndOfARest()
    {
        point(sampleAt(1 * kSecond, 0));
        auto spared = sampleAt(2 * kSecond, Needs::FirstReading);
        spared.isSpared = true;
        QVERIFY(m_rates.points(std::array{ spared }).empty());
        auto burst = sampleAt(5 * kSecond, 830'000'000);
        burst.restEnd = { 4 * kSecond, std::uint64_t{ 30'000'000 }, Needs::CgroupOfItsOwn };
        const MetricPoint told = point(burst);
        QCOMPARE(*told[Metric::CpuCores], 0.8); // of its second, and not a fifth of it
        QCOMPARE(*told.restCpuCores, 0.01); // of the three before
        QCOMPARE(told.sparedSince, 1 * kSecond);
        QCOMPARE(told.restedUntil, 4 * kSecond);
        const MetricPoint rest = restOf(told);
        QCOMPARE(*rest[Metric::CpuCores], 0.01);
        QVERIFY(!rest[Metric::GuestCpuCores].has_value());
        QCOMPARE(*rest[Metric::ResidentBytes], 4096.0); // no hole in the other figures
        QCOMPARE(*point(sampleAt(6 * kSecond, 830'000'000))[Metric::CpuCores], 0.0);
    }

    void tellsOnlyTheWantOfMemoryThatItSaw()
    {
        auto sample = sampleAt(1 * kSecond, 0);
        sample.oomKills = 4; // nobody knows when
        QCOMPARE(point(sample).oomKills, std::uint64_t{ 0 });
        sample.oomKills = 6;
        QCOMPARE(point(sample).oomKills, std::uint64_t{ 2 });
        QCOMPARE(point(sample).oomKills, std::uint64_t{ 0 });
        sample.countersBegan = 9; // another run
        sample.oomKills = 7;
        QCOMPARE(point(sample).oomKills, std::uint64_t{ 0 });
        sample.oomKills = Needs::MemoryController;
        QCOMPARE(point(sample).oomKills, std::uint64_t{ 0 });
    }

    void hasNoRateWhereACounterFell()
    {
        point(sampleAt(1 * kSecond, 1000));
        QVERIFY(!point(sampleAt(2 * kSecond, 10))[Metric::CpuCores]);
        QVERIFY(point(sampleAt(3 * kSecond, 20))[Metric::CpuCores]);
    }

    void hasNoRateAcrossANewBeginning()
    {
        point(sampleAt(1 * kSecond, 10));
        auto restarted = sampleAt(2 * kSecond, 9000);
        restarted.countersBegan = 1;
        QVERIFY(!point(restarted)[Metric::CpuCores]);
        restarted.monotonicNanoseconds = 3 * kSecond;
        QCOMPARE(*point(restarted)[Metric::CpuCores], 0.0);
    }

    void givesTheMeanOverAGap()
    {
        point(sampleAt(1 * kSecond, 0));
        QVERIFY(!point(sampleAt(2 * kSecond, {}))[Metric::CpuCores]);
        QCOMPARE(*point(sampleAt(3 * kSecond, kSecond))[Metric::CpuCores], 0.5);
    }

    void hasNoRateWhenNoTimePassed()
    {
        point(sampleAt(kSecond, 0));
        QVERIFY(!point(sampleAt(kSecond, 100))[Metric::CpuCores]);
    }

    void doesNotMixTheGuestsNetworkWithTheHosts()
    {
        auto sample = sampleAt(1 * kSecond, 0);
        sample.networkReceivedBytes = 100;
        point(sample);
        sample.monotonicNanoseconds = 2 * kSecond;
        sample.networkReceivedBytes = 1'000'000;
        sample.isNetworkGuestView = true;
        const auto changed = point(sample);
        QVERIFY(!changed[Metric::NetworkReceiveRate]);
        QVERIFY(changed.isNetworkGuestView);
    }

    void hasTheCountersBehindItsRatesWhereTheyAreWanted()
    {
        std::vector<CounterTotals> totals;
        auto sample = sampleAt(1 * kSecond, 3 * kSecond / 2);
        sample.networkReceivedPackets = 41;
        sample.diskRequests = { 7, kSecond / 4 };
        sample.oomKills = 2;
        QCOMPARE(m_rates.points(std::array{ sample }, &totals).size(), totals.size());
        QCOMPARE(totals.front()[Metric::CpuCores], std::optional(1.5)); // with the first reading, as a rate is not
        QCOMPARE(totals.front()[Metric::NetworkReceivePacketRate], std::optional(41.0));
        QCOMPARE(totals.front()[Metric::DiskLatency], std::optional(0.25));
        QCOMPARE(totals.front().diskRequests, std::optional(7.0));
        QCOMPARE(totals.front().oomKills, std::optional(2.0));
        QVERIFY(!totals.front()[Metric::ResidentBytes]); // a level
        QVERIFY(!totals.front()[Metric::KvmExitRate]);
        sample = sampleAt(2 * kSecond, 2 * kSecond);
        sample.networkReceivedPackets = Needs::NextNetworkReading;
        sample.diskRequests = { Needs::LibvirtAnswer, Needs::LibvirtAnswer };
        (void)m_rates.points(std::array{ sample }, &totals);
        QCOMPARE(totals.size(), std::size_t{ 1 });
        QCOMPARE(totals.front()[Metric::NetworkReceivePacketRate], std::optional(41.0)); // until it is read again
        QVERIFY(!totals.front().diskRequests); // nobody answers
    }

    void dividesTheTimeOfRequestsByTheirCount()
    {
        auto sample = sampleAt(1 * kSecond, 0);
        sample.diskRequests = { 100, 5'000'000 };
        QCOMPARE(point(sample)[Metric::DiskLatency].needs(), Needs::SecondReading);
        sample = sampleAt(2 * kSecond, 0);
        sample.diskRequests = { 110, 25'000'000 }; // ten requests in 20 ms
        QCOMPARE(*point(sample)[Metric::DiskLatency], 0.002);
        sample = sampleAt(3 * kSecond, 0);
        sample.diskRequests = { Needs::NextLibvirtReading, Needs::NextLibvirtReading };
        QCOMPARE(*point(sample)[Metric::DiskLatency], 0.002);
        sample = sampleAt(7 * kSecond, 0);
        sample.diskRequests = { 110, 25'000'000 };
        QCOMPARE(point(sample)[Metric::DiskLatency].needs(), Needs::DiskRequests); // none is not none at no cost
    }

    void showsSecondsWhereTheKernelCountsNanoseconds()
    {
        auto sample = sampleAt(1 * kSecond, 0);
        sample.slow.roundTripNanoseconds = 250'000;
        sample.slow.blockedNanoseconds = 0;
        sample.slow.monotonicNanoseconds = 1 * kSecond;
        QCOMPARE(*point(sample)[Metric::NetworkRoundTrip], 0.00025);
        sample = sampleAt(11 * kSecond, 0);
        sample.slow.roundTripNanoseconds = Needs::TcpConnections;
        sample.slow.blockedNanoseconds = 5 * kSecond; // of ten
        sample.slow.monotonicNanoseconds = 11 * kSecond;
        QCOMPARE(*point(sample)[Metric::DiskBlockedCores], 0.5);
        QCOMPARE(point(sample)[Metric::NetworkRoundTrip].needs(), Needs::TcpConnections);
    }

    /// It is read every ten seconds, and the ticks in between hand the same reading out again.
    void ratesASlowCounterByItsOwnMoments()
    {
        const auto switchesAt = [this](std::int64_t tick, std::uint64_t count, std::int64_t readAt) {
            auto sample = sampleAt(tick, 0);
            sample.slow.contextSwitches = count;
            sample.slow.monotonicNanoseconds = readAt;
            return point(sample)[Metric::ContextSwitchRate];
        };
        QCOMPARE(switchesAt(1 * kSecond, 100, kSecond / 2).needs(), Needs::SecondReading);
        QVERIFY(!switchesAt(2 * kSecond, 100, kSecond / 2));
        QCOMPARE(*switchesAt(11 * kSecond, 1100, kSecond / 2 + 10 * kSecond), 100.0);
        QCOMPARE(*switchesAt(12 * kSecond, 1100, kSecond / 2 + 10 * kSecond), 100.0);
    }

    void passesOnWhatIsNoCounter()
    {
        auto sample = sampleAt(kSecond, 0);
        sample.guest.memoryTotalBytes = 9;
        sample.guest.memoryUsedBytes = 7;
        sample.guest.memoryCacheBytes = Needs::GuestReport;
        sample.cgroupChargeBytes = Needs::MemoryController;
        const auto made = point(sample);
        QCOMPARE(*made[Metric::GuestMemoryTotalBytes], 9.0);
        QCOMPARE(*made[Metric::GuestMemoryUsedBytes], 7.0);
        QCOMPARE(made[Metric::GuestMemoryCacheBytes].needs(), Needs::GuestReport);
        QCOMPARE(made[Metric::CgroupChargeBytes].needs(), Needs::MemoryController);
    }

    void saysWhatAnAbsentRateNeeds()
    {
        auto sample = sampleAt(1 * kSecond, 500);
        sample.diskReadBytes = Needs::IoRights;
        const auto made = point(sample);
        QCOMPARE(made[Metric::CpuCores].needs(), Needs::SecondReading);
        QCOMPARE(made[Metric::DiskReadRate].needs(), Needs::IoRights);
    }

    void keepsTheRateOfWhatIsReadMoreRarely()
    {
        point(sampleAt(1 * kSecond, 0));
        point(sampleAt(6 * kSecond, 5 * kSecond / 2)); // half a core for five seconds
        for (const Needs needs : { Needs::NextLibvirtReading, Needs::NextGuestReading })
            QCOMPARE(*point(sampleAt(7 * kSecond, needs))[Metric::CpuCores], 0.5);
        QCOMPARE(point(sampleAt(8 * kSecond, Needs::LibvirtAnswer))[Metric::CpuCores].needs(), Needs::LibvirtAnswer);
        QCOMPARE(*point(sampleAt(11 * kSecond, 5 * kSecond / 2))[Metric::CpuCores], 0.0);
    }

    void keepsWhatSaysThatItsProcessesAreOutOfReach()
    {
        Sample sample;
        sample.id = { WorkloadKind::Vm, QStringLiteral("remote") };
        sample.cpuNanoseconds = Needs::ProcessOnThisComputer;
        QCOMPARE(point(sample)[Metric::CpuCores].needs(), Needs::ProcessOnThisComputer);
    }

    void leavesOutAndForgetsWhatHasNoFigures()
    {
        point(sampleAt(1 * kSecond, 0));
        Sample gone;
        gone.id = sampleAt(0, 0).id;
        QVERIFY(m_rates.points(std::array{ gone }).empty());
        QVERIFY(!point(sampleAt(3 * kSecond, 100))[Metric::CpuCores]);
    }

private:
    MetricPoint point(const Sample& sample) { return m_rates.points(std::array{ sample }).at(0); }

    RateComputer m_rates;
};

QTEST_GUILESS_MAIN(RateComputerTest)
#include "rate_computer_test.moc"
