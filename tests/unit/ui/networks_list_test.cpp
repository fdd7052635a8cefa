// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/networks/network_list_model.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace twinhull;

class NetworksListTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsNetworksAndTheirUsers()
    {
        NetworkListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        const NetworkDefinition back{ "back", "10.89.0.0/24", "10.89.0.1", "fd00::/64", "fd00::1", true, {}, 0 };
        const NetworkDefinition front{ "front", "10.89.1.0/24", "10.89.1.1", {}, {}, false, {}, 0 };
        model.setNetworks({ { back, { QStringLiteral("db"), QStringLiteral("web") }, {} }, { front, {}, {} } });
        const auto text = [&model](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(text(0, NetworkListModel::Subnets), QStringLiteral("10.89.0.0/24, fd00::/64"));
        QCOMPARE(text(0, NetworkListModel::WayOut), QStringLiteral("none: internal"));
        QCOMPARE(text(0, NetworkListModel::Users), QStringLiteral("db, web"));
        QCOMPARE(text(1, NetworkListModel::Users), QStringLiteral("nobody"));
        QVERIFY(model.networkAt(model.index(1, 0))->definition == front);
        QVERIFY(model.networkAt({}) == nullptr);
    }
};

QTEST_GUILESS_MAIN(NetworksListTest)
#include "networks_list_test.moc"
