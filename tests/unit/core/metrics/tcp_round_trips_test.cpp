// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/tcp_round_trips.h"

#include "tests/support/victim.h"

#include <QTest>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace twinhull;
using namespace twinhull::test;

namespace {

/// Both ends of a connection through loopback, in this process.
struct Connection {
    UniqueFd listener{ ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    UniqueFd client{ ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    UniqueFd server;

    bool open()
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener.fd(), generic, size) != 0 || ::listen(listener.fd(), 1) != 0
            || ::getsockname(listener.fd(), generic, &size) != 0 || ::connect(client.fd(), generic, size) != 0)
            return false;
        server = UniqueFd(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, 1> byte{ 'x' };
        for (int round = 0; round < 10; ++round) {
            for (const auto& [from, to] :
                { std::pair(client.fd(), server.fd()), std::pair(server.fd(), client.fd()) }) {
                if (::send(from, byte.data(), 1, 0) != 1 || ::recv(to, byte.data(), 1, 0) != 1)
                    return false;
            }
        }
        return true;
    }
};

/// As the kernel tells the owner of the socket.
std::uint64_t roundTripMicroseconds(const UniqueFd& socket)
{
    tcp_info info{};
    socklen_t size = sizeof info;
    (void)::getsockopt(socket.fd(), IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_rtt;
}

}

class TcpRoundTripsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isWhatTheKernelTellsTheOwners()
    {
        Connection connection;
        QVERIFY(connection.open());
        const auto ofBoth
            = [&] { return roundTripMicroseconds(connection.client) + roundTripMicroseconds(connection.server); };
        std::uint64_t both = 0;
        Reading<std::uint64_t> told;
        do { // the last acknowledgement comes late, and is a measurement as well
            both = ofBoth();
            told = TcpRoundTrips({}).medianOf(std::array{ ::getpid() });
        } while (ofBoth() != both);
        QVERIFY2(told, qPrintable(sentenceFor(told.needs())));
        QVERIFY(both > 0);
        QCOMPARE(*told, both * 500); // the middle of two
    }

    void needsAConnection()
    {
        QCOMPARE(TcpRoundTrips({}).medianOf({}).needs(), Needs::TcpConnections);
        QCOMPARE(TcpRoundTrips({}).medianOf(std::array{ ::getpid() }).needs(), Needs::TcpConnections);
        Connection onlyListens;
        QCOMPARE(::listen(onlyListens.listener.fd(), 1), 0);
        QCOMPARE(TcpRoundTrips({}).medianOf(std::array{ ::getpid() }).needs(), Needs::TcpConnections);
    }

    /// A container's own ends lie in its network, where the way to its helper is all that they measure.
    void leavesOutTheNetworksOfOthers()
    {
        Connection connection;
        QVERIFY(connection.open());
        Victim victim([](int, VictimReport& report) { report.child = ::unshare(CLONE_NEWUSER | CLONE_NEWNET); });
        TcpRoundTrips roundTrips({});
        QVERIFY(roundTrips.medianOf(std::array{ victim.pid() })); // it inherited both ends
        if (victim.doStep().child != 0)
            QSKIP("needs user and network namespaces");
        QCOMPARE(roundTrips.medianOf(std::array{ victim.pid() }).needs(), Needs::TcpConnections);
    }

    void asksTheKernelOnceForSeveralWorkloads()
    {
        TcpRoundTrips roundTrips({});
        Connection first;
        QVERIFY(first.open());
        const auto before = roundTrips.medianOf(std::array{ ::getpid() });
        QVERIFY(before);
        Connection second; // not in the table yet
        QVERIFY(second.open());
        QCOMPARE(*roundTrips.medianOf(std::array{ ::getpid() }), *before);
    }

    void skipsWhatEnded()
    {
        Victim victim([](int, VictimReport&) {});
        const pid_t pid = victim.pid();
        victim.end();
        QCOMPARE(TcpRoundTrips({}).medianOf(std::array{ pid }).needs(), Needs::TcpConnections);
    }
};

QTEST_GUILESS_MAIN(TcpRoundTripsTest)
#include "tcp_round_trips_test.moc"
