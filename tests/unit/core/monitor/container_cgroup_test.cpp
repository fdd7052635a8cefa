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
        QCOMPARE(ContainerCgroup(world.path().toStdString()).hasKilledForMemory(), hasKilled);
    }

    void saysNothingWithoutAMemoryController()
    {
        const test::TemporaryWorld world;
        QVERIFY(!ContainerCgroup(world.path().toStdString()).hasKilledForMemory());
        QVERIFY(!ContainerCgroup(world.path(QStringLiteral("gone")).toStdString()).hasKilledForMemory());
        QVERIFY(!ContainerCgroup().hasKilledForMemory());
    }
};

QTEST_GUILESS_MAIN(ContainerCgroupTest)
#include "container_cgroup_test.moc"
