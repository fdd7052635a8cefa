// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/containers/disk_parts.h"
#include "core/ipc/container_folder.h"
#include "core/ipc/container_lock.h"
#include "core/metrics/host_cost_source.h"
#include "tests/support/container_world.h"

#include <QTest>

#include <algorithm>
#include <csignal>

#include <unistd.h>

using namespace twinhull;
using namespace twinhull::test;

/// Containers by the real hull and the real monitor, as whoever runs this.
class ContainerLifecycleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
    }

    void cleanup() { m_world.reset(); }

    void runsStopsAndStartsAgain()
    {
        QVERIFY(succeeds(m_world->create(script(u"sleep 1000 & trap 'exit 7' TERM; echo ready; wait"))));
        QCOMPARE(info().state, WorkloadState::Stopped);
        for (int round = 0; round < 2; ++round) {
            QVERIFY(succeeds(m_world->start(kName)));
            QCOMPARE(info().state, WorkloadState::Running);
            QVERIFY(info().startedAt.isValid());
            QTRY_COMPARE(m_world->log(kName).count("ready\n"), round + 1); // what catches no signal is killed at once
            QVERIFY(succeeds(m_world->stop(kName, StopMode::Graceful)));
            QCOMPARE(info().state, WorkloadState::Stopped);
            QCOMPARE(info().exitStatus.value_or(-1), 7); // its own handler ran
        }
        QVERIFY(succeeds(m_world->remove(kName)));
        QVERIFY(info().name.isEmpty());
        QVERIFY(!exists(m_world->folders().containers() + "/" + kName.toStdString()));
    }

    void recordsHowItEnded()
    {
        QVERIFY(succeeds(m_world->create(script(u"exit 3"))));
        QVERIFY(succeeds(m_world->start(kName)));
        QTRY_COMPARE(info().exitStatus.value_or(-1), 3);
        QCOMPARE(info().state, WorkloadState::Stopped);
        m_world->restartProvider();
        QCOMPARE(info().exitStatus.value_or(-1), 3);
    }

    void marksTheStartOnOneClock()
    {
        const auto before = monotonicNanoseconds();
        QVERIFY(succeeds(m_world->create(script(u"sleep 1000"))));
        QVERIFY(succeeds(m_world->start(kName)));
        const auto marks = info().startupMarks;
        QCOMPARE(marks.front().name, QStringLiteral("request"));
        QVERIFY(marks.front().monotonicNanoseconds >= before);
        QVERIFY(std::is_sorted(marks.begin(), marks.end(),
            [](const auto& a, const auto& b) { return a.monotonicNanoseconds < b.monotonicNanoseconds; }));
        for (const char* name : { "unpack", "monitor", "namespaces", "mounts", "created", "exec", "ready" }) {
            const auto isIt = [&](const auto& mark) { return mark.name == QLatin1String(name); };
            QVERIFY2(std::any_of(marks.begin(), marks.end(), isIt), name);
        }
        const auto duration = startupNanoseconds(info());
        QVERIFY(duration && *duration > 0 && *duration < 30'000'000'000);
    }

    void killsWhatDoesNotListen()
    {
        QVERIFY(succeeds(m_world->create(script(u"trap '' TERM; while :; do sleep 1000; done"))));
        QVERIFY(succeeds(m_world->start(kName)));
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force)));
        QCOMPARE(info().exitStatus, std::optional(128 + SIGKILL));
        QVERIFY(info().footprint.isEmpty());
    }

    void outlivesTheProvider()
    {
        QVERIFY(succeeds(m_world->create(script(u"sleep 1000"))));
        QVERIFY(succeeds(m_world->start(kName)));
        const auto before = info();
        m_world->restartProvider();
        QTRY_COMPARE(info().state, WorkloadState::Running);
        QCOMPARE(info().footprint.rootPids, before.footprint.rootPids);
        QCOMPARE(info().startupMarks, before.startupMarks);
    }

    void outlivesItsMonitor()
    {
        QVERIFY(succeeds(m_world->create(script(u"i=0; while :; do echo tick; sleep 0.05; done"))));
        QVERIFY(succeeds(m_world->start(kName)));
        const auto before = info();
        QCOMPARE(::kill(before.footprint.helperPids.front(), SIGKILL), 0);
        QTRY_VERIFY(!info().footprint.helperPids.empty()
            && info().footprint.helperPids.front() != before.footprint.helperPids.front());
        QCOMPARE(info().state, WorkloadState::Running);
        QCOMPARE(info().footprint.rootPids, before.footprint.rootPids);
        const auto seen = m_world->log(kName).size();
        QTRY_VERIFY(m_world->log(kName).size() > seen); // the new monitor reads on
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force)));
        QVERIFY(!info().exitStatus); // not its child: said, not invented
        QVERIFY(!info().stateReason.isEmpty());
    }

    void appearsByItselfWhenAnotherProgramMadeIt()
    {
        ContainerProvider other(m_world->folders(), m_world->images());
        QSignalSpy removed(&other, &WorkloadProvider::removed);
        QVERIFY(succeeds(m_world->create(script(u"sleep 1000"))));
        QTRY_COMPARE(other.workloads().size(), std::size_t{ 1 });
        QVERIFY(succeeds(m_world->start(kName)));
        QTRY_COMPARE(other.workloads().front().state, WorkloadState::Running);
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force)));
        QTRY_COMPARE(other.workloads().front().state, WorkloadState::Stopped);
        QVERIFY(succeeds(m_world->remove(kName)));
        QTRY_COMPARE(removed.count(), 1);
    }

    void pausesWhereThereIsAFreezer()
    {
        QVERIFY(succeeds(m_world->create(script(u"while :; do echo tick; sleep 0.02; done"))));
        QVERIFY(succeeds(m_world->start(kName)));
        auto paused = runJob(*m_world->provider().pause(info().id));
        if (!info().capabilities.testFlag(Capability::Pause) && info().state == WorkloadState::Running) {
            QVERIFY(!paused);
            QCOMPARE(paused.error().code, ErrorCode::Unsupported);
            return;
        }
        QVERIFY(succeeds(paused));
        QCOMPARE(info().state, WorkloadState::Paused);
        QVERIFY(info().capabilities.testFlag(Capability::Resume));
        QVERIFY(succeeds(runJob(*m_world->provider().resume(info().id))));
        QCOMPARE(info().state, WorkloadState::Running);
        QVERIFY(succeeds(runJob(*m_world->provider().pause(info().id))));
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force))); // a frozen one can be ended too
    }

    void answersAtItsTerminal()
    {
        auto plan = script(u"stty size; while read -r line; do echo \"got $line\"; done");
        plan.hasTerminal = true;
        QVERIFY(succeeds(m_world->create(plan)));
        QVERIFY(succeeds(m_world->start(kName)));
        QVERIFY(info().capabilities.testFlag(Capability::Console));
        auto terminal = m_world->provider().openTerminal(info().id, { 132, 43 });
        QVERIFY(terminal);
        QByteArray screen;
        connect(terminal->get(), &TerminalConnection::received, this, [&](const QByteArray& text) { screen += text; });
        (*terminal)->type("hello\n");
        QTRY_VERIFY2(screen.contains("got hello\r\n"), screen.constData());
        (*terminal)->type("\x04"); // end of input: the loop ends, and with it the container
        QSignalSpy closed(terminal->get(), &TerminalConnection::closed);
        QTRY_COMPARE(info().exitStatus, std::optional(0));
        QVERIFY(!closed.isEmpty() || closed.wait(kTestPatienceMilliseconds));
        QVERIFY(m_world->log(kName).contains("got hello\r\n"));
        QVERIFY(!info().capabilities.testFlag(Capability::Console));
    }

    void saysThatItsTerminalWentWithItsMonitor()
    {
        auto plan = script(u"trap '' HUP; while :; do sleep 1; done");
        plan.hasTerminal = true;
        QVERIFY(succeeds(m_world->create(plan)));
        QVERIFY(succeeds(m_world->start(kName)));
        const pid_t monitor = info().footprint.helperPids.front();
        QCOMPARE(::kill(monitor, SIGKILL), 0);
        QTRY_VERIFY(!info().footprint.helperPids.empty() && info().footprint.helperPids.front() != monitor);
        QCOMPARE(info().state, WorkloadState::Running); // it does not mind being hung up
        QVERIFY2(info().stateReason.contains(u"terminal"), qPrintable(info().stateReason));
        QVERIFY(!info().capabilities.testFlag(Capability::Console));
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force)));
    }

    /// As after a logout that took the runtime folder away and left the monitor: whom nobody can reach again is not
    /// waited for. The other answer would come after 30 looks, 23 s of pauses.
    void isSettledWhereItsMonitorLostItsPlace()
    {
        QVERIFY(succeeds(m_world->create(script(u"exit 0"))));
        const ContainerFolder folder(m_world->folders(), info().id.key.toStdString());
        const auto held = lockContainer(folder.path());
        QVERIFY(held);
        QVERIFY(writeFileAtomically(folder.runRecordPath(), "{}"));
        QVERIFY(!exists(folder.runtimePath()));
        m_world->restartProvider();
        QVERIFY(!m_world->provider().isSettled()); // another monitor is asked to take it over
        QTRY_VERIFY_WITH_TIMEOUT(m_world->provider().isSettled(), 20'000);
        QVERIFY(!exists(folder.runtimePath()));
    }

    void keepsWhatItSaid()
    {
        QVERIFY(
            succeeds(m_world->create(script(u"echo out; echo err >&2; printf 'no end'; echo by name > /dev/stdout"))));
        QVERIFY(succeeds(m_world->start(kName)));
        QTRY_VERIFY(info().exitStatus);
        const auto log = m_world->log(kName);
        for (const char* text : { "out\n", "err\n", "no end", "by name" })
            QVERIFY2(log.contains(text), log.constData());
    }

    void aFloodDoesNotFillTheDisk()
    {
        QVERIFY(succeeds(m_world->create(script(u"head -c 60000000 /dev/zero | tr '\\0' x; echo; echo done"))));
        QVERIFY(succeeds(m_world->start(kName)));
        QTRY_VERIFY_WITH_TIMEOUT(info().exitStatus, 60'000);
        const auto bytes = allocatedBytes(info().logPath.section(u'/', 0, -2).toStdString());
        QVERIFY(bytes && *bytes < 22U << 20U);
        QVERIFY(m_world->log(kName).endsWith("done\n"));
    }

    void countsCpuOfChildrenNobodyWaitsFor()
    {
        QVERIFY(succeeds(m_world->create(
            script(u"trap '' CHLD; (( c=0; while [ $c -lt 30 ]; do read -r s < /proc/self/stat; set -- $s; "
                   "c=$((${14} + ${15})); done; echo done ) &); exec sleep 1000"))));
        QVERIFY(succeeds(m_world->start(kName)));
        if (info().footprint.cgroupPath.isEmpty())
            QSKIP("this user can have no cgroup: its figures come from the process tree");
        QTRY_VERIFY(m_world->log(kName).contains("done"));
        const auto cost = readCostNow({ info().id, info().footprint });
        const auto ticksPerSecond = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
        QVERIFY(cost.cpuNanoseconds && *cost.cpuNanoseconds >= 30 * 1'000'000'000U / ticksPerSecond);
        QVERIFY(cost.residentBytes && *cost.residentBytes > 0); // with the controller or without
    }

    void tellsItsDiskUse()
    {
        QVERIFY(succeeds(m_world->create(script(u"head -c 3000000 /dev/zero > /tmp/file 2>/dev/null || exit 9"))));
        QVERIFY(succeeds(m_world->start(kName)));
        QTRY_VERIFY(info().exitStatus);
        QCOMPARE(info().exitStatus, std::optional(0));
        const auto use = m_world->provider().diskUse(info().id);
        QVERIFY(use);
        QVERIFY(use->ownBytes >= 3'000'000 && use->ownBytes < 6'000'000);
        QVERIFY(use->sharedImageBytes > 500'000);
        const auto source = makeContainerDiskSource(m_world->folders());
        const std::vector targets{ MetricTarget{ info().id, {} } };
        std::vector<Sample> samples(1);
        const auto isRead = [&] {
            source->read(targets, samples);
            return samples.front().disk.writable.has_value();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isRead(), 20'000);
        const DiskParts& parts = samples.front().disk;
        QVERIFY(*parts.writable >= 3'000'000 && *parts.writable <= use->ownBytes); // without its log
        QCOMPARE(parts.layers.value_or(0), use->sharedImageBytes);
        QVERIFY(parts.image.value_or(0) > 500'000 && *parts.image < 2 * *parts.layers); // as it came, packed or not
        QCOMPARE(parts.volumes.needs(), Needs::NamedVolume);
        QCOMPARE(parts.virtualSize.needs(), Needs::GuestDisk);
    }

private:
    static WorkloadPlan script(QStringView text) { return ContainerWorld::script(kName, text.toString()); }
    WorkloadInfo info() const { return m_world->info(kName); }
    static bool succeeds(const Result<>& result)
    {
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }

    static inline const QString kName = QStringLiteral("subject");
    std::unique_ptr<ContainerWorld> m_world;
};

QTEST_GUILESS_MAIN(ContainerLifecycleTest)
#include "container_lifecycle_test.moc"
