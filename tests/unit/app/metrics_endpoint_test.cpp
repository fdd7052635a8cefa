// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/twinhull/metrics_endpoint.h"

#include <QTcpSocket>
#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

using namespace twinhull;

class MetricsEndpointTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_asked = 0;
        m_endpoint = std::make_unique<MetricsEndpoint>([this](MetricsPage page) {
            ++m_asked;
            return page == MetricsPage::OpenMetrics ? QByteArrayLiteral("# EOF\n")
                                                    : QByteArrayLiteral("twinhull_x 1\n");
        });
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        m_port = free.serverPort();
        free.close();
        QVERIFY(m_endpoint->listen(m_port));
    }

    void cleanup() { m_endpoint.reset(); }

    void answersMetrics()
    {
        const QByteArray answer = ask("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n");
        QVERIFY(answer.startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
        QVERIFY(answer.endsWith("\r\n\r\ntwinhull_x 1\n"));
        QVERIFY(answer.contains("\r\nContent-Length: 13\r\n"));
    }

    void answersOpenMetricsToWhomAsksForThem()
    {
        const QByteArray answer
            = ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: Application/OpenMetrics-Text; version=1.0.0,"
                  "text/plain;q=0.5\r\n\r\n");
        QVERIFY(answer.contains("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"));
        QVERIFY(answer.endsWith("\r\n\r\n# EOF\n"));
        QVERIFY(ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n").contains("twinhull_x"));
    }

    void takesARequestInPieces()
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, m_port);
        socket.write("GET /metrics HT");
        QTest::qWait(50);
        socket.write("TP/1.1\r\nhOST: localhost\r\n\r\n");
        QTRY_VERIFY(socket.state() == QAbstractSocket::UnconnectedState);
        QVERIFY(socket.readAll().startsWith("HTTP/1.1 200"));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("status");
        const QByteArray host = QByteArrayLiteral(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QTest::newRow("another page") << "GET /" + host << QByteArrayLiteral("404");
        QTest::newRow("a longer name") << "GET /metricsx" + host << QByteArrayLiteral("404");
        QTest::newRow("another method") << "POST /metrics" + host << QByteArrayLiteral("405");
        QTest::newRow("a name that points here")
            << QByteArrayLiteral("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n") << QByteArrayLiteral("421");
        QTest::newRow("no name") << QByteArrayLiteral("GET /metrics HTTP/1.0\r\n\r\n") << QByteArrayLiteral("421");
    }
    void refuses()
    {
        QFETCH(const QByteArray, request);
        QFETCH(const QByteArray, status);
        const QByteArray answer = ask(request);
        QVERIFY2(answer.startsWith("HTTP/1.1 " + status), answer.left(80).constData());
        QCOMPARE(m_asked, 0);
    }

    void endsAnEndlessHeader()
    {
        QVERIFY(ask("GET /metrics HTTP/1.1\r\nX: " + QByteArray(20000, 'x')).isEmpty());
        QCOMPARE(m_asked, 0);
    }

    void keepsNoMoreThanEightConnections()
    {
        std::vector<std::unique_ptr<QTcpSocket>> sockets;
        for (int i = 0; i < 12; ++i) {
            sockets.push_back(std::make_unique<QTcpSocket>());
            sockets.back()->connectToHost(QHostAddress::LocalHost, m_port);
        }
        const auto connected = [&] {
            return std::count_if(sockets.begin(), sockets.end(),
                [](const auto& socket) { return socket->state() == QAbstractSocket::ConnectedState; });
        };
        QTRY_COMPARE(connected(), 8);
        QTRY_COMPARE(connected(), 0); // nor the silent for ever
    }

    void listensNoMore()
    {
        QVERIFY(m_endpoint->listen(0));
        QVERIFY(!m_endpoint->isListening());
        QVERIFY(ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").isEmpty());
    }

    void saysThatThePortIsTaken()
    {
        MetricsEndpoint second([](MetricsPage) { return QByteArray(); });
        const auto listening = second.listen(m_port);
        QVERIFY(!listening);
        QVERIFY(listening.error().message.find(std::to_string(m_port)) != std::string::npos);
        QVERIFY(!listening.error().hint.empty());
    }

private:
    QByteArray ask(const QByteArray& request)
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, m_port);
        socket.write(request);
        const auto ends = [&socket] { return socket.state() == QAbstractSocket::UnconnectedState; };
        if (!QTest::qWaitFor(ends, test::kTestPatienceMilliseconds))
            return QByteArrayLiteral("still open");
        return socket.readAll();
    }

    std::unique_ptr<MetricsEndpoint> m_endpoint;
    quint16 m_port = 0;
    int m_asked = 0;
};

QTEST_GUILESS_MAIN(MetricsEndpointTest)
#include "metrics_endpoint_test.moc"
