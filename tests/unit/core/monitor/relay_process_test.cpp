// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/relay_process.h"

#include "core/base/descriptor_passing.h"
#include "core/ipc/relay_words.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <future>
#include <thread>

using namespace twinhull;

/// What port-relay does, on a thread, with an event for the end of the process that it lives for.
class RelayProcessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void carriesUntilItsProcessHasEnded()
    {
        QTcpServer target;
        QTcpServer waiting;
        QVERIFY(target.listen(QHostAddress::LocalHost) && waiting.listen(QHostAddress::LocalHost));
        const quint16 port = waiting.serverPort();
        const UniqueFd end(::eventfd(0, EFD_CLOEXEC));
        UniqueFd given = whatIsGiven({ { std::string(kRelayLife), end.fd() },
            { std::to_string(target.serverPort()), static_cast<int>(waiting.socketDescriptor()) } });
        waiting.close(); // the relay has it
        std::promise<bool> ready;
        Result<> done;
        std::thread relay([&] {
            bool isReady = false;
            done = runPortRelay(std::move(given), [&] { ready.set_value(isReady = true); });
            if (!isReady)
                ready.set_value(false);
        });
        const bool carries = ready.get_future().get();
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, port);
        client.write("ask");
        const bool hasCome = QTest::qWaitFor([&] { return target.hasPendingConnections(); });
        std::unique_ptr<QTcpSocket> inside(target.nextPendingConnection());
        const bool isHeard = inside && QTest::qWaitFor([&] { return inside->bytesAvailable() == 3; });
        QCOMPARE(::eventfd_write(end.fd(), 1), 0);
        relay.join();
        QVERIFY(carries && hasCome && isHeard && done);
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        client.connectToHost(QHostAddress::LocalHost, port);
        QTRY_COMPARE(client.error(), QAbstractSocket::ConnectionRefusedError);
    }

    void refusesWhatItWasNotGiven_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("nothing") << QStringList();
        QTest::newRow("no process") << QStringList{ QStringLiteral("80") };
        QTest::newRow("no number") << QStringList{ QStringLiteral("life"), QStringLiteral("http") };
        QTest::newRow("too long") << QStringList{ QStringLiteral("life"), QString(20, u'8') };
        QTest::newRow("no socket that waits") << QStringList{ QStringLiteral("life"), QStringLiteral("80") };
    }
    void refusesWhatItWasNotGiven()
    {
        QFETCH(QStringList, words);
        const UniqueFd event(::eventfd(1, EFD_CLOEXEC)); // an end that has come already: it cannot go on
        std::vector<std::pair<std::string, int>> messages;
        for (const QString& word : words)
            messages.emplace_back(word.toStdString(), event.fd());
        bool isReady = false;
        QVERIFY(!runPortRelay(whatIsGiven(messages), [&] { isReady = true; }));
        QVERIFY(!isReady);
        QVERIFY(!runPortRelay(whatIsGiven({ { std::string(kRelayLife), -1 } }), [&] { isReady = true; }));
    }

private:
    static UniqueFd whatIsGiven(const std::vector<std::pair<std::string, int>>& messages)
    {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
            qFatal("no sockets");
        const UniqueFd giver(ends[0]);
        for (const auto& [word, descriptor] : messages) {
            if (!sendWithDescriptor(giver, word, descriptor))
                qFatal("not sent");
        }
        return UniqueFd(ends[1]);
    }
};

QTEST_GUILESS_MAIN(RelayProcessTest)
#include "relay_process_test.moc"
