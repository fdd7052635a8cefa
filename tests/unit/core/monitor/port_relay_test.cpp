// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/port_relay.h"

#include "core/base/socket_address.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QUdpSocket>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <thread>

using namespace twinhull;

/// A relay on a thread of its own, between sockets of the loopback's.
class PortRelayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void carriesBothWaysAfterAnEnd()
    {
        QTcpServer target;
        QVERIFY(target.listen(QHostAddress::LocalHost));
        const Relayed relayed(SOCK_STREAM, { targetOf(target) });
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, relayed.port);
        QTRY_VERIFY(target.hasPendingConnections());
        const std::unique_ptr<QTcpSocket> inside(target.nextPendingConnection());
        const QByteArray question(3'000'000, 'q'); // more than all buffers on the way
        client.write(question);
        client.disconnectFromHost(); // half: Qt closes when all is written
        QByteArray heard;
        QTRY_VERIFY((heard += inside->readAll()).size() == question.size());
        QCOMPARE(heard, question);
        QTRY_COMPARE(inside->state(), QAbstractSocket::UnconnectedState);
    }

    void tellsAnEndAndGoesOn()
    {
        SocketAddress place;
        const UniqueFd listener = waiting(SOCK_STREAM, place);
        const Relayed relayed(SOCK_STREAM, { place });
        const UniqueFd client = connected(relayed.port);
        QCOMPARE(::send(client.fd(), "ask", 3, 0), 3);
        QCOMPARE(::shutdown(client.fd(), SHUT_WR), 0);
        const UniqueFd inside(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        char text[16] = {};
        QCOMPARE(::recv(inside.fd(), text, sizeof text, MSG_WAITALL), 3);
        QCOMPARE(::send(inside.fd(), "answer", 6, 0), 6); // after the end of who asked
        QCOMPARE(::shutdown(inside.fd(), SHUT_WR), 0);
        QCOMPARE(::recv(client.fd(), text, sizeof text, MSG_WAITALL), 6);
        QCOMPARE(QByteArray(text), QByteArray("answer"));
    }

    void triesTheNextAddress()
    {
        QTcpServer closed;
        QTcpServer target;
        QVERIFY(closed.listen(QHostAddress::LocalHost) && target.listen(QHostAddress::LocalHost));
        const auto refusing = targetOf(closed);
        closed.close();
        const Relayed relayed(SOCK_STREAM, { refusing, targetOf(target) });
        const UniqueFd client = connected(relayed.port);
        QTRY_VERIFY(target.hasPendingConnections());
    }

    void breaksOffWhereNobodyAnswers()
    {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const auto refusing = targetOf(closed);
        closed.close();
        const Relayed relayed(SOCK_STREAM, { refusing });
        const UniqueFd client = connected(relayed.port);
        char byte = 0;
        QCOMPARE(::recv(client.fd(), &byte, 1, 0), -1);
        QCOMPARE(errno, ECONNRESET);
    }

    void answersEachAsker()
    {
        QUdpSocket target;
        QVERIFY(target.bind(QHostAddress::LocalHost, 0));
        const Relayed relayed(SOCK_DGRAM, { addressOf(target.localPort()) });
        QUdpSocket first;
        QUdpSocket second;
        for (QUdpSocket* asker : { &first, &second }) {
            QVERIFY(asker->bind(QHostAddress::LocalHost, 0));
            asker->writeDatagram(asker == &first ? "one" : "two", 3, QHostAddress::LocalHost, relayed.port);
            QTRY_VERIFY(target.hasPendingDatagrams());
            QByteArray asked(3, '\0');
            QHostAddress from;
            quint16 port = 0;
            target.readDatagram(asked.data(), asked.size(), &from, &port);
            target.writeDatagram("re " + asked, from, port);
        }
        for (QUdpSocket* asker : { &second, &first }) {
            QTRY_VERIFY(asker->hasPendingDatagrams());
            QByteArray answer(6, '\0');
            asker->readDatagram(answer.data(), answer.size());
            QCOMPARE(answer, asker == &first ? QByteArray("re one") : QByteArray("re two"));
        }
    }

    void refusesWhatWaitsNowhere()
    {
        auto loop = EventLoop::create();
        QVERIFY(loop);
        UniqueFd idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        QVERIFY(!PortRelay::start(*loop, std::move(idle), { addressOf(1) }));
        UniqueFd local(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        QVERIFY(!PortRelay::start(*loop, std::move(local), { addressOf(1) }));
    }

private:
    static SocketAddress addressOf(std::uint16_t port) { return socketAddressOf(*IpAddress::parse("127.0.0.1"), port); }
    static SocketAddress targetOf(const QTcpServer& server) { return addressOf(server.serverPort()); }

    static UniqueFd waiting(int type, SocketAddress& address)
    {
        UniqueFd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
        address = addressOf(0);
        if (::bind(socket.fd(), address.raw(), address.size) != 0
            || (type == SOCK_STREAM && ::listen(socket.fd(), 8) != 0)
            || ::getsockname(socket.fd(), address.raw(), &address.size) != 0)
            qFatal("no socket");
        return socket;
    }

    static UniqueFd connected(std::uint16_t port)
    {
        UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const auto address = addressOf(port);
        if (::connect(socket.fd(), address.raw(), address.size) != 0)
            qWarning("connect: %d", errno);
        return socket;
    }

    struct Relayed {
        Relayed(int type, std::vector<SocketAddress> targets)
        {
            SocketAddress address;
            UniqueFd socket = waiting(type, address);
            port = address.port();
            relay = PortRelay::start(loop, std::move(socket), std::move(targets)).value();
            (void)loop.watch(end.fd(), EPOLLIN, [this](std::uint32_t) { loop.stop(); });
            thread = std::thread([this] { (void)loop.run(); });
        }
        ~Relayed()
        {
            (void)::eventfd_write(end.fd(), 1);
            thread.join();
            loop.unwatch(end.fd());
        }
        Relayed(const Relayed&) = delete;
        Relayed& operator=(const Relayed&) = delete;

        EventLoop loop = *EventLoop::create();
        UniqueFd end{ ::eventfd(0, EFD_CLOEXEC) };
        std::unique_ptr<PortRelay> relay;
        std::thread thread;
        std::uint16_t port = 0;
    };
};

QTEST_GUILESS_MAIN(PortRelayTest)
#include "port_relay_test.moc"
