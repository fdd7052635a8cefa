// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/http_work.h"

#include "core/twin/half_plan.h"
#include "tests/support/wait_for_job.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

using namespace twinhull;

namespace {

QUrl urlOf(quint16 port)
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1/cgi-bin/work").arg(port));
}

/// Answers every request with the same bytes; drops the first connections unanswered where asked.
class AnsweringServer : public QTcpServer {
public:
    QByteArray answer;
    int toDrop = 0;
    QByteArray request; ///< the latest

    AnsweringServer()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            auto* socket = nextPendingConnection();
            if (toDrop-- > 0) {
                socket->close();
                return;
            }
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                request = socket->readAll();
                socket->write(answer);
                socket->disconnectFromHost();
            });
        });
    }
};

QByteArray ok(const QByteArray& body)
{
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n"
        + body;
}

} // namespace

class HttpWorkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesTheAnswerAndItsTime()
    {
        AnsweringServer server;
        server.answer = ok("done");
        QVERIFY(server.listen(QHostAddress::LocalHost));
        HttpWork work(QString(), urlOf(server.serverPort()));
        QVERIFY(test::runJob(work));
        QCOMPARE(work.answer(), QByteArray("done"));
        QVERIFY(work.duration().count() > 0);
        QVERIFY(server.request.startsWith("GET /cgi-bin/work HTTP/1.1\r\n"));
    }

    void asksAgainUntilSomebodyListens()
    {
        const auto port = freeLoopbackPort();
        QVERIFY(port);
        AnsweringServer server;
        server.answer = ok("late");
        HttpWork work(QString(), urlOf(*port));
        QTimer::singleShot(100, &server, [&] { server.listen(QHostAddress::LocalHost, *port); });
        QVERIFY(test::runJob(work));
        QCOMPARE(work.answer(), QByteArray("late"));
    }

    void asksAgainWhenTheConnectionIsDropped()
    {
        AnsweringServer server;
        server.answer = ok("at last");
        server.toDrop = 3;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        HttpWork work(QString(), urlOf(server.serverPort()));
        QVERIFY(test::runJob(work));
        QCOMPARE(work.answer(), QByteArray("at last"));
    }

    void givesUpWhenNobodyEverListens()
    {
        const auto port = freeLoopbackPort();
        QVERIFY(port);
        HttpWork work(QString(), urlOf(*port), { std::chrono::milliseconds(50), std::chrono::seconds(5) });
        const auto result = test::runJob(work);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Unavailable);
        QVERIFY(!result.error().hint.empty());
    }

    void failsOnAnythingButTwoHundred()
    {
        AnsweringServer server;
        server.answer = "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        QVERIFY(server.listen(QHostAddress::LocalHost));
        HttpWork work(QString(), urlOf(server.serverPort()));
        const auto result = test::runJob(work);
        QVERIFY(!result);
        QVERIFY2(result.error().message.find("500") != std::string::npos, result.error().message.c_str());
    }

    void refusesAnEndlessAnswer()
    {
        AnsweringServer server;
        server.answer = ok(QByteArray(1 << 20, 'x'));
        QVERIFY(server.listen(QHostAddress::LocalHost));
        HttpWork work(QString(), urlOf(server.serverPort()));
        const auto result = test::runJob(work);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Corrupt);
    }

    void isCancelledWhileItWaitsForTheAnswer()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        HttpWork work(QString(), urlOf(silent.serverPort()));
        connect(&silent, &QTcpServer::newConnection, &work, &Job::cancel);
        QVERIFY(!test::runJob(work));
        QCOMPARE(work.state(), Job::State::Cancelled);
    }
};

QTEST_GUILESS_MAIN(HttpWorkTest)
#include "http_work_test.moc"
