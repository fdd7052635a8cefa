// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/option_text.h"
#include "core/workload/workload_plan.h"

#include <QTest>

using namespace twinhull;

class NetworkTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatPeopleWrite()
    {
        const auto use = networkUseFromText(QStringLiteral("back:alias=db,store:ip=10.89.0.7,ip6=fd00::7,alias=x"));
        QVERIFY(use);
        QCOMPARE(use->name, QStringLiteral("back"));
        QCOMPARE(use->aliases, QStringList({ QStringLiteral("db"), QStringLiteral("store"), QStringLiteral("x") }));
        QCOMPARE(use->ipv4, QStringLiteral("10.89.0.7"));
        QCOMPARE(use->ipv6, QStringLiteral("fd00::7"));
        QVERIFY(*networkUseFromText(networkUseText(*use)) == *use);
        QCOMPARE(networkUseText({ QStringLiteral("back"), {}, {}, {} }), QStringLiteral("back"));
    }

    void refusesWhatMakesNoSense_data()
    {
        QTest::addColumn<QStringList>("texts");
        for (const char* text : { "", ":ip=10.0.0.1", "back:mac=1", "back:ip=10.0.0", "back:ip=fd00::1",
                 "back:ip6=10.0.0.1", "back:alias=", "back:alias=-a", "back:alias=a b", "back:ip" })
            QTest::newRow(text) << QStringList{ QString::fromLatin1(text) };
        QTest::newRow("a mode and a network") << QStringList{ QStringLiteral("host"), QStringLiteral("back") };
        QTest::newRow("twice") << QStringList{ QStringLiteral("back"), QStringLiteral("back:alias=a") };
        QTest::newRow("too many") << QStringList(17, QStringLiteral("n")); // the same, but that is looked at later
    }
    void refusesWhatMakesNoSense()
    {
        QFETCH(QStringList, texts);
        WorkloadPlan plan;
        const auto added = addNetworks(texts, plan);
        QVERIFY(!added);
        QCOMPARE(added.error().code, ErrorCode::InvalidArgument);
    }

    void knowsTheModes()
    {
        WorkloadPlan none;
        QVERIFY(addNetworks({ QStringLiteral("none") }, none) && !none.hasNetwork && none.networks.empty());
        WorkloadPlan host;
        QVERIFY(addNetworks({ QStringLiteral("host") }, host) && host.hasHostNetwork && host.hasNetwork);
        WorkloadPlan user;
        QVERIFY(addNetworks({ QStringLiteral("user") }, user) && user.hasNetwork && user.networks.empty());
        host.ports = { PublishedPort{} };
        QVERIFY(!checkNetworks(host));
    }
};

QTEST_GUILESS_MAIN(NetworkTextTest)
#include "network_text_test.moc"
