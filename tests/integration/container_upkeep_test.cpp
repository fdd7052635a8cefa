// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/ipc/container_folder.h"
#include "tests/support/container_world.h"

#include <QDir>
#include <QTest>

#include <csignal>

using namespace twinhull;
using namespace twinhull::test;
using namespace std::chrono_literals;

/// Containers that are looked after by the real monitor while nobody looks: restart policies and health checks.
class ContainerUpkeepTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
    }

    void cleanup() { m_world.reset(); }

    void startsWhatFailedAgainAsOftenAsItMay()
    {
        QVERIFY(begins(u"echo run; exit 3", { { RestartPolicy::When::OnFailure, 2 }, {}, false, {} }));
        QTRY_COMPARE(info().state, WorkloadState::Stopped);
        QCOMPARE(info().exitStatus, std::optional(3));
        QCOMPARE(m_world->log(kName).count("run\n"), 3);
    }

    void leavesWhatEndedWell()
    {
        QVERIFY(begins(u"echo run; exit 0", { { RestartPolicy::When::OnFailure, 0 }, {}, false, {} }));
        QTRY_COMPARE(info().state, WorkloadState::Stopped);
        QCOMPARE(m_world->log(kName).count("run\n"), 1);
    }

    void startsAgainWhatSomebodyElseKilled()
    {
        QVERIFY(begins(u"sleep 1000", always()));
        const auto before = info().footprint.rootPids;
        QCOMPARE(before.size(), std::size_t{ 1 });
        QCOMPARE(::kill(before.front(), SIGKILL), 0);
        QTRY_VERIFY(info().state == WorkloadState::Running && info().footprint.rootPids != before);
        QCOMPARE(info().restartCount, 1U);
        QVERIFY(!info().restartAt.isValid());
    }

    void neverStartsWhatAPersonStopped()
    {
        QVERIFY(begins(u"trap 'exit 1' TERM; while :; do sleep 0.1; done", always()));
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Graceful)));
        QCOMPARE(info().state, WorkloadState::Stopped);
        QTRY_VERIFY(!exists(ContainerFolder(m_world->folders(), key()).runtimePath())); // its monitor has left
        const auto record = readFile(ContainerFolder(m_world->folders(), key()).exitRecordPath());
        QVERIFY(record && decodeExitRecord(*record)->wasAsked);
    }

    void neverStartsWhatAPersonKilled()
    {
        QVERIFY(begins(u"sleep 1000", always()));
        QVERIFY(succeeds(runJob(*m_world->provider().kill(info().id, SIGKILL))));
        QTRY_COMPARE(info().state, WorkloadState::Stopped);
        QCOMPARE(info().exitStatus, std::optional(128 + SIGKILL));
    }

    void stopsWhileItWaits()
    {
        QVERIFY(begins(u"exit 1", always()));
        QTRY_VERIFY(info().restartAt.isValid() && info().restartCount >= 4);
        QVERIFY2(info().stateReason.contains(u"exit status 1"), qPrintable(info().stateReason));
        QVERIFY(info().capabilities.testFlag(Capability::Stop));
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Graceful)));
        QCOMPARE(info().state, WorkloadState::Stopped);
        QCOMPARE(info().exitStatus, std::optional(1));
    }

    void isRemovedWhileItWaits()
    {
        QVERIFY(begins(u"exit 1", always()));
        QTRY_VERIFY(info().restartAt.isValid() && info().restartCount >= 3);
        QVERIFY(succeeds(m_world->remove(kName)));
        QVERIFY(info().name.isEmpty());
    }

    void aKilledMonitorKeepsThePolicyAndTheCount()
    {
        QVERIFY(begins(u"sleep 1000", always()));
        QCOMPARE(::kill(info().footprint.rootPids.front(), SIGKILL), 0);
        QTRY_VERIFY(info().state == WorkloadState::Running && info().restartCount == 1);
        const auto before = info().footprint;
        QCOMPARE(::kill(before.helperPids.front(), SIGKILL), 0);
        QTRY_VERIFY(!info().footprint.helperPids.empty() && info().footprint.helperPids != before.helperPids);
        QCOMPARE(info().restartCount, 1U);
        QCOMPARE(::kill(before.rootPids.front(), SIGKILL), 0);
        QTRY_VERIFY(info().state == WorkloadState::Running && info().footprint.rootPids != before.rootPids);
        QCOMPARE(info().restartCount, 2U);
    }

    void aMonitorKilledWhileItWaitsIsFollowedByOneThatStartsIt()
    {
        QVERIFY(begins(u"echo run; exit 1", always()));
        QTRY_VERIFY(info().restartAt.isValid() && info().restartCount >= 4);
        const auto runs = m_world->log(kName).count("run\n");
        const auto count = info().restartCount;
        QCOMPARE(::kill(info().footprint.helperPids.front(), SIGKILL), 0);
        QTRY_VERIFY(m_world->log(kName).count("run\n") > runs);
        QVERIFY(info().restartCount >= count);
    }

    void aPolicyCanBeChangedWhileItRuns()
    {
        QVERIFY(begins(u"sleep 1000", always()));
        WorkloadChange change;
        change.restart = RestartPolicy{};
        QVERIFY(succeeds(runJob(*m_world->provider().update(info().id, change))));
        QCOMPARE(::kill(info().footprint.rootPids.front(), SIGKILL), 0);
        QTRY_COMPARE(info().state, WorkloadState::Stopped);
        QCOMPARE(info().exitStatus, std::optional(128 + SIGKILL));
    }

    void tellsHowWellItIs()
    {
        QVERIFY(begins(u"touch /tmp/well; while :; do sleep 0.1; [ -e /tmp/end ] && rm -f /tmp/well; done",
            checked(u"echo looking; test -e /tmp/well")));
        QTRY_COMPARE(info().health, std::optional(Health::Healthy));
        m_world->restartProvider();
        QTRY_COMPARE(info().health, std::optional(Health::Healthy));
        const auto outcome = std::make_shared<CommandOutcome>();
        QVERIFY(succeeds(runJob(*m_world->provider().runInside(info().id, { { "touch", "/tmp/end" } }, outcome))));
        QTRY_COMPARE(info().health, std::optional(Health::Unhealthy));
        QCOMPARE(info().state, WorkloadState::Running);
        const auto report = healthReport();
        QVERIFY(report && report->failuresInARow >= 2);
        QCOMPARE(report->latest.back().exitStatus, std::optional(1));
        QCOMPARE(report->latest.back().output, std::string("looking\n"));
    }

    void anUnhealthyOneIsStartedAgain()
    {
        auto upkeep = checked(u"exit 1");
        upkeep.health->onFailure = UnhealthyAction::Restart;
        QVERIFY(begins(u"trap 'exit 0' TERM; while :; do sleep 0.1; done", upkeep));
        const auto before = info().footprint.rootPids;
        QTRY_VERIFY(
            info().restartCount >= 1 && info().state == WorkloadState::Running && info().footprint.rootPids != before);
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force)));
    }

    void anUnhealthyOneIsStopped()
    {
        auto upkeep = checked(u"exit 1");
        upkeep.restart.when = RestartPolicy::When::Always;
        upkeep.health->onFailure = UnhealthyAction::Stop;
        QVERIFY(begins(u"trap 'exit 0' TERM; while :; do sleep 0.1; done", upkeep));
        QTRY_COMPARE(info().state, WorkloadState::Stopped);
        QVERIFY2(info().stateReason.contains(u"health check"), qPrintable(info().stateReason));
    }

    void aCheckThatTakesTooLongHasFailedAndIsKilled()
    {
        auto upkeep = checked(u"sleep 987");
        upkeep.health->timeout = 200ms;
        QVERIFY(begins(u"sleep 1000", upkeep));
        QTRY_COMPARE(info().health, std::optional(Health::Unhealthy));
        const auto report = healthReport();
        QVERIFY(report && !report->latest.back().exitStatus);
        QTRY_VERIFY(processesNamed("987") <= 1); // those of the checks before are gone
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force)));
        QTRY_COMPARE(processesNamed("987"), 0);
    }

    void aCheckThatNeverStopsTalkingDoesNoHarm()
    {
        auto upkeep = checked(u"yes 'a hostile check'");
        upkeep.health->timeout = 300ms;
        QVERIFY(begins(u"sleep 1000", upkeep));
        QTRY_COMPARE(info().health, std::optional(Health::Unhealthy));
        const auto text = readFile(ContainerFolder(m_world->folders(), key()).path() + "/" + kHealthReportName);
        QVERIFY(text && text->size() < 8U << 10U);
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Force)));
    }

    void keepsAsManyLogsAsItIsTold()
    {
        Upkeep upkeep;
        upkeep.log = { 64U << 10U, 3 };
        QVERIFY(begins(u"i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done", upkeep));
        QTRY_VERIFY_WITH_TIMEOUT(info().exitStatus, 60'000);
        const std::string path = info().logPath.toStdString();
        QVERIFY(exists(path) && exists(path + ".1") && exists(path + ".2") && !exists(path + ".3"));
        const auto bytes = allocatedBytes(info().logPath.section(u'/', 0, -2).toStdString());
        QVERIFY(bytes && *bytes <= 3 * ((64U << 10U) + 4096U));
        QVERIFY(m_world->log(kName).endsWith("line 19999\n"));
    }

private:
    static Upkeep always() { return { { RestartPolicy::When::Always, 0 }, {}, false, {} }; }
    static Upkeep checked(QStringView script)
    {
        Upkeep upkeep;
        upkeep.health.emplace();
        upkeep.health->command = { "/bin/sh", "-c", script.toString().toStdString() };
        upkeep.health->interval = 100ms;
        upkeep.health->retries = 2;
        return upkeep;
    }

    bool begins(QStringView script, const Upkeep& upkeep)
    {
        auto plan = ContainerWorld::script(kName, script.toString());
        plan.upkeep = upkeep;
        return succeeds(m_world->create(plan)) && succeeds(m_world->start(kName));
    }

    WorkloadInfo info() const { return m_world->info(kName); }
    std::string key() const { return info().id.key.toStdString(); }

    std::optional<HealthReport> healthReport() const
    {
        const auto text = readFile(ContainerFolder(m_world->folders(), key()).path() + "/" + kHealthReportName);
        const auto report = text ? decodeHealthReport(*text) : Result<HealthReport>(text.error());
        return report ? std::optional(*report) : std::nullopt;
    }

    /// How many processes of this computer have that word as their last argument.
    static int processesNamed(const QByteArray& word)
    {
        int count = 0;
        for (const auto& entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
            QFile file(QStringLiteral("/proc/%1/cmdline").arg(entry));
            if (file.open(QIODevice::ReadOnly) && file.read(4096).endsWith('\0' + word + '\0'))
                ++count;
        }
        return count;
    }

    static bool succeeds(const Result<>& result)
    {
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }

    static inline const QString kName = QStringLiteral("subject");
    std::unique_ptr<ContainerWorld> m_world;
};

QTEST_GUILESS_MAIN(ContainerUpkeepTest)
#include "container_upkeep_test.moc"
