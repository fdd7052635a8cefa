// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/host_cost_source.h"

#include "tests/support/victim.h"

#include <QDir>
#include <QTest>

#include <sys/mman.h>

using namespace twinhull;
using namespace twinhull::test;

namespace {

MetricTarget target(const char* name, pid_t pid)
{
    MetricTarget made;
    made.id = { WorkloadKind::Vm, QString::fromLatin1(name) };
    if (pid > 0)
        made.footprint.rootPids = { pid };
    return made;
}

qsizetype openDescriptors()
{
    return QDir(QStringLiteral("/proc/self/fd"))
        .entryList(QDir::NoDotAndDotDot | QDir::System | QDir::AllEntries)
        .size();
}

}

class HostCostSourceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_source = std::make_unique<HostCostSource>(); }

    void fillsEachTargetsSample()
    {
        Victim small([](int, VictimReport&) {});
        Victim large([](int, VictimReport&) { takeMemory(16U << 20U, MAP_PRIVATE); });
        large.doStep();
        const auto samples = read({ target("small", small.pid()), target("large", large.pid()) });
        QVERIFY(samples[0].cpuNanoseconds && samples[1].cpuNanoseconds);
        QVERIFY(*samples[1].residentBytes >= *samples[0].residentBytes + (15U << 20U));
    }

    void keepsCountersWhenTargetsChangePlaces()
    {
        Victim first([](int, VictimReport&) {});
        Victim second([](int, VictimReport&) {});
        const auto a = target("a", first.pid());
        const auto b = target("b", second.pid());
        const auto before = read({ a, b });
        const auto after = read({ b, a });
        QCOMPARE(after[1].countersBegan, before[0].countersBegan);
        QCOMPARE(after[0].countersBegan, before[1].countersBegan);
        QVERIFY(*after[1].cpuNanoseconds >= *before[0].cpuNanoseconds);
    }

    void beginsAnewWhenAnotherProcessBearsTheWorkload()
    {
        Victim first([](int, VictimReport&) { burnCpu(50'000'000); });
        Victim second([](int, VictimReport&) {});
        first.doStep();
        const auto before = read({ target("a", first.pid()) });
        const auto after = read({ target("a", second.pid()) });
        QVERIFY(after[0].countersBegan != before[0].countersBegan);
        QVERIFY(*after[0].cpuNanoseconds < *before[0].cpuNanoseconds);
    }

    void leavesTheGoneAndTheUnknownEmpty()
    {
        Victim victim([](int, VictimReport&) {});
        const auto wanted = target("a", victim.pid());
        read({ wanted });
        victim.end();
        const auto samples = read({ wanted, target("b", -1) });
        for (const auto& sample : samples) {
            QVERIFY(!sample.cpuNanoseconds);
            QVERIFY(!sample.residentBytes);
        }
    }

    void givesItsDescriptorsBack()
    {
        Victim victim([](int, VictimReport&) {});
        read({});
        const auto before = openDescriptors();
        read({ target("a", victim.pid()) });
        QVERIFY(openDescriptors() > before);
        read({});
        QTRY_COMPARE(openDescriptors(), before); // the PSS thread may hold one for a moment
    }

    void readsWhatRestsLessOftenWhileNobodyLooks()
    {
        Victim asleep([](int, VictimReport&) {});
        Victim busy([](int, VictimReport&) { burnCpu(20'000'000); });
        auto resting = target("resting", asleep.pid());
        auto working = target("working", busy.pid());
        resting.id.kind = working.id.kind = WorkloadKind::Container;
        const auto sparedInTicks = [&](int ticks, std::size_t which) {
            int spared = 0;
            for (int tick = 0; tick < ticks; ++tick) {
                busy.doStep();
                spared += read({ resting, working })[which].isSpared ? 1 : 0;
            }
            return spared;
        };
        QCOMPARE(sparedInTicks(20, 0), 0);
        m_source->setAttention(Attention::Unwatched);
        QCOMPARE(sparedInTicks(60, 0), 58);
        QCOMPARE(sparedInTicks(20, 1), 0);
        m_source->setAttention(Attention::Watched);
        QCOMPARE(sparedInTicks(20, 0), 0);
        resting.isLookedAt = working.isLookedAt = false; // somebody looks, but at others
        QCOMPARE(sparedInTicks(20, 0), 18);
        QCOMPARE(sparedInTicks(20, 1), 0);
    }

    void readsAllAtOnceWhenAskedOnce()
    {
        Victim victim([](int, VictimReport&) {
            takeMemory(8U << 20U, MAP_PRIVATE);
            burnCpu(30'000'000);
        });
        victim.doStep();
        const auto sample = readCostNow(target("a", victim.pid()));
        QVERIFY(*sample.cpuNanoseconds >= 30'000'000);
        QVERIFY(*sample.residentBytes >= (8U << 20U));
        QVERIFY(*sample.slow.pss >= (8U << 20U));
        QVERIFY(sample.monotonicNanoseconds > 0);
        QVERIFY(!readCostNow(target("none", -1)).cpuNanoseconds);
    }

private:
    std::vector<Sample> read(const std::vector<MetricTarget>& targets)
    {
        std::vector<Sample> samples(targets.size());
        m_now += 1'000'000'000;
        for (Sample& sample : samples)
            sample.monotonicNanoseconds = m_now;
        m_source->read(targets, samples);
        return samples;
    }

    std::unique_ptr<HostCostSource> m_source;
    std::int64_t m_now = 0;
};

QTEST_GUILESS_MAIN(HostCostSourceTest)
#include "host_cost_source_test.moc"
