// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sampler.h"

#include "core/metrics/age_clock.h"
#include "tests/support/forked_child.h"
#include "tests/support/victim.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <sched.h>
#include <sys/mman.h>

#include <atomic>

using namespace twinhull;
using namespace twinhull::test;
using namespace std::chrono_literals;

namespace {

const WorkloadId kWeb{ WorkloadKind::Container, QStringLiteral("web") };
const WorkloadId kVm{ WorkloadKind::Vm, QStringLiteral("vm") };

MetricTarget target(const WorkloadId& id, pid_t pid)
{
    MetricTarget made;
    made.id = id;
    made.footprint.rootPids = { pid };
    return made;
}

MetricsFrame lastFrame(const QSignalSpy& spy)
{
    return spy.isEmpty() ? MetricsFrame() : spy.last().at(0).value<MetricsFrame>();
}

/// Says what it was asked for; adds a network figure of the guest.
class GuestSource : public MetricSource {
public:
    void read(std::span<const MetricTarget> targets, std::span<Sample> samples) override
    {
        for (std::size_t i = 0; i < targets.size(); ++i) {
            sawTheHostsFigures = samples[i].cpuNanoseconds.has_value();
            samples[i].networkReceivedBytes = m_bytes += 1000;
            samples[i].isNetworkGuestView = true;
        }
    }
    void setAttention(Attention attention) override { isWatched = attention == Attention::Watched; }

    std::atomic<bool> sawTheHostsFigures = false;
    std::atomic<bool> isWatched = true;

private:
    std::uint64_t m_bytes = 0;
};

}

class SamplerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheHostWithoutAnyWorkload()
    {
        Sampler sampler;
        QSignalSpy frames(&sampler, &Sampler::frameReady);
        sampler.start(20ms);
        QTRY_VERIFY(frames.size() >= 2);
        const auto frame = lastFrame(frames);
        QVERIFY(frame.points.empty());
        QVERIFY(*frame.host[HostMetric::MemoryTotalBytes] > *frame.host[HostMetric::MemoryUsedBytes]);
        QVERIFY(*frame.host[HostMetric::OwnAnonymousBytes] > 0);
        QVERIFY(frame.tickCpuNanoseconds > 0);
        QVERIFY(frame.wallMilliseconds > 0);
    }

    /// In a time namespace the clock that goes on in a sleep is two hours ahead of the one that does not, as after one.
    void stampsByTheClockThatGoesOnWhileTheComputerSleeps()
    {
        constexpr std::int64_t kAsleep = 7200;
        const auto sleeps = [] {
            QFile offsets(QStringLiteral("/proc/self/timens_offsets"));
            return ::unshare(CLONE_NEWTIME) == 0 && offsets.open(QIODevice::WriteOnly | QIODevice::Unbuffered)
                && offsets.write("boottime " + QByteArray::number(qint64{ kAsleep }) + " 0\n") > 0;
        };
        const ForkedChild probe([&] { return sleeps(); });
        if (!probe.isPrepared())
            QSKIP("needs a time namespace, which takes CAP_SYS_ADMIN");
        const ForkedChild child([&] {
            if (!sleeps())
                return false;
            const ForkedChild inside([] { // only a child is in it
                std::int64_t stamp = 0;
                Sampler sampler;
                connect(&sampler, &Sampler::frameReady, &sampler,
                    [&stamp](const MetricsFrame& frame) { stamp = frame.monotonicNanoseconds; });
                sampler.start(20ms);
                QElapsedTimer timer;
                for (timer.start(); stamp == 0 && timer.elapsed() < 30'000;)
                    QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
                const std::int64_t ahead = stamp - monotonicNanoseconds();
                return ahead > (kAsleep - 60) * 1'000'000'000 && ahead < (kAsleep + 3600) * 1'000'000'000
                    && sleptNanoseconds() >= kAsleep * 1'000'000'000;
            });
            return inside.isPrepared();
        });
        QVERIFY(child.isPrepared());
    }

    void bringsOnePointForEachLivingWorkloadInOrder()
    {
        Victim first([](int, VictimReport&) {});
        Victim second([](int, VictimReport&) {});
        Sampler sampler;
        QSignalSpy frames(&sampler, &Sampler::frameReady);
        sampler.setTargets({ target(kVm, first.pid()), target(kWeb, second.pid()) });
        sampler.start(20ms);
        QTRY_VERIFY(frames.size() >= 2);
        QCOMPARE(lastFrame(frames).points.size(), std::size_t{ 2 });
        QCOMPARE(lastFrame(frames).points[0].id, kVm);
        QCOMPARE(lastFrame(frames).points[1].id, kWeb);
        first.end();
        QTRY_COMPARE(lastFrame(frames).points.size(), std::size_t{ 1 });
        QCOMPARE(lastFrame(frames).points[0].id, kWeb);
    }

    void measuresABusyProcessAsBusy()
    {
        Victim victim([](int step, VictimReport&) {
            if (step == 0)
                takeMemory(16U << 20U, MAP_PRIVATE);
            else
                burnCpu(300'000'000);
        });
        victim.doStep();
        Sampler sampler;
        QSignalSpy frames(&sampler, &Sampler::frameReady);
        sampler.setTargets({ target(kWeb, victim.pid()) });
        sampler.start(20ms);
        QTRY_VERIFY(frames.size() >= 2);
        const double idle = *lastFrame(frames).points.at(0)[Metric::CpuCores];
        victim.doStep();
        frames.clear();
        QTRY_VERIFY(!frames.isEmpty());
        double busiest = 0; // frames queued while the test waited for the victim
        for (const auto& arguments : frames)
            busiest
                = std::max(busiest, arguments.at(0).value<MetricsFrame>().points.at(0)[Metric::CpuCores].value_or(0));
        QVERIFY2(busiest > idle, qPrintable(QString::number(busiest)));
        QVERIFY(*lastFrame(frames).points.at(0)[Metric::ResidentBytes] >= (16U << 20U));
    }

    void bringsProportionalMemorySoon()
    {
        Victim victim([](int, VictimReport&) { takeMemory(8U << 20U, MAP_PRIVATE); });
        victim.doStep();
        Sampler sampler;
        QSignalSpy frames(&sampler, &Sampler::frameReady);
        sampler.setTargets({ target(kWeb, victim.pid()) });
        sampler.start(20ms);
        QTRY_VERIFY(!frames.isEmpty() && lastFrame(frames).points.at(0)[Metric::PssBytes]);
        QVERIFY(*lastFrame(frames).points.at(0)[Metric::PssBytes] >= (8U << 20U));
    }

    void asksItsSourcesAfterTheHostsReader()
    {
        Victim victim([](int, VictimReport&) {});
        auto guest = std::make_shared<GuestSource>();
        Sampler sampler;
        sampler.addSource(guest);
        QSignalSpy frames(&sampler, &Sampler::frameReady);
        sampler.setTargets({ target(kVm, victim.pid()) });
        sampler.start(20ms);
        QTRY_VERIFY(frames.size() >= 2);
        QVERIFY(guest->sawTheHostsFigures);
        const auto point = lastFrame(frames).points.at(0);
        QVERIFY(point.isNetworkGuestView);
        QVERIFY(*point[Metric::NetworkReceiveRate] > 0);
    }

    void tellsItsSourcesWhetherSomebodyLooks()
    {
        auto guest = std::make_shared<GuestSource>();
        Sampler sampler;
        sampler.addSource(guest);
        sampler.start(20ms);
        sampler.setAttention(Attention::Unwatched);
        QTRY_VERIFY(!guest->isWatched);
        sampler.setAttention(Attention::Watched);
        QTRY_VERIFY(guest->isWatched);
    }

    void deliversOnTheThreadItLivesOn()
    {
        Sampler sampler;
        QThread* seen = nullptr;
        connect(&sampler, &Sampler::frameReady, this, [&] { seen = QThread::currentThread(); });
        sampler.start(20ms);
        QTRY_VERIFY(seen != nullptr);
        QCOMPARE(seen, QThread::currentThread());
    }

    void stopsWithoutHavingStarted() { Sampler sampler; }

    void replacesItsTargetsWhileItRuns()
    {
        Victim victim([](int, VictimReport&) {});
        Sampler sampler;
        QSignalSpy frames(&sampler, &Sampler::frameReady);
        sampler.start(20ms);
        QTRY_VERIFY(!frames.isEmpty());
        sampler.setTargets({ target(kWeb, victim.pid()) });
        QTRY_COMPARE(lastFrame(frames).points.size(), std::size_t{ 1 });
        sampler.setTargets({});
        QTRY_COMPARE(lastFrame(frames).points.size(), std::size_t{ 0 });
    }
};

QTEST_GUILESS_MAIN(SamplerTest)
#include "sampler_test.moc"
