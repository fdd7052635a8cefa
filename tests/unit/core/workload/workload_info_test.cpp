// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/workload_info.h"

#include <QSet>
#include <QTest>

using namespace twinhull;

class WorkloadInfoTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void measuresStartUpFromTheRequest()
    {
        WorkloadInfo info;
        info.startupMarks
            = { { QStringLiteral("request"), 100 }, { QStringLiteral("exec"), 250 }, { QStringLiteral("ready"), 400 } };
        QCOMPARE(startupNanoseconds(info).value(), std::int64_t{ 300 });
        QCOMPARE(startupNanoseconds(info, QStringLiteral("exec")).value(), std::int64_t{ 150 });
    }

    void hasNoStartUpTimeWithoutBothMarks()
    {
        WorkloadInfo info;
        QVERIFY(!startupNanoseconds(info));
        info.startupMarks = { { QStringLiteral("request"), 100 } };
        QVERIFY(!startupNanoseconds(info));
        info.startupMarks = { { QStringLiteral("exec"), 100 }, { QStringLiteral("ready"), 400 } };
        QVERIFY(!startupNanoseconds(info));
    }

    void tellsTheKindsApartByTheSameKey()
    {
        const WorkloadId container{ WorkloadKind::Container, QStringLiteral("web") };
        const WorkloadId vm{ WorkloadKind::Vm, QStringLiteral("web") };
        QVERIFY(container != vm);
        QVERIFY(container < vm);
        QVERIFY(!(vm < container));
        const QSet<WorkloadId> both{ container, vm, container };
        QCOMPARE(both.size(), 2);
    }

    void isEqualByAllItsValues()
    {
        WorkloadInfo first;
        first.id.key = QStringLiteral("web");
        WorkloadInfo second = first;
        QVERIFY(first == second);
        second.footprint.helperPids = { 7 };
        QVERIFY(!(first == second));
    }

    void knowsAnEmptyFootprintByItsRoots()
    {
        HostFootprint footprint;
        footprint.helperPids = { 7 };
        QVERIFY(footprint.isEmpty());
        footprint.rootPids = { 8 };
        QVERIFY(!footprint.isEmpty());
    }

    void hasFiguresWhereItsProcessesAreOutOfReach()
    {
        HostFootprint footprint;
        QVERIFY(!footprint.hasFigures()); // it does not run
        footprint.reach = HostFootprint::Reach::OfAnotherUser;
        QVERIFY(footprint.isEmpty() && footprint.hasFigures());
    }
};

QTEST_GUILESS_MAIN(WorkloadInfoTest)
#include "workload_info_test.moc"
