// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/container_cgroup.h"

#include "core/base/files.h"
#include "tests/support/temporary_world.h"

#include <QTest>

using namespace twinhull;

/// What a container's cgroup tells its monitor; lab.watched shows it where the kernel writes these files.
class ContainerCgroupTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsWhetherTheKernelKilled_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("hasKilled");
        QTest::newRow("none") << QByteArray("low 0\nhigh 3\nmax 12\noom 1\noom_kill 0\noom_group_kill 0\n") << false;
        QTest::newRow("one") << QByteArray("low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 0\n") << true;
        QTest::newRow("many") << QByteArray("low 0\nhigh 0\nmax 12\noom 1\noom_kill 20\n") << true;
        QTest::newRow("the group's count alone") << QByteArray("low 0\noom_group_kill 4\n") << false;
        QTest::newRow("an empty file") << QByteArray() << false;
    }
    void tellsWhetherTheKernelKilled()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, hasKilled);
        const test::TemporaryWorld world;
        QVERIFY(writeFileAtomically(world.path(QStringLiteral("memory.events")).toStdString(), text.toStdString()));
        const ContainerCgroup cgroup(world.path().toStdString());
        QCOMPARE(cgroup.wasEndedForMemory(137), hasKilled);
        QCOMPARE(cgroup.wasEndedForMemory(1), hasKilled);
        QVERIFY(!cgroup.wasEndedForMemory(0));
    }

    void saysNothingWithoutAMemoryController()
    {
        const test::TemporaryWorld world;
        QVERIFY(!ContainerCgroup(world.path().toStdString()).wasEndedForMemory(137));
        QVERIFY(!ContainerCgroup(world.path(QStringLiteral("gone")).toStdString()).wasEndedForMemory(137));
        QVERIFY(!ContainerCgroup().wasEndedForMemory(137));
    }

    /// As systemd removes the cgroup of a scope as soon as nothing is in it.
    void asksTheOneAboveWhenItsOwnIsGone()
    {
        const test::TemporaryWorld world;
        const std::string above = world.path(QStringLiteral("memory.events")).toStdString();
        const std::string folder = world.path(QStringLiteral("scope")).toStdString();
        QVERIFY(makeFolders(folder));
        QVERIFY(writeFileAtomically(above, "oom 3\noom_kill 3\n"));
        QVERIFY(writeFileAtomically(folder + "/memory.events", "oom 0\noom_kill 0\n"));
        const ContainerCgroup cgroup(folder);
        QVERIFY(!cgroup.wasEndedForMemory(137));
        QVERIFY(removeTree(folder));
        QVERIFY(!cgroup.wasEndedForMemory(137)); // something else killed it
        QVERIFY(writeFileAtomically(above, "oom 4\noom_kill 4\n"));
        QVERIFY(cgroup.wasEndedForMemory(137));
        QVERIFY(!cgroup.wasEndedForMemory(1)); // it ended by itself; the count may be another's
    }
};

QTEST_GUILESS_MAIN(ContainerCgroupTest)
#include "container_cgroup_test.moc"
