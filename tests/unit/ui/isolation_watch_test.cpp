// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/twin/isolation_watch.h"

#include "core/isolation/isolation_json.h"
#include "core/isolation/isolation_reader.h"
#include "tests/support/fake_provider.h"
#include "ui/twin/isolation_table.h"

#include <QElapsedTimer>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr qint64 kPause = 20; ///< ms

/// Inside its workloads the test answers.
class AnsweringProvider : public FakeProvider, public CommandRunner {
public:
    using FakeProvider::FakeProvider;

    std::unique_ptr<Job> runInside(const WorkloadId&, InsideCommand, std::shared_ptr<CommandOutcome> asked) override
    {
        ++timesAsked;
        outcomeInside = std::move(asked);
        auto job = std::make_unique<HeldJob>(QStringLiteral("look inside"));
        probe = job.get();
        return job;
    }
    Result<InsideRun> prepareInside(const WorkloadId&, InsideCommand) override
    {
        return Error{ ErrorCode::Unsupported, "not here", 0, {} };
    }

    int timesAsked = 0;
    HeldJob* probe = nullptr;
    std::shared_ptr<CommandOutcome> outcomeInside;
};

} // namespace

/// The probe itself is that of the integration tests; here, when it is asked and what is kept of it.
class IsolationWatchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_watch.reset();
        m_registry = std::make_unique<WorkloadRegistry>();
        m_provider = std::make_unique<AnsweringProvider>(WorkloadKind::Vm);
        m_registry->add(m_provider.get());
        m_info = makeWorkload(WorkloadKind::Vm, QStringLiteral("web"));
        m_provider->put(m_info);
        m_watch = std::make_unique<IsolationWatch>(*m_registry, nullptr, std::chrono::milliseconds(kPause));
    }
    void cleanup()
    {
        m_watch.reset();
        m_registry.reset();
        m_provider.reset();
    }

    void asksOnceAndKeepsTheAnswer()
    {
        m_watch->request(m_info);
        m_watch->request(m_info);
        QCOMPARE(m_provider->timesAsked, 1);
        QVERIFY(m_watch->known().empty()); // it is being read
        answer();
        QVERIFY(m_watch->known().at(m_info.id).inside);
        QTest::qWait(60);
        m_watch->request(m_info);
        QCOMPARE(m_provider->timesAsked, 1);
        m_info.footprint.rootPids = { 2 }; // another start
        m_watch->request(m_info);
        QCOMPARE(m_provider->timesAsked, 2);
        QVERIFY(m_watch->known().empty());
    }

    /// A machine that boots slowly does not answer the first time.
    void asksAgainWhereThereWasNoAnswerInTime()
    {
        m_watch->request(m_info);
        const auto first = timeToTheNextProbe(); // as the limit of time ends one
        QVERIFY2(reasonShown().contains(QStringLiteral("no answer from inside within 30 s. Read it again")),
            qPrintable(reasonShown()));
        const auto second = timeToTheNextProbe();
        QVERIFY(!m_watch->known().empty()); // the reason stays until there is something better
        QVERIFY2(first >= kPause && second >= 2 * kPause, qPrintable(QStringLiteral("%1 %2").arg(first).arg(second)));
        answer();
        QVERIFY(m_watch->known().at(m_info.id).inside);
    }

    void saysWhyTheProbeFailed()
    {
        m_watch->request(m_info);
        m_provider->probe->end(Error{ ErrorCode::Unavailable, "the agent is gone", 0, "Restart it." });
        QVERIFY2(reasonShown().contains(QStringLiteral("the agent is gone. Restart it.")), qPrintable(reasonShown()));
    }

    void doesNotAskAgainWhereNothingCanBeRunInside()
    {
        FakeProvider silent(WorkloadKind::Container);
        m_registry->add(&silent);
        const WorkloadInfo info = makeWorkload(WorkloadKind::Container, QStringLiteral("mute"));
        silent.put(info);
        m_watch->request(info);
        QCOMPARE(m_watch->known().at(info.id).inside.error().code, ErrorCode::Unsupported);
        QVERIFY(!m_watch->known().at(info.id).inside.error().hint.empty());
        int changes = 0;
        connect(m_watch.get(), &IsolationWatch::changed, this, [&changes] { ++changes; });
        QTest::qWait(50);
        m_watch->request(info);
        QCOMPARE(changes, 0);
        m_watch.reset();
        m_registry.reset(); // before the provider
    }

    void forgetsWhatIsRemovedWhileItIsRead()
    {
        m_watch->request(m_info);
        m_provider->drop(m_info.id);
        QVERIFY(m_watch->known().empty());
        QCoreApplication::processEvents();
    }

private:
    /// Milliseconds from the end of the present probe, without an answer, to the next, while somebody asks all the
    /// time.
    qint64 timeToTheNextProbe()
    {
        QElapsedTimer passed;
        passed.start();
        const int before = m_provider->timesAsked;
        m_provider->probe->cancel();
        while (m_provider->timesAsked == before && passed.elapsed() < 30'000) {
            m_watch->request(m_info);
            QTest::qWait(2);
        }
        return m_provider->timesAsked == before + 1 ? passed.elapsed() : 0;
    }
    void answer()
    {
        const auto view = readOwnView();
        QVERIFY(view);
        m_provider->outcomeInside->output = encodeIsolationView(*view);
        m_provider->probe->end({});
    }

    /// In the tool tip of the kernel's cell.
    QString reasonShown() const
    {
        ComparedWorkload shown;
        shown.info = m_info;
        return isolationTable(std::span(&shown, 1), m_watch->known()).rows[0].cells[0].reason;
    }

    std::unique_ptr<WorkloadRegistry> m_registry;
    std::unique_ptr<AnsweringProvider> m_provider;
    std::unique_ptr<IsolationWatch> m_watch;
    WorkloadInfo m_info;
};

QTEST_MAIN(IsolationWatchTest)
#include "isolation_watch_test.moc"
