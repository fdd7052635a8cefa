// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/twin/network_work.h"

#include "core/base/data_folders.h"
#include "core/base/subprocess.h"
#include "core/twin/half_plan.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <atomic>
#include <future>

#include <csignal>
#include <poll.h>
#include <sys/wait.h>

using namespace twinhull;

/// The client of the network works against the server that is brought along, without anything between them.
class NetworkWorkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void measures_data()
    {
        QTest::addColumn<QString>("name");
        for (const NetworkWork& work : networkWorks())
            QTest::newRow(work.name) << QString::fromLatin1(work.name);
    }
    void measures()
    {
        QFETCH(QString, name);
        const auto port = freeLoopbackPort();
        QVERIFY(port);
        auto server
            = spawn({ { findProgram("twinhull-load"), "net-serve", "--amount", std::to_string(*port) }, {}, {} }, {});
        QVERIFY(server);
        const auto figures = measureNetwork(*networkWorkNamed(name), *port, {});
        pollfd ended{ server->pidfd.fd(), POLLIN, 0 };
        const bool hasEnded = ::poll(&ended, 1, 10'000) == 1;
        if (!hasEnded)
            ::kill(server->pid, SIGKILL);
        ::waitpid(server->pid, nullptr, 0);
        QVERIFY2(figures, figures ? "" : figures.error().message.c_str());
        QVERIFY(hasEnded); // nothing is left open
        QVERIFY(figures->value > 0 && figures->duration.count() > 0);
        const double seconds = static_cast<double>(figures->duration.count()) / 1e9;
        if (name == u"network-throughput")
            QCOMPARE(figures->value * seconds, 128.0);
        if (name == u"network-connect")
            QCOMPARE(figures->value * seconds, 200.0);
        QCOMPARE(figures->turns.has_value(), name == u"network-latency");
        if (figures->turns)
            QVERIFY(figures->value <= figures->turns->p95 && figures->turns->p95 <= figures->turns->p99);
        if (name == u"network-latency") // the median of 2,000 cannot be above twice their mean
            QVERIFY(figures->value <= 2 * seconds * 1e6 / 2000);
    }

    void ranksTurns()
    {
        std::vector<double> turns;
        for (int i = 200; i > 0; --i)
            turns.push_back(i);
        QCOMPARE(turnTimesOf(turns)->p95, 190.0);
        QCOMPARE(turnTimesOf(turns)->p99, 198.0);
        QCOMPARE(turnTimesOf({ 7 })->p99, 7.0);
        QVERIFY(!turnTimesOf({}));
    }

    void stopsWaitingWhenItIsOver()
    {
        const auto port = freeLoopbackPort();
        std::atomic<int> asked = 0;
        const auto figures = measureNetwork(networkWorks().front(), *port, { [&] { return ++asked > 2; } });
        QVERIFY(!figures);
        QCOMPARE(figures.error().code, ErrorCode::Cancelled);
    }

    void doesNotMeasureSomebodyElse()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        connect(&other, &QTcpServer::newConnection, &other, [&other] {
            auto* socket = other.nextPendingConnection();
            socket->write("220 mail ready\r\n");
        });
        std::atomic<int> asked = 0;
        auto figures = std::async(std::launch::async, [&] {
            return measureNetwork(networkWorks().front(), other.serverPort(), { [&] { return ++asked > 3; } });
        });
        QTRY_VERIFY(figures.wait_for(std::chrono::seconds(0)) == std::future_status::ready);
        QVERIFY(!figures.get());
    }
};

QTEST_GUILESS_MAIN(NetworkWorkTest)
#include "network_work_test.moc"
