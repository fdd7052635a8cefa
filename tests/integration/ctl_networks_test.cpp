// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ctl_world.h"

#include <QTest>

using namespace twinhull::test;

/// "twinhullctl network", and --network of run.
class CtlNetworksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem())); }

    void makesAndTells()
    {
        const auto made = ctl({ "network", "create", "--subnet", "10.203.0.0/24", "--gateway", "10.203.0.9", "--ipv6",
            "--internal", "--label", "a=b", "back" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QCOMPARE(ctl({ "network", "create", "back" }).exitCode, 4);
        QCOMPARE(ctl({ "network", "create", "host" }).exitCode, 2);
        QCOMPARE(ctl({ "network", "create", "--subnet", "10.203.0.0/16", "other" }).exitCode, 4);
        const auto run
            = ctl({ "run", "--name", "web", "--network", "back:alias=www:ip=10.203.0.7", "starter", "sleep", "1000" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        const auto all = ctl({ "network", "list", "--json" }).json().array();
        QCOMPARE(all.size(), 1);
        QCOMPARE(all[0][u"used_by"].toArray(), QJsonArray{ QStringLiteral("web") });
        const auto one = ctl({ "network", "inspect", "back" }).json().array()[0].toObject();
        QCOMPARE(one[u"subnets"][0][u"gateway"].toString(), QStringLiteral("10.203.0.9"));
        QCOMPARE(one[u"containers"][0][u"ipv4"].toString(), QStringLiteral("10.203.0.7"));
        QCOMPARE(one[u"labels"][u"a"].toString(), QStringLiteral("b"));
        QVERIFY(one[u"internal"].toBool());
        const auto inside = ctl({ "exec", "web", "ip", "-o", "-4", "address", "show", "eth0" });
        QVERIFY2(inside.out.contains("10.203.0.7/24"), qPrintable(inside.text()));
        const auto refused = ctl({ "network", "remove", "back" });
        QVERIFY2(refused.exitCode != 0 && refused.err.contains("web"), qPrintable(refused.text()));
        CtlWorld::removeContainers();
        QCOMPARE(ctl({ "network", "remove", "back" }).exitCode, 0);
        QCOMPARE(ctl({ "network", "inspect", "back" }).exitCode, 3);
        QCOMPARE(ctl({ "run", "--name", "x", "--network", "back", "starter" }).exitCode, 3);
        QCOMPARE(ctl({ "run", "--name", "x", "--network", "back", "--network", "none", "starter" }).exitCode, 2);
    }

private:
    CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlNetworksTest)
#include "ctl_networks_test.moc"
