// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/port_list_model.h"

#include "tests/support/fake_provider.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace twinhull;
using namespace twinhull::test;

class PortListTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsThePortsOfAllWorkloads()
    {
        WorkloadRegistry registry;
        FakeProvider provider(WorkloadKind::Vm);
        registry.add(&provider);
        PortListModel model(registry);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);

        WorkloadInfo info = makeWorkload(WorkloadKind::Vm, QStringLiteral("web"));
        info.ports = { { QStringLiteral("127.0.0.1"), 8080, 80 }, { QStringLiteral("127.0.0.1"), 8443, 443 } };
        provider.put(info);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(1, PortListModel::HostAddress).data().toString(), QStringLiteral("127.0.0.1:8443"));
        info.ports[1].hostAddress = QStringLiteral("localhost");
        provider.put(info);
        QVERIFY(
            model.index(1, PortListModel::HostAddress).data().toString().startsWith(QStringLiteral("127.0.0.1:8443")));

        info.state = WorkloadState::Stopped;
        provider.put(info);
        QCOMPARE(model.index(0, PortListModel::State).data().toString(), QStringLiteral("stopped"));
        provider.drop(info.id);
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_GUILESS_MAIN(PortListTest)
#include "networks_port_list_test.moc"
