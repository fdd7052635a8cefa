// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compose/compose_job.h"
#include "core/compose/compose_labels.h"
#include "tests/support/fake_provider.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;
using test::FakeProvider;

/// Two that start one application at a time, as a window and a command line do.
class ComposeLockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_containers = std::make_unique<FakeProvider>(WorkloadKind::Container);
        putStopped("shop", "db", {});
        putStopped("shop", "web", QStringLiteral("db:service_healthy:false"));
        putStopped("blog", "page", {});
    }

    void refusesASecondStartUntilTheFirstHasEnded()
    {
        const auto first = composeStartJob(world(), QStringLiteral("shop"), {});
        first->start();
        QTRY_COMPARE(m_containers->log, QStringList{ QStringLiteral("start shop-db") });
        QVERIFY(!first->isFinished()); // it waits until the database is healthy
        const auto second = composeStartJob(world(), QStringLiteral("shop"), {});
        const auto refused = runIt(*second);
        QVERIFY(!refused && refused.error().code == ErrorCode::Busy);
        QVERIFY2(refused.error().message.find("shop is being started already") != std::string::npos,
            refused.error().message.c_str());
        QCOMPARE(m_containers->log.size(), 1);
        ComposeProject project;
        project.name = QStringLiteral("shop");
        const auto up = composeUpJob(world(), project, {}, {});
        const auto alsoRefused = runIt(*up);
        QVERIFY(!alsoRefused && alsoRefused.error().code == ErrorCode::Busy);
        QVERIFY(runIt(*composeStartJob(world(), QStringLiteral("blog"), {}))); // another application

        auto database = m_containers->workloads().front();
        database.health = Health::Healthy;
        m_containers->put(database);
        QTRY_VERIFY(first->isFinished());
        QVERIFY(first->result());
        QCOMPARE(m_containers->log.last(), QStringLiteral("start shop-web"));
        QVERIFY(runIt(*composeStartJob(world(), QStringLiteral("shop"), {}))); // though the first job is still there
    }

    void isFreeAgainAfterACancelledOne()
    {
        const auto first = composeStartJob(world(), QStringLiteral("shop"), {});
        first->start();
        QTRY_COMPARE(m_containers->log.size(), 1);
        first->cancel();
        QTRY_VERIFY(first->isFinished());
        const auto next = composeStartJob(world(), QStringLiteral("shop"), { QStringLiteral("db") });
        QVERIFY(runIt(*next));
    }

private:
    ComposeWorld world() { return { m_world.folders(), m_images, *m_containers }; }

    static Result<> runIt(Job& job)
    {
        job.start();
        if (!QTest::qWaitFor([&job] { return job.isFinished(); }, 30'000))
            return Error{ ErrorCode::Timeout, "it did not end", 0, {} };
        return job.result();
    }

    void putStopped(const char* project, const char* service, const QString& needs)
    {
        const QString name = QLatin1String(project) + QStringLiteral("-") + QLatin1String(service);
        auto info = test::makeWorkload(WorkloadKind::Container, name, WorkloadState::Stopped);
        info.labels = { { kProjectLabel, QLatin1String(project) }, { kServiceLabel, QLatin1String(service) },
            { kDependenciesLabel, needs } };
        info.health = Health::Starting;
        m_containers->put(info);
    }

    test::TemporaryWorld m_world;
    ImageStore m_images{ m_world.folders() };
    std::unique_ptr<FakeProvider> m_containers;
};

QTEST_GUILESS_MAIN(ComposeLockTest)
#include "compose_lock_test.moc"
