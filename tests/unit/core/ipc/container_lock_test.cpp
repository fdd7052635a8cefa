// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/ipc/container_lock.h"
#include "core/ipc/monitor_messages.h"

#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <future>
#include <unistd.h>

using namespace twinhull;
using namespace std::chrono_literals;

class ContainerLockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isHeldByOneAtATime()
    {
        auto first = lockContainer(folder());
        QVERIFY(first);
        const auto second = lockContainer(folder());
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::Busy);
        QVERIFY(!second.error().hint.empty());
        first->reset();
        QVERIFY(lockContainer(folder()));
    }

    void givesUpWhenPatienceEnds()
    {
        const auto first = lockContainer(folder());
        QVERIFY(first);
        const auto before = std::chrono::steady_clock::now();
        const auto second = lockContainerWithin(folder(), 50ms);
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::Busy);
        QVERIFY(std::chrono::steady_clock::now() - before >= 50ms);
    }

    void waitsForTheHolder()
    {
        auto first = lockContainer(folder());
        QVERIFY(first);
        auto second = std::async(std::launch::async, [this] { return lockContainerWithin(folder(), 30s); });
        QCOMPARE(second.wait_for(50ms), std::future_status::timeout);
        first->reset();
        QCOMPARE(second.wait_for(20s), std::future_status::ready);
        QVERIFY(second.get());
    }

    void aMonitorWaitsForWhoLooksIntoTheFiles()
    {
        auto visit = lockForVisit(folder(), {});
        QVERIFY(visit);
        QCOMPARE(lockContainerWithin(folder(), 0ms).error().code, ErrorCode::Busy);
        auto monitor = std::async(std::launch::async, [this] { return lockContainer(folder()); });
        QCOMPARE(monitor.wait_for(50ms), std::future_status::timeout);
        *visit = {};
        QCOMPARE(monitor.wait_for(20s), std::future_status::ready);
        QVERIFY(monitor.get());
    }

    void visitsTakeTurns()
    {
        auto first = lockForVisit(folder(), {});
        QVERIFY(first);
        const auto given = lockForVisit(folder(), [] { return true; });
        QVERIFY(!given);
        QCOMPARE(given.error().code, ErrorCode::Cancelled);
        const auto brief = lockForVisit(folder(), {}, 1ms);
        QVERIFY(!brief && brief.error().code == ErrorCode::Busy);
        QVERIFY2(brief.error().message.find("copied") != std::string::npos, brief.error().message.c_str());
        auto second
            = std::async(std::launch::async, [this] { return bool(lockForVisit(folder(), [] { return false; })); });
        QCOMPARE(second.wait_for(50ms), std::future_status::timeout);
        *first = {};
        QCOMPARE(second.wait_for(20s), std::future_status::ready);
        QVERIFY(second.get());
    }

    void whoWaitsForAMonitorsEndIsNotTakenForAVisitor()
    {
        auto monitor = lockContainer(folder());
        QVERIFY(monitor);
        auto visit = std::async(std::launch::async, [this] { return bool(lockForVisit(folder(), {})); });
        QCOMPARE(visit.wait_for(50ms), std::future_status::timeout);
        const std::string said = lockContainerWithin(folder(), 0ms).error().message;
        QVERIFY2(said.find("running") != std::string::npos, said.c_str());
        monitor->reset();
        QCOMPARE(visit.wait_for(20s), std::future_status::ready);
        QVERIFY(visit.get());
    }

    void doesNotVisitWhatMayRun()
    {
        const std::string record = folder() + "/" + kRunRecordName;
        QVERIFY(writeFileAtomically(record, "{}"));
        const auto visit = lockForVisit(folder(), {});
        QVERIFY(!visit);
        QCOMPARE(visit.error().code, ErrorCode::Busy);
        QCOMPARE(::unlink(record.c_str()), 0);
        QVERIFY(lockForVisit(folder(), {}));
    }

    void saysThatTheFolderIsMissing()
    {
        for (const auto patience : { 0ms, 10000ms }) {
            const auto locked = lockContainerWithin(folder() + "/missing", patience);
            QVERIFY(!locked);
            QVERIFY(locked.error().code != ErrorCode::Busy);
        }
    }

    void followsNoLink()
    {
        QVERIFY(writeFileAtomically(folder() + "/elsewhere", ""));
        const std::string lock = folder() + "/" + kMonitorLockName;
        (void)::unlink(lock.c_str()); // an earlier test's
        QCOMPARE(::symlink("elsewhere", lock.c_str()), 0);
        QVERIFY(!lockContainer(folder()));
    }

private:
    std::string folder() const { return m_folder.path().toStdString(); }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(ContainerLockTest)
#include "container_lock_test.moc"
