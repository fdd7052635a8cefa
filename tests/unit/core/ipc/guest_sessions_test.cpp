// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/guest_sessions.h"

#include <QTest>

using namespace twinhull;

namespace {

/// With ' for ": moc 6.4 loses its way in raw strings.
QByteArray json(const char* text)
{
    return QByteArray(text).replace('\'', '"');
}

SessionMessage message(SessionKind kind)
{
    SessionMessage message;
    message.session = (std::uint64_t{ 1 } << 63U) - 1;
    message.kind = kind;
    switch (kind) {
    case SessionKind::Open:
        message.command
            = { { "sh", "-c", "echo \xFF\n" }, { "A=\xC3\xA4", "EMPTY=" }, "1000:1000", "/srv", true, 80, 24, 4096 };
        break;
    case SessionKind::Resize:
        message.command.columns = 132;
        message.command.rows = 50;
        break;
    case SessionKind::Input:
    case SessionKind::Output:
    case SessionKind::ErrorOutput:
        message.bytes = std::string("\0\x03\xFF\n", 4);
        break;
    case SessionKind::Ended:
        message.exitStatus = 137;
        break;
    case SessionKind::Failed:
        message.error = "run /bin/nothing: No such file or directory";
        break;
    case SessionKind::InputEnd:
    case SessionKind::Started:
        break;
    }
    return message;
}

} // namespace

class GuestSessionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void carriesEveryKind()
    {
        for (int kind = 0; kind <= static_cast<int>(SessionKind::Failed); ++kind) {
            const auto sent = message(static_cast<SessionKind>(kind));
            const auto line = encodeSessionMessage(sent);
            QCOMPARE(line.find('\n'), line.size() - 1);
            const auto back = decodeSessionMessage(line);
            QVERIFY2(back, line.c_str());
            QVERIFY2(*back == sent, line.c_str());
        }
    }

    void fillsALineAtMost()
    {
        auto full = message(SessionKind::Output);
        full.bytes.assign(kSessionBytesLimit, '\xFF');
        QVERIFY(encodeSessionMessage(full).size() < kSessionLineLimitBytes);
        QVERIFY(decodeSessionMessage(encodeSessionMessage(full)));
        full.bytes += 'x';
        QVERIFY(!decodeSessionMessage(encodeSessionMessage(full)));
    }

    void refusesWhatIsHostile_data()
    {
        QTest::addColumn<QByteArray>("line");
        const auto open = [](const char* what) {
            return json("{'session':1,'kind':'open','command':{'environment':[],'user':'','workingFolder':'',"
                        "'terminal':false,'columns':0,'rows':0,'programBytes':0,")
                + json(what) + "}}";
        };
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("hello");
        QTest::newRow("another type") << QByteArray("[1]");
        QTest::newRow("no session") << json("{'kind':'started'}");
        QTest::newRow("a negative session") << json("{'session':-1,'kind':'started'}");
        QTest::newRow("a session beyond all integers") << json("{'session':1e83,'kind':'started'}");
        QTest::newRow("unknown kind") << json("{'session':1,'kind':'shout'}");
        QTest::newRow("no bytes") << json("{'session':1,'kind':'output'}");
        QTest::newRow("empty bytes") << json("{'session':1,'kind':'output','bytes':''}");
        QTest::newRow("bytes first that are none") << json("{'bytes':'%%%%','kind':'output','session':1}");
        QTest::newRow("bytes first and nothing else") << json("{'bytes':'AAAA'}");
        QTest::newRow("bytes without an end") << json("{'bytes':'AAAA");
        QTest::newRow("bytes and no end of the line") << json("{'bytes':'AAAA','kind':'output','session':1");
        QTest::newRow("bytes that are none") << json("{'session':1,'kind':'output','bytes':'%%%%'}");
        QTest::newRow("a status of its own making") << json("{'session':1,'kind':'ended','exitStatus':256}");
        QTest::newRow("a negative status") << json("{'session':1,'kind':'ended','exitStatus':-1}");
        QTest::newRow("no command") << open("'arguments':[]");
        QTest::newRow("an empty program") << open("'arguments':['']");
        QTest::newRow("a NUL in a word") << open("'arguments':['YQBi']");
        QTest::newRow("words that are none") << open("'arguments':[7]");
        QTest::newRow("a program beyond all limits")
            << json("{'session':1,'kind':'open','command':{'arguments':['YQ=='],'environment':[],'user':'',"
                    "'workingFolder':'','terminal':false,'columns':0,'rows':0,'programBytes':67108865}}");
        QTest::newRow("too long") << QByteArray(static_cast<qsizetype>(kSessionLineLimitBytes) + 1, ' ');
    }
    void refusesWhatIsHostile()
    {
        QFETCH(QByteArray, line);
        const auto read = decodeSessionMessage({ line.constData(), static_cast<std::size_t>(line.size()) });
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
    }

    void cleansWhatAPersonReads()
    {
        auto failed = message(SessionKind::Failed);
        failed.error = "a\x1B[2Jb" + std::string(4096, 'x');
        const auto back = decodeSessionMessage(encodeSessionMessage(failed));
        QVERIFY(back);
        QVERIFY(back->error.starts_with("a [2Jb"));
        QCOMPARE(back->error.size(), std::size_t(1024));
    }
};

QTEST_GUILESS_MAIN(GuestSessionsTest)
#include "guest_sessions_test.moc"
