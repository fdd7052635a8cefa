// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/subprocess.h"
#include "core/networks/networks.h"
#include "core/workload/option_text.h"
#include "tests/support/container_world.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <csignal>

#include <sched.h>

using namespace twinhull;
using namespace twinhull::test;

/// The way out and in over IPv6, in a network namespace of the test's own that has both families.
class ContainerIpv6Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("a network namespace with a route of IPv6 needs root");
        QCOMPARE(::unshare(CLONE_NEWNET), 0);
        ip("link set lo up");
        ip("link add out0 type veth peer name out1");
        ip("link set out0 up");
        ip("link set out1 up");
        ip("addr add 192.0.2.1/24 dev out0");
        ip("route add default via 192.0.2.254 dev out0");
        ip("addr add 2001:db8::1/64 dev out0 nodad");
        ip("-6 route add default via 2001:db8::fe dev out0");
        m_world = std::make_unique<ContainerWorld>();
        QVERIFY2(m_world->problem().isEmpty(), qPrintable(m_world->problem()));
        for (QTcpServer* server : { &m_outside, &m_loopback }) {
            connect(server, &QTcpServer::newConnection, server, [server] {
                auto* socket = server->nextPendingConnection();
                socket->write("reached\n");
                socket->disconnectFromHost();
            });
        }
        QVERIFY(m_outside.listen(QHostAddress(QStringLiteral("2001:db8::1"))));
        QVERIFY(m_loopback.listen(QHostAddress::LocalHostIPv6));
    }

    void cleanup()
    {
        for (const auto& info : m_world->provider().workloads())
            QVERIFY(succeeds(m_world->remove(info.name)));
    }

    void cleanupTestCase() { m_world.reset(); }

    void leadsOut_data()
    {
        QTest::addColumn<bool>("isInNetwork");
        QTest::addColumn<bool>("isPasta");
        QTest::newRow("slirp4netns") << false << false;
        QTest::newRow("pasta") << false << true;
        QTest::newRow("a network") << true << false;
    }
    void leadsOut()
    {
        QFETCH(bool, isInNetwork);
        QFETCH(bool, isPasta);
        auto plan = ContainerWorld::script(kName,
            QStringLiteral(
                "exec 2>/dev/null; mkfifo /tmp/open; exec 3<>/tmp/open\n" // pasta loses the end of who ends first
                "for i in $(seq 1 20); do timeout 5 nc -w 2 2001:db8::1 %1 <&3 && break; sleep 0.2; done\n"
                "for host in fd00::2 fd00::3 fe80::2%tap0 ::1; do\n"
                "  timeout 5 nc -w 1 $host %2 <&3 && echo $host leads to this computer\n"
                "done; echo apart")
                .arg(m_outside.serverPort())
                .arg(m_loopback.serverPort()));
        plan.hasNetwork = true;
        if (isPasta)
            plan.ports = { PublishedPort{ QStringLiteral("::1"), freePort(), 8080 } };
        if (isInNetwork) {
            makeNetwork();
            plan.networks = { { QStringLiteral("both"), {}, {}, {} } };
        }
        QVERIFY(succeeds(m_world->create(plan)));
        QVERIFY(succeeds(m_world->start(kName)));
        QTRY_VERIFY_WITH_TIMEOUT(m_world->info(kName).exitStatus, 60'000);
        QCOMPARE(m_world->log(kName), QByteArray("reached\napart\n"));
    }

    void answersOnAPortOfIpv6_data()
    {
        QTest::addColumn<QStringList>("published");
        QTest::addColumn<QStringList>("answering");
        QTest::addColumn<bool>("isInNetwork");
        const QString v4 = QStringLiteral("127.0.0.1");
        const QString v6 = QStringLiteral("::1");
        const QStringList all{ QStringLiteral("0.0.0.0"), QStringLiteral("::") };
        QTest::newRow("loopback") << QStringList{ v6 } << QStringList{ v6 } << false;
        QTest::newRow("all of IPv6") << QStringList{ QStringLiteral("::") } << QStringList{ v6 } << false;
        QTest::newRow("all") << all << QStringList{ v4, v6 } << false;
        const QStringList unsaid{ QStringLiteral("localhost") };
        QTest::newRow("no address") << unsaid << QStringList{ v4, v6 } << false;
        QTest::newRow("no address, with pasta")
            << QStringList{ unsaid.front(), QStringLiteral("2001:db8::1") } << QStringList{ v4, v6 } << false;
        QTest::newRow("no address, in a network") << unsaid << QStringList{ v4, v6 } << true;
        QTest::newRow("loopback, in a network") << QStringList{ v6 } << QStringList{ v6 } << true;
        QTest::newRow("all, in a network") << all << QStringList{ v4, v6 } << true;
    }
    void answersOnAPortOfIpv6()
    {
        QFETCH(QStringList, published);
        QFETCH(QStringList, answering);
        QFETCH(bool, isInNetwork);
        const auto port = freePort();
        auto plan = ContainerWorld::plan(kName);
        plan.hasNetwork = true;
        for (const QString& address : published)
            plan.ports.push_back({ address, address.startsWith(u'2') ? freePort() : port, 8080 }); // pasta's only
        if (isInNetwork) {
            makeNetwork();
            plan.networks = { { QStringLiteral("both"), {}, {}, {} } };
        }
        QVERIFY(succeeds(m_world->create(plan)));
        QVERIFY(succeeds(m_world->start(kName)));
        for (const QString& address : { QStringLiteral("127.0.0.1"), QStringLiteral("::1") }) {
            if (answering.contains(address))
                QTRY_VERIFY2(get(address, port).contains("<html"), qPrintable(address));
            else
                QVERIFY2(get(address, port).isEmpty(), qPrintable(address));
        }
    }

    void namesAPortThatIsInUse_data()
    {
        QTest::addColumn<QString>("address");
        QTest::newRow("of that address") << QStringLiteral("::1");
        QTest::newRow("of one of both") << QStringLiteral("localhost");
    }
    void namesAPortThatIsInUse()
    {
        QFETCH(QString, address);
        auto plan = ContainerWorld::plan(kName);
        plan.hasNetwork = true;
        plan.ports = { PublishedPort{ address, m_loopback.serverPort(), 8080 } };
        QVERIFY(succeeds(m_world->create(plan)));
        const auto started = m_world->start(kName);
        QVERIFY(!started);
        QCOMPARE(started.error().code, ErrorCode::Busy);
        QVERIFY2(
            started.error().message.find("of ::1 is in use") != std::string::npos, started.error().message.c_str());
    }

    void listensAnewAfterItsMonitorWasKilled()
    {
        const auto port = freePort();
        QVERIFY(runs(port));
        QTRY_VERIFY(get(QStringLiteral("::1"), port).contains("<html"));
        const pid_t monitor = m_world->info(kName).footprint.helperPids.front();
        QCOMPARE(::kill(monitor, SIGKILL), 0);
        const auto helpers = [this] { return m_world->info(kName).footprint.helperPids; };
        QTRY_VERIFY(!helpers().empty() && helpers().front() != monitor);
        QTRY_VERIFY(get(QStringLiteral("::1"), port).contains("<html"));
        QVERIFY(succeeds(m_world->stop(kName, StopMode::Graceful)));
        QVERIFY(get(QStringLiteral("::1"), port).isEmpty());
    }

    /// The two last: the way out is gone afterwards.
    void saysThatAPortNeedsARoute()
    {
        ip("-6 route del default");
        auto plan = ContainerWorld::plan(kName);
        plan.hasNetwork = true;
        plan.ports = { PublishedPort{ QStringLiteral("::1"), freePort(), 8080 } };
        QVERIFY(succeeds(m_world->create(plan)));
        const auto started = m_world->start(kName);
        QVERIFY(!started);
        QVERIFY2(started.error().message.find("default route of IPv6") != std::string::npos,
            started.error().message.c_str());
        QVERIFY(!started.error().hint.empty());
    }

    void doesWithoutALoopbackOfIpv6()
    {
        m_loopback.close();
        const auto port = freePort();
        QVERIFY(runs(port)); // and without a route
        QTRY_VERIFY(get(QStringLiteral("::1"), port).contains("<html"));
        QVERIFY(succeeds(m_world->remove(kName)));
        ip("addr del ::1/128 dev lo");
        QVERIFY(runs(port));
        QTRY_VERIFY(get(QStringLiteral("127.0.0.1"), port).contains("<html"));
        QCOMPARE(
            listenTexts(m_world->info(kName).ports.front()), QStringList{ QStringLiteral("127.0.0.1:%1").arg(port) });
    }

private:
    /// With a port without an address.
    bool runs(std::uint16_t port) const
    {
        auto plan = ContainerWorld::plan(kName);
        plan.hasNetwork = true;
        plan.ports = { PublishedPort{ QStringLiteral("localhost"), port, 8080 } };
        return succeeds(m_world->create(plan)) && succeeds(m_world->start(kName));
    }

    void makeNetwork() const
    {
        const auto made = createNetwork(m_world->folders(), { QStringLiteral("both"), {}, {}, true, false, {} });
        QVERIFY2(made || made.error().code == ErrorCode::AlreadyExists, made ? "" : made.error().message.c_str());
    }

    static void ip(const char* words)
    {
        Command command{ { findExecutable("ip") }, {}, {} };
        for (const QString& word : QString::fromLatin1(words).split(u' '))
            command.arguments.push_back(word.toStdString());
        const auto ended = runCommand(command, std::chrono::seconds(10));
        QVERIFY2(ended && ended->exitStatus == 0, words);
    }

    static QByteArray get(const QString& address, std::uint16_t port)
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(address), port);
        if (!QTest::qWaitFor([&] { return socket.state() != QAbstractSocket::ConnectingState; }, 2000))
            return {};
        socket.write("GET / HTTP/1.0\r\n\r\n");
        (void)QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, 2000);
        return socket.readAll();
    }

    static bool succeeds(const Result<>& result)
    {
        if (!result)
            qWarning("%s", result.error().toLine().c_str());
        return static_cast<bool>(result);
    }

    static inline const QString kName = QStringLiteral("subject");
    std::unique_ptr<ContainerWorld> m_world;
    QTcpServer m_outside;
    QTcpServer m_loopback;
};

QTEST_GUILESS_MAIN(ContainerIpv6Test)
#include "container_ipv6_test.moc"
