// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/guest_messages.h"

#include <QTest>

using namespace twinhull;

namespace {

/// With ' for ": moc 6.4 loses its way in raw strings.
QByteArray json(const char* text)
{
    return QByteArray(text).replace('\'', '"');
}

GuestReply fullReply()
{
    GuestReply reply;
    reply.id = 42;
    reply.phase = GuestPhase::Failed;
    reply.marks = { { "kernel", 3'000'000'000 }, { "ready", 0 } };
    reply.exitStatus = 143;
    reply.error = "start the entrypoint: no such program";
    reply.reading = GuestReading{ 256U << 20U, 128U << 20U, 4096, 8, 1500, 3, 7, 17, {}, 21, 22, 5 };
    return reply;
}

} // namespace

class GuestMessagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void carriesARequest()
    {
        for (const auto ask : { GuestAsk::Report, GuestAsk::Figures, GuestAsk::Shutdown }) {
            const auto back = decodeGuestRequest(encodeGuestRequest({ 7, ask }));
            QVERIFY(back);
            QVERIFY(*back == (GuestRequest{ 7, ask }));
        }
    }

    void carriesAReply()
    {
        const std::string line = encodeGuestReply(fullReply());
        QCOMPARE(line.find('\n'), line.size() - 1);
        const auto back = decodeGuestReply(line);
        QVERIFY(back);
        QVERIFY(*back == fullReply());
    }

    void refusesWhatAHostileGuestSays_data()
    {
        QTest::addColumn<QByteArray>("line");
        const auto reply = [](const QByteArray& more) { return json("{'id':1,'phase':'running',") + more + '}'; };
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("hello");
        QTest::newRow("another type") << QByteArray("[1,2]");
        QTest::newRow("an id beyond all integers") << json("{'id':1e83,'phase':'running','marks':[]}");
        QTest::newRow("an age beyond all integers")
            << reply(json("'marks':[{'name':'ready','ageNanoseconds':1.14567e+83}]"));
        QTest::newRow("no marks") << json("{'id':1,'phase':'running'}");
        QTest::newRow("unknown phase") << json("{'id':1,'phase':'flying','marks':[]}");
        QTest::newRow("mark with markup") << reply(json("'marks':[{'name':'<b>','ageNanoseconds':1}]"));
        QTest::newRow("mark without a name") << reply(json("'marks':[{'name':'','ageNanoseconds':1}]"));
        QTest::newRow("mark in the future") << reply(json("'marks':[{'name':'init','ageNanoseconds':-1}]"));
        QTest::newRow("mark before all time")
            << reply(json("'marks':[{'name':'init','ageNanoseconds':9000000000000000000}]"));
        QTest::newRow("text as time") << reply(json("'marks':[{'name':'init','ageNanoseconds':'1'}]"));
        QTest::newRow("too many marks") << reply(json("'marks':[")
            + json("{'name':'a','ageNanoseconds':1},").repeated(40) + json("{'name':'a','ageNanoseconds':1}]"));
        QTest::newRow("no such exit status") << reply(json("'marks':[],'exitStatus':256"));
        QTest::newRow("deep nesting") << QByteArray("[").repeated(60'000);
        QTest::newRow("too long") << reply(json("'marks':[],'error':'") + QByteArray(70'000, 'x') + '"');
    }

    void refusesWhatAHostileGuestSays()
    {
        QFETCH(QByteArray, line);
        QVERIFY(!decodeGuestReply(line.toStdString()));
    }

    void cleansTextForAPerson()
    {
        const auto reply = decodeGuestReply(
            (json("{'id':1,'phase':'failed','marks':[],'error':'a\\u001b[31mred\\n") + QByteArray(5000, 'x') + "\"}")
                .toStdString());
        QVERIFY(reply);
        QVERIFY(reply->error.size() <= 1024);
        QCOMPARE(reply->error.substr(0, 10), std::string("a [31mred "));
    }

    void leavesOutFiguresOfAWrongType()
    {
        const auto reply = decodeGuestReply(
            json("{'id':1,'phase':'running','marks':[],'reading':{'memoryTotalBytes':-5,'memoryCacheBytes':9}}")
                .toStdString());
        QVERIFY(reply && reply->reading);
        QVERIFY(!reply->reading->memoryTotalBytes);
        QCOMPARE(*reply->reading->memoryCacheBytes, std::uint64_t(9));
    }

    void findsTheExitStatusOnTheConsole()
    {
        QCOMPARE(exitStatusFromConsole("hello\n" + guestExitLine(3) + "[ 4.9] reboot: Power down\n"), std::optional(3));
        QCOMPARE(exitStatusFromConsole(guestExitLine(1) + guestExitLine(0)), std::optional(0));
        QVERIFY(!exitStatusFromConsole("hello\n"));
        QVERIFY(!exitStatusFromConsole("[twinhull] entrypoint ended with status 999\n"));
        QVERIFY(!exitStatusFromConsole("[twinhull] entrypoint ended with status "));
    }
};

QTEST_GUILESS_MAIN(GuestMessagesTest)
#include "guest_messages_test.moc"
