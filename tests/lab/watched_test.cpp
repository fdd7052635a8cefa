// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/ipc/container_folder.h"
#include "core/metrics/event_trail.h"
#include "core/metrics/sampler.h"
#include "tests/support/container_world.h"

#include <QTest>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr std::uint64_t kLimitBytes = 32U << 20U;

/// Twice what the limit allows at once: the kernel ends the process, and no other of its cgroup.
const QString kTooMuch = QStringLiteral("dd if=/dev/zero of=/dev/null bs=64M count=1");

} // namespace

/// Containers with real limits as the program watches them: what others do to their limits and what the kernel does to
/// their processes is told as an event, and an end for want of memory from any other.
class WatchedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(readFile("/sys/fs/cgroup/cgroup.controllers"), "this test is for the lab's guest");
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
        m_registry.add(&m_world->provider());
        m_trail = std::make_unique<EventTrail>(m_registry);
        connect(m_trail.get(), &EventTrail::happened, this,
            [this](const WorkloadEvent& event) { m_told.push_back(event.kind); });
        connect(&m_sampler, &Sampler::frameReady, this, [this](const MetricsFrame& frame) {
            ++m_ticks;
            m_trail->append(frame);
        });
        m_sampler.start(std::chrono::milliseconds(500));
    }
    void cleanup()
    {
        m_sampler.setTargets({});
        const auto removed = m_world->remove(QStringLiteral("web"));
        QVERIFY2(removed, removed ? "" : removed.error().toLine().c_str());
        m_told.clear();
    }
    void cleanupTestCase()
    {
        m_trail.reset();
        m_world.reset();
    }

    void marksALimitThatHullUpdateSets()
    {
        begin(QStringLiteral("exec sleep 1000"));
        QCOMPARE(web().limits.memoryBytes, std::optional(kLimitBytes));
        QCOMPARE(web().limits.pids, std::optional(std::uint32_t{ 2048 })); // nobody asked: what forks stays in it
        QCOMPARE(*readFile(web().footprint.cgroupPath.toStdString() + "/pids.max", 64), std::string("2048\n"));
        QCOMPARE(count(WorkloadEventKind::LimitsChanged), 0);
        update({ "--memory=16777216" });
        QTRY_COMPARE_WITH_TIMEOUT(web().limits.memoryBytes, std::optional(std::uint64_t{ 16U << 20U }), 60'000);
        QCOMPARE(count(WorkloadEventKind::LimitsChanged), 1);
        update({ "--cpu-quota=50000", "--cpu-period=100000" });
        QTRY_COMPARE_WITH_TIMEOUT(web().limits.cpus, std::optional(0.5), 60'000);
        QCOMPARE(web().limits.memoryBytes, std::optional(std::uint64_t{ 16U << 20U }));
        QCOMPARE(web().state, WorkloadState::Running);
    }

    /// Live in the cgroup, kept for the next start, one mark, and whole or none.
    void changesEveryLimitOfOneThatRuns()
    {
        begin(QStringLiteral("exec sleep 1000"));
        const QString disk = QStringLiteral("/dev/nvme0n1");
        WorkloadChange wanted;
        wanted.memoryBytes = 2 * kLimitBytes;
        wanted.memoryAndSwapBytes = std::int64_t{ 3 * kLimitBytes };
        wanted.cpuSet = QStringLiteral("0");
        wanted.cpuShares = 2048;
        wanted.deviceRates
            = { { DeviceRateKind::ReadBytes, disk, 1'000'000 }, { DeviceRateKind::WriteOperations, disk, 50 } };
        wanted.restart = RestartPolicy{ RestartPolicy::When::Always, 0 };
        const auto updated = runJob(*m_world->provider().update(web().id, wanted));
        QVERIFY2(updated, updated ? "" : updated.error().toLine().c_str());
        QCOMPARE(file("memory.max"), std::to_string(2 * kLimitBytes) + "\n");
        QCOMPARE(file("memory.swap.max"), std::to_string(kLimitBytes) + "\n");
        QCOMPARE(file("cpuset.cpus"), std::string("0\n"));
        QCOMPARE(file("cpu.weight"), std::string("79\n"));
        QVERIFY2(file("io.max").find(" rbps=1000000 wbps=max riops=max wiops=50\n") != std::string::npos,
            file("io.max").c_str());
        const auto seen = [this](const char* name) { return web().fineLimits.value(QLatin1String(name)); };
        QTRY_COMPARE_WITH_TIMEOUT(web().limits.memoryBytes, std::optional(2 * kLimitBytes), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(seen("memory.swap.max"), QString::number(kLimitBytes), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(seen("cpuset.cpus"), QStringLiteral("0"), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(seen("cpu.weight"), QStringLiteral("79"), 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(seen("io.max").contains(u"wiops=50"), 60'000);
        QCOMPARE(count(WorkloadEventKind::LimitsChanged), 1);
        QVERIFY(m_world->stop(QStringLiteral("web"), StopMode::Force));
        const auto again = m_world->start(QStringLiteral("web"));
        QVERIFY2(again, again ? "" : again.error().toLine().c_str());
        QCOMPARE(file("memory.swap.max") + file("cpuset.cpus") + file("cpu.weight"),
            std::to_string(kLimitBytes) + "\n0\n79\n");
        QVERIFY(file("io.max").find("wiops=50\n") != std::string::npos);
        WorkloadChange refused;
        refused.memoryBytes = kLimitBytes;
        refused.cpuSet = QStringLiteral("none of them");
        QVERIFY(!runJob(*m_world->provider().update(web().id, refused)));
        QCOMPARE(file("memory.max"), std::to_string(2 * kLimitBytes) + "\n");
        WorkloadChange none;
        none.cpuSet = QString();
        none.cpuShares = 0;
        none.deviceRates = { { DeviceRateKind::ReadBytes, disk, 0 } };
        const auto lifted = runJob(*m_world->provider().update(web().id, none));
        QVERIFY2(lifted, lifted ? "" : lifted.error().toLine().c_str());
        const std::string above = web().footprint.cgroupPath.section(u'/', 0, -2).toStdString();
        QCOMPARE(file("cpuset.cpus"), *readFile(above + "/cpuset.cpus.effective", 64)); // no limit, for what runs in it
        QCOMPARE(file("cpu.weight"), std::string("100\n"));
        QVERIFY2(file("io.max").find(" rbps=max wbps=max riops=max wiops=50\n") != std::string::npos,
            file("io.max").c_str());
    }

    /// A program that never rests, which may first use a core and then a tenth of one: one mark for as long as it is
    /// held back.
    void marksThatALimitHoldsItBack()
    {
        begin(QStringLiteral("while :; do :; done"));
        watchTwoTicks();
        QCOMPARE(count(WorkloadEventKind::Throttled), 0);
        update({ "--cpu-quota=10000", "--cpu-period=100000" });
        QTRY_COMPARE_WITH_TIMEOUT(count(WorkloadEventKind::Throttled), 1, 60'000);
        watchTwoTicks();
        QCOMPARE(count(WorkloadEventKind::Throttled), 1);
        QTRY_COMPARE_WITH_TIMEOUT(count(WorkloadEventKind::LimitsChanged), 1, 60'000);
    }

    /// dd runs beside the entrypoint, which goes on.
    void marksAProcessThatIsLostWhileTheRestGoesOn()
    {
        begin(QStringLiteral("exec sleep 1000"));
        watchTwoTicks();
        const auto killed = std::make_shared<CommandOutcome>();
        const auto run = runJob(*m_world->provider().runInside(
            web().id, { { "sh", "-c", "exec " + kTooMuch.toStdString() }, {}, "0:0" }, killed));
        QVERIFY2(run, run ? "" : run.error().toLine().c_str());
        QCOMPARE(killed->exitStatus, 137);
        QTRY_COMPARE_WITH_TIMEOUT(count(WorkloadEventKind::ProcessOutOfMemory), 1, 60'000);
        QCOMPARE(web().state, WorkloadState::Running);
        QVERIFY(!web().wasOutOfMemory);
        QCOMPARE(count(WorkloadEventKind::OutOfMemory), 0);
    }

    void callsAnEndForWantOfMemoryOne()
    {
        begin(QStringLiteral("exec ") + kTooMuch);
        QTRY_COMPARE_WITH_TIMEOUT(web().state, WorkloadState::Failed, 60'000);
        QVERIFY(web().wasOutOfMemory);
        QCOMPARE(web().exitStatus, std::optional(137));
        QCOMPARE(count(WorkloadEventKind::OutOfMemory), 1);
        QCOMPARE(count(WorkloadEventKind::ProcessOutOfMemory), 0);
    }

    /// The kernel ended a child of it, and it ended well.
    void callsAnEndThatIsWellNone()
    {
        begin(kTooMuch + QStringLiteral("; echo child $?; exit 0"));
        QTRY_COMPARE_WITH_TIMEOUT(web().state, WorkloadState::Stopped, 60'000);
        QCOMPARE(m_world->log(QStringLiteral("web")).contains("child 137\n"), true);
        QCOMPARE(web().exitStatus, std::optional(0));
        QVERIFY(!web().wasOutOfMemory);
        QCOMPARE(count(WorkloadEventKind::OutOfMemory), 0);
        QTRY_COMPARE_WITH_TIMEOUT(count(WorkloadEventKind::Stopped), 1, 60'000);
    }

private:
    void begin(const QString& script)
    {
        WorkloadPlan plan = ContainerWorld::script(QStringLiteral("web"), script);
        plan.limits.memoryBytes = kLimitBytes;
        const auto created = m_world->create(plan);
        QVERIFY2(created, created ? "" : created.error().toLine().c_str());
        const auto started = m_world->start(QStringLiteral("web"));
        QVERIFY2(started, started ? "" : started.error().toLine().c_str());
    }

    void watchTwoTicks()
    {
        m_sampler.setTargets({ { web().id, web().footprint } });
        const int before = m_ticks;
        QTRY_VERIFY_WITH_TIMEOUT(m_ticks >= before + 3, 60'000);
    }

    /// As somebody who knows nothing of this program.
    void update(std::vector<std::string> flags)
    {
        const ContainerFolder folder(m_world->folders(), web().id.key.toStdString());
        std::vector<std::string> words{ qEnvironmentVariable("TWINHULL_TEST_BIN").toStdString() + "/hull", "--root",
            folder.runtimePath() + "/hull", "update" };
        words.insert(words.end(), flags.begin(), flags.end());
        words.push_back(folder.id());
        const auto updated = runChecked({ std::move(words), {}, {} }, std::chrono::minutes(1));
        QVERIFY2(updated, updated ? "" : updated.error().toLine().c_str());
    }

    std::string file(const char* name) const
    {
        const auto text = readFile(web().footprint.cgroupPath.toStdString() + '/' + name, 4096);
        return text ? *text : text.error().message;
    }
    WorkloadInfo web() const { return m_world->info(QStringLiteral("web")); }
    int count(WorkloadEventKind kind) const { return static_cast<int>(std::count(m_told.begin(), m_told.end(), kind)); }

    std::unique_ptr<ContainerWorld> m_world;
    WorkloadRegistry m_registry;
    std::unique_ptr<EventTrail> m_trail;
    Sampler m_sampler;
    std::vector<WorkloadEventKind> m_told;
    int m_ticks = 0;
};

QTEST_GUILESS_MAIN(WatchedTest)
#include "watched_test.moc"
