// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vms/guest/guest_facts.h"

#include <QTest>

using namespace twinhull;

class GuestFactsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsByWhichCardAnAddressIsReached()
    {
        const QByteArray xml = R"(<domain type='qemu'><devices>
            <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>
            <interface type='user'><mac address='52:54:00:00:00:02'/></interface>
            <interface type='vhostuser'><mac address='52:54:00:00:00:03'/><backend type='passt'/></interface>
            </devices></domain>)";
        const auto by = [](const char* mac) {
            return GuestAddress{ QStringLiteral("192.168.1.1"), 24, {}, QString::fromLatin1(mac),
                GuestAddress::Source::Agent };
        };
        std::vector<GuestAddress> addresses{ by("52:54:00:00:00:01"), by("52:54:00:00:00:02"), by("52:54:00:00:00:03"),
            by("02:42:AC:11:00:02"), by("") };
        markWays(addresses, xml);
        QCOMPARE(addresses[0].way, GuestAddress::Way::Card);
        QCOMPARE(addresses[1].way, GuestAddress::Way::UserNetwork);
        QCOMPARE(addresses[2].way, GuestAddress::Way::UserNetwork);
        QCOMPARE(addresses[3].way, GuestAddress::Way::Inside);
        QCOMPARE(addresses[4].way, GuestAddress::Way::Inside);
        QVERIFY(addresses[0].isReachable() && !addresses[1].isReachable());
    }
};

QTEST_GUILESS_MAIN(GuestFactsTest)

#include "guest_facts_test.moc"
