// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ip_subnet.h"

#include <QTest>

using namespace twinhull;

class IpSubnetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAndWrites()
    {
        for (const char* text : { "10.1.2.3", "0.0.0.0", "fd00::1", "::" })
            QCOMPARE(IpAddress::parse(text)->text(), std::string(text));
        for (const char* text : { "", "10.1.2", "10.1.2.3.4", "10.1.2.256", "fd00::g", "fe80::1%eth0", "10.1.2.3/24" })
            QVERIFY2(!IpAddress::parse(text), text);
        QCOMPARE(IpSubnet::parse("10.1.2.3/20")->text(), std::string("10.1.0.0/20"));
        QCOMPARE(IpSubnet::parse("fd00:0:0:5:1::/64")->text(), std::string("fd00:0:0:5::/64"));
        QCOMPARE(IpSubnet::parse("1.2.3.4/0")->text(), std::string("0.0.0.0/0"));
        for (const char* text :
            { "10.1.2.0", "10.1.2.0/", "10.1.2.0/33", "10.1.2.0/-1", "fd00::/129", "/24", "10.1.2.0/8x" })
            QVERIFY2(!IpSubnet::parse(text), text);
    }

    void knowsWhatIsInIt()
    {
        const auto subnet = *IpSubnet::parse("10.1.2.0/23");
        const auto has = [&](const char* text) { return subnet.contains(*IpAddress::parse(text)); };
        QVERIFY(has("10.1.2.0") && has("10.1.3.255"));
        QVERIFY(!has("10.1.4.0") && !has("10.1.1.255") && !has("::"));
        const auto isForHosts = [&](const char* text) { return subnet.isForHosts(*IpAddress::parse(text)); };
        QVERIFY(isForHosts("10.1.2.255") && isForHosts("10.1.3.0"));
        QVERIFY(!isForHosts("10.1.2.0") && !isForHosts("10.1.3.255"));
        QVERIFY(subnet.overlaps(*IpSubnet::parse("10.0.0.0/8")) && subnet.overlaps(*IpSubnet::parse("10.1.3.128/25")));
        QVERIFY(!subnet.overlaps(*IpSubnet::parse("10.1.4.0/24")) && !subnet.overlaps(*IpSubnet::parse("::/0")));
    }

    void countsItsAddresses()
    {
        QCOMPARE(IpSubnet::parse("10.1.2.0/23")->host(257)->text(), std::string("10.1.3.1"));
        QCOMPARE(IpSubnet::parse("fd00::/64")->host(0x10203)->text(), std::string("fd00::1:203"));
        QVERIFY(!IpSubnet::parse("10.1.2.0/30")->host(0) && !IpSubnet::parse("10.1.2.0/30")->host(3));
        QVERIFY(!IpSubnet::parse("255.255.255.0/24")->host(300));
    }
};

QTEST_GUILESS_MAIN(IpSubnetTest)
#include "ip_subnet_test.moc"
