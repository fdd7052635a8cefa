// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/listened_ports.h"

#include <QTest>

using namespace twinhull;

class ListenedPortsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void waitsAtEachOfItsAddresses()
    {
        const std::vector<PortForward> ports{ { kLocalhost, 8080, 80 }, { "0.0.0.0", 53, 53, PortTransport::Udp } };
        std::vector<PortForward> expected{ { "127.0.0.1", 8080, 80 } };
        if (hasIpv6Loopback())
            expected.push_back({ "::1", 8080, 80 });
        expected.push_back(ports[1]);
        QVERIFY(listenedPorts(ports) == expected);
        expected = { { "127.0.0.1", 8080, 80 }, ports[1] };
        QVERIFY(portsWithLocalhostAt(kLoopbackIpv4, ports) == expected);
    }

    void knowsWhoWaitsAtTheSameAddress()
    {
        QVERIFY(shareAnAddress("10.0.0.1", "10.0.0.1") && !shareAnAddress("10.0.0.1", "10.0.0.2"));
        for (const char* address : { kLoopbackIpv4, kLoopbackIpv6, kLocalhost })
            QVERIFY(shareAnAddress(kLocalhost, address) && shareAnAddress(address, kLocalhost));
        QVERIFY(!shareAnAddress(kLoopbackIpv4, kLoopbackIpv6) && !shareAnAddress(kLocalhost, "0.0.0.0"));
    }
};

QTEST_GUILESS_MAIN(ListenedPortsTest)
#include "listened_ports_test.moc"
