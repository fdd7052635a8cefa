// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/keeper/ruleset.h"

#include <QTest>

using namespace twinhull;

class RulesetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void letsOnlyWhatIsMeantThrough()
    {
        const BridgeRules open{ "th0", *IpAddress::parse("10.89.0.1"), IpAddress::parse("fd00::1"), false };
        const BridgeRules closed{ "th1", *IpAddress::parse("10.89.1.1"), {}, true };
        const PortRule port{ PortTransport::Udp, 20'000, *IpAddress::parse("10.89.0.2"), 53 };
        const auto text = QString::fromStdString(rulesetText({ open, closed }, { port }));
        QCOMPARE(text.count(QStringLiteral("policy drop")), 2); // forward and input
        QVERIFY(text.contains(QStringLiteral("iifname \"th0\" oifname \"tap0\" accept")));
        QVERIFY(!text.contains(QStringLiteral("iifname \"th1\" oifname \"tap0\"")));
        QVERIFY(text.contains(QStringLiteral("iifname \"th1\" oifname \"th1\" accept")));
        QCOMPARE(text.count(QStringLiteral("oifname \"th")), 2); // none to another
        QVERIFY(text.contains(QStringLiteral("iifname \"th0\" ip6 daddr fd00::1 udp dport 53 accept")));
        QVERIFY(text.contains(QStringLiteral("iifname \"th1\" ip daddr 10.89.1.1 udp dport 53 accept")));
        QVERIFY(text.contains(QStringLiteral("iifname \"th0\" ip daddr 10.89.0.1 tcp dport 53 dnat ip to 10.0.2.3")));
        QCOMPARE(text.count(QStringLiteral("tcp dport 53")), 1); // an internal one asks nobody
        QVERIFY(text.contains(QStringLiteral("iifname \"tap0\" udp dport 20000 dnat ip to 10.89.0.2:53")));
        QCOMPARE(text.count(u'{'), text.count(u'}'));
    }
};

QTEST_GUILESS_MAIN(RulesetTest)
#include "ruleset_test.moc"
