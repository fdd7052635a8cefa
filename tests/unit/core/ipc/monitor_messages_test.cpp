// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/monitor_messages.h"

#include <QTest>

using namespace twinhull;

class MonitorMessagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRequestComesBackAsItWas()
    {
        const MonitorRequest request{ MonitorVerb::Checkpoint, 15, 250, { 132, 43 }, { true, false, true, true } };
        const auto line = encodeMonitorRequest(request);
        QCOMPARE(line.find('\n'), line.size() - 1);
        const auto read = decodeMonitorRequest(line);
        QVERIFY(read);
        QVERIFY(*read == request);
    }

    void aStatusComesBackAsItWas()
    {
        MonitorStatus status;
        status.phase = MonitorPhase::Exited;
        status.containerPid = 12;
        status.monitorPid = 11;
        status.helperPids = { 13, 14 };
        status.cgroupPath = "/sys/fs/cgroup/x";
        status.canPause = true;
        status.hasTerminal = true;
        status.hasInput = true;
        status.startedWallMilliseconds = 1'700'000'000'000;
        status.marks = { { "request", 1 }, { "ready", 2 } };
        status.note = "a \"note\"\nin two lines";
        status.exit = ExitRecord{ 137, 9, true, 1'700'000'000'500, "killed", true, true };
        status.checkpoint = CheckpointOutcome{ 1'700'000'000'400, "criu: no", "Install it" };
        const auto line = encodeMonitorReply(status);
        QCOMPARE(line.find('\n'), line.size() - 1);
        const auto read = decodeMonitorReply(line);
        QVERIFY(read);
        QVERIFY(*read == status);
    }

    void anErrorKeepsItsCodeAndHint()
    {
        const Error error{ ErrorCode::Busy, "port 8080 is in use", 98, "Choose another port" };
        const auto read = decodeMonitorReply(encodeMonitorReply(error));
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Busy);
        QCOMPARE(read.error().message, error.message);
        QCOMPARE(read.error().sysErrno, 98);
        QCOMPARE(read.error().hint, error.hint);
    }

    void refusesAHostileRequest_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("stop");
        QTest::newRow("an array") << QByteArray("[1,2]");
        QTest::newRow("a number") << QByteArray("7");
        QTest::newRow("a terminal of a mile") << QByteArray(R"({"do":"resize","columns":70000,"rows":1})");
        QTest::newRow("unknown verb") << QByteArray(R"({"do":"explode"})");
        QTest::newRow("verb is a number") << QByteArray(R"({"do":3})");
        QTest::newRow("signal below zero") << QByteArray(R"({"do":"kill","signal":-1})");
        QTest::newRow("signal of 2^32 + 9") << QByteArray(R"({"do":"kill","signal":4294967305})");
        QTest::newRow("signal beyond all integers") << QByteArray(R"({"do":"kill","signal":1e83})");
        QTest::newRow("signal is text") << QByteArray(R"({"do":"kill","signal":"9"})");
        QTest::newRow("endless grace") << QByteArray(R"({"do":"stop","graceMilliseconds":99999999999})");
        QTest::newRow("too long") << QByteArray("{\"do\":\"status\",\"x\":\"") + QByteArray(5000, 'x') + "\"}";
        QTest::newRow("deep") << QByteArray(4000, '[');
        QTest::newRow("bad UTF-8") << QByteArray("{\"do\":\"\xff\xfe\"}");
    }

    void refusesAHostileRequest()
    {
        QFETCH(QByteArray, line);
        QVERIFY(!decodeMonitorRequest(line.toStdString()));
    }

    void refusesAHostileReply_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("empty object") << QByteArray("{}");
        QTest::newRow("status of wrong type") << QByteArray(R"({"status":[]})");
        QTest::newRow("half a status") << QByteArray(R"({"status":{"phase":"running"}})");
        QTest::newRow("error of wrong type") << QByteArray(R"({"error":1})");
        QTest::newRow("too long") << QByteArray(70000, ' ');
    }

    void refusesAHostileReply()
    {
        QFETCH(QByteArray, line);
        const auto read = decodeMonitorReply(line.toStdString());
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
    }

    void anExitRecordComesBackAsItWas()
    {
        const ExitRecord seen{ 0, 0, false, 1'700'000'000'000, {} };
        const ExitRecord unseen{ std::nullopt, 0, false, 5, "its monitor had died" };
        for (const auto& record : { seen, unseen }) {
            const auto read = decodeExitRecord(encodeExitRecord(record));
            QVERIFY(read);
            QVERIFY(*read == record);
        }
    }

    void refusesABrokenExitRecord()
    {
        QVERIFY(!decodeExitRecord(""));
        QVERIFY(!decodeExitRecord("{\"version\":2}"));
        QVERIFY(!decodeExitRecord(
            R"({"version":1,"exitStatus":256,"signal":0,"wasOutOfMemory":false,"wallMilliseconds":1,"reason":""})"));
    }
};

QTEST_GUILESS_MAIN(MonitorMessagesTest)
#include "monitor_messages_test.moc"
