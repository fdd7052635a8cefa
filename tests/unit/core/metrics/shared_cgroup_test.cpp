// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/shared_cgroup.h"

#include "core/metrics/host_cost_source.h"
#include "tests/support/victim.h"
#include "tests/unit/core/metrics/fake_proc.h"

#include <QTest>

#include <unistd.h>

#include <algorithm>
#include <map>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::int64_t kTickOfRest = 1'000'000'000;
constexpr std::uint64_t kMillisecondOfCpu = 1'000'000;

MetricTarget unseen(const QString& name, pid_t pid, const std::string& cgroup = {})
{
    MetricTarget target;
    target.id = { WorkloadKind::Container, name };
    target.footprint.rootPids = { pid };
    target.footprint.cgroupPath = QString::fromStdString(cgroup);
    target.isLookedAt = false;
    return target;
}

} // namespace

/// Two containers in one folder, at which nobody looks: they rest, until one of them works.
class SharedCgroupTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_used.clear();
        m_files = std::make_unique<FakeProc>();
        m_source = std::make_unique<HostCostSource>(m_files->tree());
        m_now = 0;
        m_tick = kTickOfRest;
        m_targets.clear();
        for (const pid_t pid : { 10, 11 }) {
            const std::string folder = "group/" + std::to_string(pid);
            (void)makeFolders(m_files->path(folder));
            m_files->add({ .pid = pid, .parent = 1, .cgroup = m_files->path(folder) });
            m_files->write(folder + "/cgroup.procs", std::to_string(pid) + "\n");
            m_files->write(folder + "/cgroup.events", "populated 1\n");
            use(folder, 1);
            m_targets.push_back(unseen(QString::number(pid), pid, m_files->path(folder)));
        }
        use("group", 2);
    }

    void tellsWhatNobodyIsAccountedFor()
    {
        SharedCgroup group(m_files->path("group"));
        ReadBuffer buffer;
        group.refresh(buffer);
        QVERIFY(!group.unaccountedNanoseconds()); // growth needs two readings
        use("group", 50);
        group.refresh(buffer);
        group.account(20 * kMillisecondOfCpu);
        QCOMPARE(group.unaccountedNanoseconds().value_or(0), 30 * kMillisecondOfCpu);
        group.account(40 * kMillisecondOfCpu); // read a moment later
        QCOMPARE(group.unaccountedNanoseconds().value_or(1), std::uint64_t{ 0 });
        QVERIFY(!SharedCgroup(m_files->path("nowhere")).unaccountedNanoseconds());
    }

    void holdsOneForAllThatLieInIt()
    {
        SharedCgroups all;
        const auto first = all.above("/a/b");
        QCOMPARE(all.above("/a/c"), first);
        QVERIFY(all.above("/b/c") != first);
        QVERIFY(all.above({}) == nullptr);
    }

    void givesABurstASecondOfItsOwn()
    {
        rest();
        use("group", 400);
        use("group/11", 400);
        const auto samples = read();
        QVERIFY(samples[0].isSpared);
        QVERIFY(!samples[1].isSpared);
        QCOMPARE(samples[1].cpuNanoseconds.value_or(0), 401 * kMillisecondOfCpu);
        QCOMPARE(samples[1].restEnd.monotonicNanoseconds, m_now - kTickOfRest);
        QCOMPARE(samples[1].restEnd.cpuNanoseconds.value_or(0), kMillisecondOfCpu);
        QCOMPARE(samples[1].restEnd.guestCpuNanoseconds.value_or(0), kMillisecondOfCpu);
        const auto after = read();
        QVERIFY(!after[1].isSpared); // it worked in the second before
        QCOMPARE(after[1].restEnd.monotonicNanoseconds, std::int64_t{ 0 });
        QVERIFY(read()[1].isSpared);
    }

    void looksAtNoneWhileTheirFolderRests()
    {
        rest();
        use("group/10", 50);
        QVERIFY(read()[0].isSpared);
        use("group", 10); // so much of it was in this second at most
        const auto samples = read();
        QVERIFY(!samples[0].isSpared);
        QCOMPARE(samples[0].restEnd.cpuNanoseconds.value_or(0), 41 * kMillisecondOfCpu);
    }

    void looksAtNoneForTheWorkOfAnother()
    {
        rest();
        for (int tick = 0; tick < 3; ++tick) {
            use("group", 30);
            use("group/11", 30);
            use("group/10", tick == 2 ? 20 : 0);
            const auto samples = read();
            QVERIFY(!samples[1].isSpared);
            QVERIFY(samples[0].isSpared);
        }
    }

    void takesSteadyWorkForNoBurstWhenAnotherBursts()
    {
        rest();
        for (int tick = 0; tick < 6; ++tick) {
            const bool isLast = tick == 5;
            use("group", isLast ? 304 : 4);
            use("group/10", 4); // less than half a percent of a core
            use("group/11", isLast ? 300 : 0);
            const auto samples = read();
            QVERIFY(samples[0].isSpared);
            QCOMPARE(samples[1].isSpared, !isLast);
        }
    }

    void losesLittleOfABurstToTheSteadyWorkOfOthers()
    {
        rest();
        for (int tick = 0; tick < 5; ++tick) {
            use("group", 4);
            QVERIFY(read()[0].isSpared);
        }
        use("group", 100);
        use("group/10", 100);
        const auto samples = read();
        QVERIFY(!samples[0].isSpared);
        QVERIFY(samples[0].restEnd.cpuNanoseconds.value_or(0) <= 6 * kMillisecondOfCpu);
    }

    void spreadsWhatHelpersUsedOverTheWholeRest()
    {
        m_files->add({ .pid = 20, .parent = 1 });
        m_targets[0].footprint.helperPids = { 20 };
        rest();
        const std::int64_t readAt = m_readAt;
        QVERIFY(readAt < m_now);
        m_files->add({ .pid = 20, .parent = 1, .ownTicks = 30 });
        use("group", 40);
        use("group/10", 40);
        const Sample sample = read()[0];
        QVERIFY(!sample.isSpared);
        QCOMPARE(sample.cpuParts.helpers.value_or(0), 300 * kMillisecondOfCpu);
        QCOMPARE(sample.cpuNanoseconds.value_or(0), 341 * kMillisecondOfCpu);
        QCOMPARE(sample.restEnd.guestCpuNanoseconds.value_or(0), kMillisecondOfCpu);
        const auto ticks = static_cast<std::uint64_t>((m_now - readAt) / kTickOfRest);
        const std::uint64_t inTick = *sample.cpuNanoseconds - sample.restEnd.cpuNanoseconds.value_or(0);
        QCOMPARE((inTick + 500) / 1000, (40 + 300 / ticks) * kMillisecondOfCpu / 1000);
    }

    void looksAtEachWhereNoFolderTells()
    {
        (void)::unlink(m_files->path("group/cpu.stat").c_str());
        m_source = std::make_unique<HostCostSource>(m_files->tree());
        rest();
        use("group/10", 4); // less than half a percent of a core
        QVERIFY(read()[0].isSpared);
        use("group/10", 20);
        const auto samples = read();
        QVERIFY(!samples[0].isSpared);
        QVERIFY(samples[1].isSpared);
        QCOMPARE(samples[0].restEnd.cpuNanoseconds.value_or(0), 5 * kMillisecondOfCpu);
    }

    void tellsABurstInTheTickAtWhichItWouldBeReadAnyhow()
    {
        rest();
        int spared = 3;
        while (read()[1].isSpared)
            ++spared;
        rest();
        for (int tick = 3; tick < spared; ++tick)
            QVERIFY(read()[1].isSpared);
        use("group", 400);
        use("group/11", 400);
        const auto samples = read();
        QVERIFY(!samples[0].isSpared && !samples[1].isSpared);
        QCOMPARE(samples[0].restEnd.monotonicNanoseconds, std::int64_t{ 0 });
        QCOMPARE(samples[1].restEnd.cpuNanoseconds.value_or(0), kMillisecondOfCpu);
    }

    void seesABurstOfAProcessWithoutACgroup()
    {
        Victim asleep([](int, VictimReport&) {});
        Victim bursting([](int step, VictimReport&) { burnCpu(step == 0 ? 0 : 60 * kMillisecondOfCpu); });
        asleep.doStep(); // its first moments cost as much as a burst
        bursting.doStep();
        m_source = std::make_unique<HostCostSource>();
        m_targets = { unseen(QStringLiteral("asleep"), asleep.pid()), unseen(QStringLiteral("burst"), bursting.pid()) };
        rest();
        bursting.doStep();
        const auto samples = read();
        QVERIFY(samples[0].isSpared);
        QVERIFY(!samples[1].isSpared);
        QVERIFY(samples[1].restEnd.cpuNanoseconds.has_value());
        QVERIFY(*samples[1].cpuNanoseconds - *samples[1].restEnd.cpuNanoseconds >= 60 * kMillisecondOfCpu);
    }

    void givesNoTickMoreOfAnUnknownProcessThanACoreCanDo()
    {
        Victim parent([](int step, VictimReport&) {
            burnCpu(step == 0 ? 0 : 2 * kMillisecondOfCpu);
            if (step > 0)
                runInChild([step] { burnCpu(step == 1 ? 60 * kMillisecondOfCpu : 300 * kMillisecondOfCpu); });
        });
        parent.doStep();
        m_source = std::make_unique<HostCostSource>();
        m_targets = { unseen(QStringLiteral("parent"), parent.pid()) };
        const auto burst = [&] {
            rest();
            parent.doStep();
            return read()[0];
        };
        const Sample inATick = burst();
        QVERIFY(!inATick.isSpared && inATick.restEnd.cpuNanoseconds);
        QVERIFY(*inATick.cpuNanoseconds - *inATick.restEnd.cpuNanoseconds >= 50 * kMillisecondOfCpu);

        m_tick = kTickOfRest / 20;
        const Sample longer = burst(); // six ticks of a core
        QVERIFY(!longer.isSpared && longer.restEnd.cpuNanoseconds);
        const std::uint64_t inTick = *longer.cpuNanoseconds - *longer.restEnd.cpuNanoseconds;
        QVERIFY(inTick >= 50 * kMillisecondOfCpu);
        QVERIFY(inTick <= (*longer.cpuNanoseconds - *inATick.cpuNanoseconds) / 2);
    }

private:
    /// As the kernel tells it, in a folder and not in those above.
    void use(const std::string& folder, unsigned milliseconds)
    {
        auto& microseconds = m_used[folder];
        microseconds += milliseconds * 1000;
        m_files->write(folder + "/cpu.stat", "usage_usec " + std::to_string(microseconds) + "\n");
    }

    std::vector<Sample> read()
    {
        std::vector<Sample> samples(m_targets.size());
        m_now += m_tick;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            samples[i].id = m_targets[i].id;
            samples[i].monotonicNanoseconds = m_now;
        }
        m_source->read(m_targets, samples);
        m_readAt = samples[0].isSpared ? m_readAt : m_now;
        return samples;
    }

    /// Until all are spared, for two ticks.
    void rest()
    {
        int sparedTicks = 0;
        for (int tick = 0; tick < 200 && sparedTicks < 2; ++tick) {
            const auto samples = read();
            const bool areSpared
                = std::all_of(samples.begin(), samples.end(), [](const Sample& s) { return s.isSpared; });
            sparedTicks = areSpared ? sparedTicks + 1 : 0;
        }
        QCOMPARE(sparedTicks, 2);
    }

    std::unique_ptr<FakeProc> m_files;
    std::unique_ptr<HostCostSource> m_source;
    std::vector<MetricTarget> m_targets;
    std::map<std::string, unsigned> m_used; ///< microseconds
    std::int64_t m_now = 0;
    std::int64_t m_tick = kTickOfRest; ///< as long as the source is told
    std::int64_t m_readAt = 0; ///< the first target, last
};

QTEST_GUILESS_MAIN(SharedCgroupTest)
#include "shared_cgroup_test.moc"
