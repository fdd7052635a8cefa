// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/http_rate.h"

#include "core/twin/http_answer.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <future>

using namespace twinhull;

namespace {

constexpr auto kStretch = std::chrono::milliseconds(200);

/// Answers every request with the same bytes, and ends the connection after each where asked.
class AnsweringServer : public QTcpServer {
public:
    QByteArray answer;
    bool endsAfterEach = false;
    int connections = 0;
    int requests = 0;

    AnsweringServer()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            ++connections;
            auto* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                requests += static_cast<int>(socket->readAll().count("GET /a HTTP/1.1"));
                socket->write(answer);
                if (endsAfterEach)
                    socket->disconnectFromHost();
            });
        });
        listen(QHostAddress::LocalHost);
    }

    Result<NetworkFigures> measured()
    {
        const std::uint16_t port = serverPort();
        auto figures = std::async(std::launch::async, [port] { return measureHttpRate(port, "/a", {}, kStretch); });
        (void)QTest::qWaitFor(
            [&] { return figures.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }, 60'000);
        return figures.get();
    }
};

} // namespace

class HttpRateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheConnection_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("with a length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        QTest::newRow("in chunks") << QByteArray(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n");
        QTest::newRow("by HTTP/1.0") << QByteArray(
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n");
    }
    void keepsTheConnection()
    {
        QFETCH(QByteArray, answer);
        AnsweringServer server;
        server.answer = answer;
        const auto figures = server.measured();
        QVERIFY2(figures, figures ? "" : figures.error().message.c_str());
        const double seconds = static_cast<double>(figures->duration.count()) / 1e9;
        QVERIFY(seconds >= 0.2);
        QVERIFY(figures->turns && figures->turns->p95 > 0 && figures->turns->p95 <= figures->turns->p99);
        QCOMPARE(qRound(figures->value * seconds), server.requests - 1); // the first shows that it is up
        QCOMPARE(server.connections, 2);
    }

    void asksAgainOverNewConnections_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("said") << QByteArray("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndone");
        QTest::newRow("not said") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        QTest::newRow("the end is the body's") << QByteArray("HTTP/1.1 200 OK\r\n\r\nsome text");
    }
    void asksAgainOverNewConnections()
    {
        QFETCH(QByteArray, answer);
        AnsweringServer server;
        server.answer = answer;
        server.endsAfterEach = true;
        const auto figures = server.measured();
        QVERIFY2(figures, figures ? "" : figures.error().message.c_str());
        QVERIFY(server.connections > 2);
        QVERIFY(figures->value > 0);
    }

    void fails_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* name, const QByteArray& answer, const char* why) {
            QTest::newRow(name) << answer << QByteArray(why);
        };
        row("another status", "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n", "answered 500");
        row("no HTTP", "220 mail ready\r\n\r\n", "is no HTTP/1");
        row("no status", "HTTP/1.1 2x0 OK\r\n\r\n", "has no status");
        row("a head without an end", QByteArray(100'000, 'a'), "has a line without an end");
        row("a huge body", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "is larger than 64 MiB");
        row("a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "does not know how large");
        row("a huge chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n", "is larger");
        row("a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "without a size");
        row("a packed body", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "was not asked for");
    }
    void fails()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, why);
        AnsweringServer server;
        server.answer = answer;
        const auto figures = server.measured();
        QVERIFY(!figures);
        QVERIFY2(figures.error().message.find(why.toStdString()) != std::string::npos, figures.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(HttpRateTest)
#include "http_rate_test.moc"
