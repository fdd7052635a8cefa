// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/ipc/container_folder.h"
#include "tests/support/container_world.h"

#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

/// Checkpoint and restore of a person's containers by the real criu: for the lab's guest, whose kernel and criu belong
/// together. integration.ctl_checkpoint has what can go wrong.
class ContainerCheckpointTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(!findExecutable("criu").empty(), "this test is for the lab's guest, which has criu");
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
        const auto can = m_world->provider().canCheckpoint();
        QVERIFY2(can, can ? "" : can.error().toLine().c_str());
    }
    void cleanup()
    {
        if (QTest::currentTestFailed()) {
            for (const char* name : { "/log/dump.log", "/log/restore.log" }) {
                const auto said = readFile(folder() + name);
                qWarning() << name << (said ? QByteArray::fromStdString(*said).right(4000) : QByteArray("none"));
            }
        }
        const auto removed = m_world->remove(QStringLiteral("web"));
        QVERIFY2(removed, removed ? "" : removed.error().toLine().c_str());
    }
    void cleanupTestCase() { m_world.reset(); }

    /// Its count goes on, in its log as well, and so does its file.
    void goesOnWhereItWas()
    {
        run();
        QTRY_VERIFY_WITH_TIMEOUT(lastCount() >= 3, kLong);
        QVERIFY(work(m_world->provider().checkpoint(id(), {})));
        QCOMPARE(m_world->info(QStringLiteral("web")).isCheckpointed, true);
        const int saved = lastCount();
        QVERIFY(work(m_world->provider().restoreCheckpoint(id(), AfterRestore::Remove)));
        QTRY_VERIFY_WITH_TIMEOUT(lastCount() > saved, kLong);
        QCOMPARE(m_world->log(QStringLiteral("web")).count("count 2\n"), 1); // not from its beginning
        QVERIFY(!exists(folder() + "/checkpoint"));
        QVERIFY(work(m_world->provider().stop(id(), StopMode::Force)));
        QCOMPARE(m_world->info(QStringLiteral("web")).isCheckpointed, false);
    }

    /// Of one that was left running by the checkpoint before.
    void canBeSavedAgain()
    {
        run();
        QTRY_VERIFY_WITH_TIMEOUT(lastCount() >= 3, kLong);
        CheckpointChoice choice;
        choice.leavesRunning = true;
        QVERIFY(work(m_world->provider().checkpoint(id(), choice)));
        const int left = lastCount();
        QTRY_VERIFY_WITH_TIMEOUT(lastCount() > left + 2, kLong);
        QVERIFY(work(m_world->provider().checkpoint(id(), {})));
        QVERIFY(work(m_world->provider().restoreCheckpoint(id(), AfterRestore::Keep)));
        QTRY_VERIFY_WITH_TIMEOUT(lastCount() > left + 4, kLong);
        QVERIFY(exists(folder() + "/checkpoint"));
    }

    /// The helper's network is made anew: the same address, and the port answers from outside.
    void hasItsNetworkAgain()
    {
        auto plan = ContainerWorld::plan(QStringLiteral("web")); // its HTTP server
        plan.hasNetwork = true;
        const auto port = freePort();
        plan.ports = { { QStringLiteral("127.0.0.1"), port, 8080 } };
        QVERIFY(m_world->create(plan) && m_world->start(QStringLiteral("web")));
        QVERIFY(!httpGet(port, kPage, kPatience).isEmpty());
        CheckpointChoice choice;
        choice.closesConnections = true; // those of just now may still be closing
        QVERIFY(work(m_world->provider().checkpoint(id(), choice)));
        QVERIFY(httpGetOnce(port, kPage).isEmpty());
        QVERIFY(work(m_world->provider().restoreCheckpoint(id(), AfterRestore::Remove)));
        QVERIFY(!httpGet(port, kPage, kPatience).isEmpty());
    }

private:
    static constexpr int kLong = 60'000; // it is emulated
    static constexpr std::chrono::seconds kPatience{ 60 };
    static constexpr const char* kPage = "/";

    void run()
    {
        auto plan = ContainerWorld::script(QStringLiteral("web"),
            QStringLiteral(
                "exec 3> /kept; i=0; while :; do i=$((i + 1)); echo count $i; echo $i >&3; sleep 0.2; done"));
        plan.process.user = QStringLiteral("0"); // its file lies in the writable layer
        const auto made = m_world->create(plan);
        QVERIFY2(made, made ? "" : made.error().toLine().c_str());
        const auto started = m_world->start(QStringLiteral("web"));
        QVERIFY2(started, started ? "" : started.error().toLine().c_str());
    }

    WorkloadId id() const { return m_world->info(QStringLiteral("web")).id; }
    std::string folder() const { return ContainerFolder(m_world->folders(), id().key.toStdString()).path(); }

    int lastCount() const
    {
        const auto text = m_world->log(QStringLiteral("web"));
        return text.mid(text.lastIndexOf("count ") + 6).trimmed().toInt();
    }

    static bool work(std::unique_ptr<Job> job)
    {
        const auto done = runJob(*job);
        if (!done)
            qWarning() << done.error().toLine().c_str();
        return static_cast<bool>(done);
    }

    std::unique_ptr<ContainerWorld> m_world;
};

QTEST_GUILESS_MAIN(ContainerCheckpointTest)
#include "container_checkpoint_test.moc"
