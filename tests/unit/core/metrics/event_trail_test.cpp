// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/event_trail.h"

#include "core/metrics/age_clock.h"
#include "tests/support/fake_provider.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

class EventTrailTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_registry = std::make_unique<WorkloadRegistry>();
        m_provider = std::make_unique<FakeProvider>(WorkloadKind::Container);
        m_registry->add(m_provider.get());
        m_trail = std::make_unique<EventTrail>(*m_registry);
        m_told.clear();
        connect(m_trail.get(), &EventTrail::happened, this,
            [this](const WorkloadEvent& event) { m_told.push_back(event.kind); });
        m_info = makeWorkload(WorkloadKind::Container, QStringLiteral("web"));
    }
    void cleanup()
    {
        m_trail.reset();
        m_registry.reset();
    }

    void tellsEachChangeOnce()
    {
        using K = WorkloadEventKind;
        for (const WorkloadState state : { WorkloadState::Stopped, WorkloadState::Starting, WorkloadState::Running,
                 WorkloadState::Running, WorkloadState::Paused, WorkloadState::Running, WorkloadState::Stopped })
            put(state);
        QCOMPARE(m_told, (std::vector<K>{ K::Started, K::Paused, K::Resumed, K::Stopped }));
        QCOMPARE(kinds(), m_told);
    }

    void saysNothingOfAStateThatIsSeenFirst()
    {
        put(WorkloadState::Running);
        QVERIFY(m_told.empty());
    }

    void tellsWantOfMemoryAtTheTimeThatWasRecorded()
    {
        m_info.wasOutOfMemory = true;
        m_info.endedAt = QDateTime::currentDateTime().addSecs(-3600);
        put(WorkloadState::Failed); // while nobody looked
        QCOMPARE(m_told, std::vector{ WorkloadEventKind::OutOfMemory });
        const auto events = m_trail->events(std::span(&m_info.id, 1));
        const std::int64_t age = ageClockNanoseconds() - events.front().monotonicNanoseconds;
        QVERIFY(std::llabs(age - 3600'000'000'000) < 60'000'000'000);
    }

    void tellsWhenLimitsChange()
    {
        put(WorkloadState::Running);
        m_info.limits.cpus = 0.5;
        put(WorkloadState::Running);
        QCOMPARE(m_told, std::vector{ WorkloadEventKind::LimitsChanged });
    }

    void tellsWhenALimitBesideTheThreeChanges()
    {
        m_info.fineLimits[QStringLiteral("cpuset.cpus")] = QStringLiteral("0-1");
        put(WorkloadState::Running);
        put(WorkloadState::Running);
        QVERIFY(m_told.empty());
        m_info.fineLimits[QStringLiteral("cpuset.cpus")] = QStringLiteral("0");
        put(WorkloadState::Running);
        QCOMPARE(m_told, std::vector{ WorkloadEventKind::LimitsChanged });
        m_info.fineLimits[QStringLiteral("cpu.weight")] = QStringLiteral("50"); // of the same update
        put(WorkloadState::Running);
        QCOMPARE(m_told.size(), std::size_t{ 1 });
        m_info.fineLimits.clear(); // the kernel's words are those of a run
        put(WorkloadState::Stopped);
        QCOMPARE(m_told.size(), std::size_t{ 2 });
    }

    void takesTheLimitsOfAnotherRunForNoChange()
    {
        put(WorkloadState::Unknown); // its monitor was not heard yet
        m_info.limits.memoryBytes = 64U << 20U; // somebody changed them before this program began
        put(WorkloadState::Running);
        m_info.limits.memoryBytes.reset();
        put(WorkloadState::Stopped);
        QCOMPARE(m_told, std::vector{ WorkloadEventKind::Stopped });
        m_info.limits.cpus = 2; // for the next
        put(WorkloadState::Stopped);
        QCOMPARE(m_told.back(), WorkloadEventKind::LimitsChanged);
    }

    void takesWhatItsCgroupHasBesideForNoChange()
    {
        using K = WorkloadEventKind;
        put(WorkloadState::Stopped);
        put(WorkloadState::Starting);
        m_info.limits.pids = 2'297; // of systemd
        put(WorkloadState::Starting);
        put(WorkloadState::Running);
        put(WorkloadState::Paused);
        m_info.limits.memoryBytes = 64U << 20U; // of hull update, while it stood still
        put(WorkloadState::Running);
        m_info.limits = {};
        put(WorkloadState::Stopping);
        put(WorkloadState::Stopped);
        QCOMPARE(m_told, (std::vector<K>{ K::Started, K::Paused, K::LimitsChanged, K::Resumed, K::Stopped }));
    }

    void tellsWhenAProcessWantedMemoryAndTheRestWentOn()
    {
        put(WorkloadState::Running);
        loseProcesses(10, 1);
        loseProcesses(11, 0);
        QVERIFY(m_told.empty()); // it may be the end of all
        loseProcesses(13, 0);
        QCOMPARE(m_told, std::vector{ WorkloadEventKind::ProcessOutOfMemory });
        QCOMPARE(m_trail->events(std::span(&m_info.id, 1)).front().monotonicNanoseconds, 10'000'000'000LL);
    }

    void tellsWantOfMemoryOnceWhereItEndsTheWhole()
    {
        put(WorkloadState::Running);
        loseProcesses(10, 1);
        m_info.wasOutOfMemory = true;
        put(WorkloadState::Failed);
        QCOMPARE(m_told, std::vector{ WorkloadEventKind::OutOfMemory });
    }

    void tellsOfAProcessThatWasEndedJustBeforeAnOrdinaryEnd()
    {
        put(WorkloadState::Running);
        loseProcesses(10, 1);
        put(WorkloadState::Stopped);
        QCOMPARE(m_told, (std::vector{ WorkloadEventKind::ProcessOutOfMemory, WorkloadEventKind::Stopped }));
    }

    void tellsOnceThatAVmWasMadeAgain()
    {
        put(WorkloadState::Stopped);
        m_info.madeAgainAt = QDateTime::currentDateTime().addSecs(-600); // by another program
        put(WorkloadState::Stopped);
        put(WorkloadState::Stopped);
        QCOMPARE(m_told, std::vector{ WorkloadEventKind::MadeAgainAsQ35 });
        QVERIFY(eventKindFrom(QString::fromLatin1(nameOf(m_told.front()))) == m_told.front());
        const auto event = m_trail->events(std::span(&m_info.id, 1)).front();
        const std::int64_t age = ageClockNanoseconds() - event.monotonicNanoseconds;
        QVERIFY(std::llabs(age - 600'000'000'000) < 30'000'000'000);
    }

    void marksSnapshotsAtTheTimeTheyWereTaken()
    {
        const auto taken = QDateTime::currentDateTime().addSecs(-600);
        m_info.snapshots = { { QStringLiteral("before"), taken } };
        put(WorkloadState::Stopped); // it was there when this program began
        m_info.snapshots.push_back({ QStringLiteral("after"), QDateTime::currentDateTime() });
        put(WorkloadState::Stopped);
        put(WorkloadState::Starting);
        m_info.snapshots.clear(); // deleted
        put(WorkloadState::Starting);
        QCOMPARE(m_told, (std::vector{ WorkloadEventKind::Snapshot, WorkloadEventKind::Snapshot }));
        const auto first = m_trail->events(std::span(&m_info.id, 1)).front();
        const std::int64_t age = ageClockNanoseconds() - first.monotonicNanoseconds;
        QVERIFY(std::llabs(age - 600'000'000'000) < 30'000'000'000);
    }

    void tellsTheHistoryWhatTheJournalAloneKnew_data()
    {
        QTest::addColumn<bool>("isInHistory");
        QTest::newRow("the journal alone") << false;
        QTest::newRow("the history, too") << true;
    }
    void tellsTheHistoryWhatTheJournalAloneKnew()
    {
        QFETCH(bool, isInHistory);
        put(WorkloadState::Running);
        const std::vector<WorkloadEvent> past{ { m_info.id, ageClockNanoseconds(), WorkloadEventKind::Stopped } };
        m_trail->restore(past, EventTrail::Origin::Journal);
        if (isInHistory)
            m_trail->restore(past);
        QVERIFY(m_told.empty());
        put(WorkloadState::Stopped);
        QCOMPARE(m_told.size(), isInHistory ? std::size_t{ 0 } : std::size_t{ 1 });
        QCOMPARE(kinds(), std::vector{ WorkloadEventKind::Stopped }); // and once on the time axis
    }

    /// Within a moment, and each is one of its own.
    void keepsTwoOfOneKind()
    {
        using K = WorkloadEventKind;
        put(WorkloadState::Stopped);
        const auto now = QDateTime::currentDateTime();
        m_info.snapshots = { { QStringLiteral("one"), now }, { QStringLiteral("two"), now } };
        put(WorkloadState::Stopped);
        put(WorkloadState::Running);
        put(WorkloadState::Stopped);
        put(WorkloadState::Running); // a quick restart
        m_info.limits.cpus = 1;
        put(WorkloadState::Running);
        m_info.limits.memoryBytes = 64U << 20U; // of the same change: an update writes file after file
        put(WorkloadState::Running);
        const std::vector<K> all{ K::Snapshot, K::Snapshot, K::Started, K::Stopped, K::Started, K::LimitsChanged };
        QCOMPARE(m_told, all);
        // What another run wrote down of the same, and whoever asks twice.
        const auto told = m_trail->events(std::span(&m_info.id, 1));
        m_trail->restore(told);
        m_trail->restore(told);
        QCOMPARE(kinds(), all);
    }

    void tellsAStartOnceByItsStateAndItsMark()
    {
        using K = WorkloadEventKind;
        put(WorkloadState::Stopped);
        put(WorkloadState::Running);
        becomeReady();
        put(WorkloadState::Running); // its mark comes a little later
        put(WorkloadState::Running);
        QCOMPARE(m_told, std::vector{ K::Started });
        put(WorkloadState::Stopped);
        put(WorkloadState::Running); // the mark is still the old one
        becomeReady();
        put(WorkloadState::Running);
        QCOMPARE(m_told, (std::vector{ K::Started, K::Stopped, K::Started }));
        becomeReady(); // nobody saw that it had stopped
        put(WorkloadState::Running);
        QCOMPARE(m_told.size(), std::size_t{ 4 });
    }

    /// The other way round: what was written down comes first, then it is seen.
    void seesWhatWasRestoredOnce()
    {
        using K = WorkloadEventKind;
        put(WorkloadState::Stopped);
        const auto now = QDateTime::currentDateTime();
        const WorkloadEvent past[] = { { m_info.id, ageClockNanoseconds() - 300'000'000, K::Snapshot } };
        m_trail->restore(past);
        m_info.snapshots = { { QStringLiteral("one"), now } };
        put(WorkloadState::Stopped);
        QVERIFY(m_told.empty());
        m_info.snapshots.push_back({ QStringLiteral("two"), now });
        put(WorkloadState::Stopped);
        QCOMPARE(m_told, std::vector{ K::Snapshot });
        QCOMPARE(kinds(), (std::vector{ K::Snapshot, K::Snapshot }));
    }

    void tellsWhereThrottlingBeginsAndNotEachSecondOfIt()
    {
        put(WorkloadState::Running);
        for (int second = 1; second < 100; ++second)
            throttle(second, second < 20 || second > 60 ? 0.3 : 0);
        QCOMPARE(m_told, (std::vector{ WorkloadEventKind::Throttled, WorkloadEventKind::Throttled }));
    }

    void restoresWhatItDoesNotKnow()
    {
        put(WorkloadState::Stopped);
        put(WorkloadState::Running);
        const std::int64_t now = ageClockNanoseconds();
        const WorkloadId other{ WorkloadKind::Vm, QStringLiteral("gone") };
        const WorkloadEvent past[] = { { m_info.id, now, WorkloadEventKind::Started },
            { m_info.id, now - 3600'000'000'000, WorkloadEventKind::Stopped },
            { other, now, WorkloadEventKind::Stopped } };
        m_trail->restore(past);
        QCOMPARE(kinds(), (std::vector{ WorkloadEventKind::Stopped, WorkloadEventKind::Started }));
        QCOMPARE(m_told.size(), std::size_t{ 1 });
        QVERIFY(m_trail->events(std::span(&other, 1)).empty());
    }

private:
    void put(WorkloadState state)
    {
        m_info.state = state;
        m_provider->put(m_info);
    }

    void becomeReady() { m_info.startupMarks = { { QStringLiteral("ready"), monotonicNanoseconds() } }; }

    void throttle(int second, double cores)
    {
        MetricsFrame frame;
        frame.monotonicNanoseconds = second * 1'000'000'000LL;
        MetricPoint point;
        point.id = m_info.id;
        point[Metric::ThrottledCores] = cores;
        frame.points.push_back(point);
        m_trail->append(frame);
    }

    void loseProcesses(int second, std::uint64_t count)
    {
        MetricsFrame frame;
        frame.monotonicNanoseconds = second * 1'000'000'000LL;
        MetricPoint point;
        point.id = m_info.id;
        point.oomKills = count;
        frame.points.push_back(point);
        m_trail->append(frame);
    }

    std::vector<WorkloadEventKind> kinds() const
    {
        std::vector<WorkloadEventKind> kinds;
        for (const WorkloadEvent& event : m_trail->events(std::span(&m_info.id, 1)))
            kinds.push_back(event.kind);
        return kinds;
    }

    std::unique_ptr<WorkloadRegistry> m_registry;
    std::unique_ptr<FakeProvider> m_provider;
    std::unique_ptr<EventTrail> m_trail;
    std::vector<WorkloadEventKind> m_told;
    WorkloadInfo m_info;
};

QTEST_GUILESS_MAIN(EventTrailTest)
#include "event_trail_test.moc"
