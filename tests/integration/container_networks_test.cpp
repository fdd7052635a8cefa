// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/networks/networks.h"
#include "tests/support/container_world.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <csignal>

using namespace twinhull;
using namespace twinhull::test;

/// Networks of a person's own, with real traffic between real containers.
class ContainerNetworksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
        make("back", { QStringLiteral("10.201.0.0/24"), QStringLiteral("fd42:42::/64") }, false);
        make("apart", { QStringLiteral("10.202.0.0/24"), QStringLiteral("fd42:43::/64") }, true);
    }

    void cleanup()
    {
        for (const auto& info : m_world->provider().workloads())
            QVERIFY(succeeds(m_world->remove(info.name)));
    }

    void cleanupTestCase() { m_world.reset(); }

    /// Names are asked for by nslookup: the lookup of the image's other programs needs libraries that it has not.
    void findEachOther()
    {
        server();
        const auto said = run(inNetwork(QStringLiteral("back"),
            QStringLiteral("for host in 10.201.0.50 fd42:42::50; do\n"
                           "  until get $host | grep -q '<html'; do sleep 0.5; done; echo $host\n"
                           "done\n"
                           "for name in web www WWW; do nslookup -type=a $name | grep -o 10.201.0.50; done\n"
                           "nslookup -type=aaaa web fd42:42::1 | grep -o fd42:42::50\n"
                           "nslookup -type=mx web 10.201.0.1 | grep -c NXDOMAIN\n"
                           "cat /etc/resolv.conf")));
        QCOMPARE(said,
            QByteArray("10.201.0.50\nfd42:42::50\n10.201.0.50\n10.201.0.50\n10.201.0.50\nfd42:42::50\n0\nnameserver "
                       "10.201.0.1\n"));
    }

    /// Neither by name nor by address, nor the gateway of the other network, nor out of an internal one.
    void areApart()
    {
        server();
        const auto said = run(inNetwork(QStringLiteral("apart"),
            QStringLiteral("nslookup -type=a web | grep -o NXDOMAIN | head -n 1\n"
                           "get 10.201.0.50 || echo no v4\n"
                           "get fd42:42::50 || echo no v6\n"
                           "ip route add default via 10.202.0.1 2>&1 | grep -o 'not permitted'\n"
                           "timeout 1 nslookup -type=a web 10.201.0.1 | grep 10.201.0.50 || echo no server\n"
                           "nc -w 1 10.0.2.3 53 </dev/null || echo no way out")));
        QCOMPARE(said, QByteArray("NXDOMAIN\nno v4\nno v6\nnot permitted\nno server\nno way out\n"));
    }

    /// A container that may route as it likes gets no further: the rules are the keeper's.
    void staysApartWithItsOwnRoutes()
    {
        server();
        auto plan = inNetwork(QStringLiteral("apart"),
            QStringLiteral(
                "ip route add default via 10.202.0.1 && ip -6 route add default via fd42:43::1 && echo 0 routed\n"
                "(get 10.201.0.50 || echo 1 no v4 & get fd42:42::50 || echo 2 no v6 &\n"
                "timeout 2 nslookup -type=a web 10.201.0.1 | grep 10.201.0.50 || echo 3 no server &\n"
                "nc -w 2 10.0.2.3 53 </dev/null || echo 4 no way out & wait) | sort"));
        plan.process.user = QStringLiteral("0");
        plan.security.addedCapabilities = { QStringLiteral("CAP_NET_ADMIN") };
        QCOMPARE(run(plan), QByteArray("0 routed\n1 no v4\n2 no v6\n3 no server\n4 no way out\n"));
    }

    void knowsTheNamesOfAllItsNetworks()
    {
        server();
        auto plan = inNetwork(QStringLiteral("apart"),
            QStringLiteral("nslookup -type=a www | grep -o 10.201.0.50; get 10.201.0.50 | "
                           "grep -c '<html'; ls /sys/class/net; cat /etc/resolv.conf"));
        plan.networks.push_back({ QStringLiteral("back"), {}, {}, {} });
        QCOMPARE(run(plan), QByteArray("10.201.0.50\n1\neth0\neth1\nlo\nnameserver 10.201.0.1\n"));
    }

    void isReachedAndReachesOut()
    {
        const auto port = freePort();
        server(port);
        QVERIFY(httpGet(port, "/").contains("<html"));
        QVERIFY(answersOverIpv6(port));
        const std::string address = ownAddress();
        if (address.empty())
            QSKIP("this computer has no address beside its loopback's");
        QTcpServer listener;
        QVERIFY(listener.listen(QHostAddress(QString::fromStdString(address))));
        connect(&listener, &QTcpServer::newConnection, &listener, [&listener] {
            auto* socket = listener.nextPendingConnection();
            socket->write("reached\n");
            socket->disconnectFromHost();
        });
        const auto said = run(inNetwork(QStringLiteral("back"),
            QStringLiteral("nc -w 2 %1 %2 </dev/null; nc -w 1 127.0.0.1 %2 </dev/null || echo own loopback\n"
                           "nc -w 1 10.0.2.2 %2 </dev/null || echo not the loopback here")
                .arg(QString::fromStdString(address))
                .arg(listener.serverPort())));
        QCOMPARE(said, QByteArray("reached\nown loopback\nnot the loopback here\n"));
        QVERIFY(succeeds(m_world->stop(QStringLiteral("web"), StopMode::Force)));
        QVERIFY(httpGetOnce(port, "/").isEmpty());
    }

    void answersUnderAFlood()
    {
        server();
        const auto said = run(inNetwork(QStringLiteral("back"),
            QStringLiteral("for i in $(seq 1 300); do nslookup -type=a x$i.example & done >/dev/null\n"
                           "nslookup -type=a web | grep -o 10.201.0.50")));
        QCOMPARE(said, QByteArray("10.201.0.50\n"));
    }

    void isFoundByItsNewNameWhileItRuns()
    {
        server();
        const auto id = m_world->info(QStringLiteral("web")).id;
        QVERIFY(succeeds(runJob(*m_world->provider().rename(id, QStringLiteral("Shop")))));
        const auto said = run(inNetwork(QStringLiteral("back"),
            QStringLiteral("for name in shop www; do nslookup -type=a $name | grep -o 10.201.0.50; done\n"
                           "nslookup -type=a web | grep -o NXDOMAIN | head -n 1")));
        QCOMPARE(said, QByteArray("10.201.0.50\n10.201.0.50\nNXDOMAIN\n"));
    }

    void hasNoneOrThisComputers()
    {
        auto none = ContainerWorld::script(kName, QStringLiteral("ls /sys/class/net"));
        QCOMPARE(run(none), QByteArray("lo\n"));
        QVERIFY(succeeds(m_world->remove(kName)));
        auto host = ContainerWorld::script(kName, QStringLiteral("readlink /proc/self/ns/net"));
        host.hasNetwork = true;
        host.hasHostNetwork = true;
        char own[64] = {};
        QVERIFY(::readlink("/proc/self/ns/net", own, sizeof own - 1) > 0);
        QCOMPARE(run(host).trimmed(), QByteArray(own));
    }

    void theKeeperEndsWithTheLast()
    {
        server();
        const pid_t keeper = keeperPid();
        QVERIFY(keeper > 0);
        QVERIFY(succeeds(m_world->stop(QStringLiteral("web"), StopMode::Force)));
        QTRY_VERIFY(::kill(keeper, 0) != 0 || isDead(keeper));
        QCOMPARE(keeperPid(), 0);
    }

    void aKilledKeeperIsFollowedByAnother()
    {
        const auto port = freePort();
        server(port);
        auto other = inNetwork(QStringLiteral("apart"), QStringLiteral("sleep 1000"));
        other.name = QStringLiteral("other");
        QVERIFY(succeeds(m_world->create(other)) && succeeds(m_world->start(other.name)));
        const pid_t keeper = keeperPid();
        QVERIFY(keeper > 0);
        QCOMPARE(::kill(keeper, SIGKILL), 0);
        for (const QString& name : { QStringLiteral("web"), other.name })
            QTRY_VERIFY(m_world->info(name).stateReason.contains(QStringLiteral("made anew")));
        QVERIFY(keeperPid() != keeper);
        QVERIFY(httpGet(port, "/").contains("<html"));
        QVERIFY(answersOverIpv6(port));
        QCOMPARE(run(inNetwork(QStringLiteral("back"), QStringLiteral("nslookup -type=a www | grep -o 10.201.0.50"))),
            QByteArray("10.201.0.50\n"));
    }

    /// The next monitor finds the keeper, or starts one where that was killed too.
    void staysWhenItsMonitorIsKilled_data()
    {
        QTest::addColumn<bool>("killsTheKeeper");
        QTest::newRow("the monitor alone") << false;
        QTest::newRow("both") << true;
    }
    void staysWhenItsMonitorIsKilled()
    {
        QFETCH(bool, killsTheKeeper);
        const auto port = freePort();
        server(port);
        const auto helpers = [this] { return m_world->info(QStringLiteral("web")).footprint.helperPids; };
        const pid_t monitor = helpers().front();
        const pid_t keeper = keeperPid();
        QCOMPARE(::kill(monitor, SIGKILL), 0);
        if (killsTheKeeper)
            QCOMPARE(::kill(keeper, SIGKILL), 0);
        QTRY_VERIFY(!helpers().empty() && helpers().front() != monitor);
        QVERIFY(httpGet(port, "/").contains("<html"));
        QVERIFY(answersOverIpv6(port));
        QCOMPARE(keeperPid() == keeper, !killsTheKeeper);
        QVERIFY(succeeds(m_world->stop(QStringLiteral("web"), StopMode::Force)));
        QTRY_COMPARE(keeperPid(), 0);
    }

    void namesWhatCannotBe()
    {
        const auto created = m_world->create(inNetwork(QStringLiteral("nowhere"), QStringLiteral("true")));
        QVERIFY(!created);
        QCOMPARE(created.error().code, ErrorCode::NotFound);
        QVERIFY2(created.error().message.find("nowhere") != std::string::npos, created.error().message.c_str());
        server();
        QCOMPARE(removeNetwork(m_world->folders(), QStringLiteral("back")).error().code, ErrorCode::Busy);
        const auto back = findNetwork(m_world->folders(), QStringLiteral("back"));
        QVERIFY(back && back->members.size() == 1);
        QCOMPARE(back->members.front().ipv6, QStringLiteral("fd42:42::50"));
        auto same = inNetwork(QStringLiteral("back"), QStringLiteral("true"));
        same.networks.front().ipv4 = QStringLiteral("10.201.0.50");
        QVERIFY(succeeds(m_world->create(same)));
        const auto started = m_world->start(kName);
        QVERIFY(!started);
        QCOMPARE(started.error().code, ErrorCode::Busy);
        QVERIFY2(started.error().message.find("10.201.0.50") != std::string::npos, started.error().message.c_str());
    }

private:
    void make(const char* name, const QStringList& subnets, bool isInternal)
    {
        const auto made
            = createNetwork(m_world->folders(), { QString::fromLatin1(name), subnets, {}, false, isInternal, {} });
        QVERIFY2(made, made ? "" : made.error().message.c_str());
    }

    static WorkloadPlan inNetwork(const QString& network, const QString& script)
    {
        const auto get = QStringLiteral(
            "exec 2>/dev/null\nget() { (printf 'GET / HTTP/1.0\\r\\n\\r\\n'; sleep 0.5) | nc -w 2 $1 8080; }\n");
        auto plan = ContainerWorld::script(kName, get + script);
        plan.hasNetwork = true;
        plan.networks = { { network, {}, {}, {} } };
        return plan;
    }

    /// The starter image's web server, as "web" and "www" of "back".
    void server(std::uint16_t port = 0)
    {
        auto plan = ContainerWorld::plan(QStringLiteral("web"));
        plan.hasNetwork = true;
        plan.networks = { { QStringLiteral("back"), { QStringLiteral("www") }, QStringLiteral("10.201.0.50"),
            QStringLiteral("fd42:42::50") } };
        if (port != 0)
            plan.ports = { PublishedPort{ QStringLiteral("127.0.0.1"), port, 8080 } };
        if (port != 0 && hasIpv6Loopback())
            plan.ports.push_back({ QStringLiteral("::1"), port, 8080 });
        QVERIFY(succeeds(m_world->create(plan)));
        QVERIFY(succeeds(m_world->start(plan.name)));
    }

    static bool hasIpv6Loopback()
    {
        QTcpServer server;
        return server.listen(QHostAddress::LocalHostIPv6);
    }

    /// True where this computer has no loopback of IPv6.
    static bool answersOverIpv6(std::uint16_t port)
    {
        return !hasIpv6Loopback()
            || QTest::qWaitFor(
                [&] {
                    QTcpSocket socket;
                    socket.connectToHost(QHostAddress::LocalHostIPv6, port);
                    (void)QTest::qWaitFor([&] { return socket.state() != QAbstractSocket::ConnectingState; }, 2000);
                    socket.write("GET / HTTP/1.0\r\n\r\n");
                    (void)QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, 2000);
                    return socket.readAll().contains("<html");
                },
                kTestPatienceMilliseconds);
    }

    QByteArray run(const WorkloadPlan& plan)
    {
        if (!succeeds(m_world->create(plan)) || !succeeds(m_world->start(plan.name)))
            return "not started";
        if (!QTest::qWaitFor([&] { return m_world->info(plan.name).exitStatus.has_value(); }, 60'000))
            return "not ended";
        return m_world->log(plan.name);
    }

    pid_t keeperPid() const
    {
        const std::string path = m_world->folders().runtime + "/networks/keeper.sock";
        const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), address.sun_path);
        ucred peer{};
        socklen_t length = sizeof peer;
        if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
            || ::getsockopt(socket.fd(), SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
            return 0;
        return peer.pid;
    }

    static bool isDead(pid_t pid)
    {
        const auto status = readFile("/proc/" + std::to_string(pid) + "/status");
        return !status || status->find("State:\tZ") != std::string::npos;
    }

    static std::string ownAddress()
    {
        ifaddrs* all = nullptr;
        std::string found;
        if (::getifaddrs(&all) != 0)
            return found;
        for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
            if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET)
                continue;
            const auto* address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr);
            char text[INET_ADDRSTRLEN] = {};
            ::inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
            if (found.empty() && (ntohl(address->sin_addr.s_addr) >> 24U) != 127)
                found = text;
        }
        ::freeifaddrs(all);
        return found;
    }

    static bool succeeds(const Result<>& result)
    {
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }

    static inline const QString kName = QStringLiteral("subject");
    std::unique_ptr<ContainerWorld> m_world;
};

QTEST_GUILESS_MAIN(ContainerNetworksTest)
#include "container_networks_test.moc"
