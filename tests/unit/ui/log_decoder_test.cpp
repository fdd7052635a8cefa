// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_decoder.h"

#include <QTest>

using namespace twinhull;

namespace {

const std::string kStamp = "2026-01-31T08:15:00.123456789Z";

} // namespace

class LogDecoderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTimeAndStreamOfARecord()
    {
        const auto entries = LogDecoder().decode(kStamp + " stderr F it failed\n");
        QCOMPARE(entries.size(), std::size_t{ 1 });
        QCOMPARE(entries[0].time, QStringLiteral("08:15:00.123"));
        QVERIFY(entries[0].stream == LogEntry::Stream::Error);
        QCOMPARE(entries[0].text, QStringLiteral("it failed"));
    }

    void joinsThePartsOfALine()
    {
        const auto entries = LogDecoder().decode(kStamp + " stdout P login: \n" + kStamp + " stdout F root\n");
        QCOMPARE(entries.size(), std::size_t{ 2 });
        QVERIFY(entries[0].place == LogEntry::Place::NewLine);
        QVERIFY(entries[1].place == LogEntry::Place::SameLine);
    }

    void doesNotJoinAcrossStreams()
    {
        const auto entries = LogDecoder().decode(kStamp + " stdout P out\n" + kStamp + " stderr F err\n");
        QVERIFY(entries[1].place == LogEntry::Place::NewLine);
    }

    void takesOtherTextAsItIs()
    {
        const auto entries = LogDecoder().decode("[    0.000000] Linux version 6.1\r\n");
        QCOMPARE(entries[0].text, QStringLiteral("[    0.000000] Linux version 6.1"));
        QVERIFY(entries[0].time.isEmpty());
    }

    void waitsForTheRestOfALine()
    {
        LogDecoder decoder;
        QVERIFY(decoder.decode("hal").empty());
        QCOMPARE(decoder.decode("f\n")[0].text, QStringLiteral("half"));
    }

    void cutsALineWithoutEnd()
    {
        LogDecoder decoder;
        std::size_t lines = 0;
        for (int i = 0; i < 100; ++i) {
            for (const LogEntry& entry : decoder.decode(std::string(4096, 'x'))) {
                QVERIFY(entry.text.size() <= static_cast<qsizetype>(LogDecoder::kLineLimit));
                ++lines;
            }
        }
        QCOMPARE(lines, std::size_t{ 1 });
        decoder.decode("\n");
        QCOMPARE(decoder.decode("next\n")[0].text, QStringLiteral("next"));
    }

    void showsHostileBytesAsText_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("colour") << QByteArray("\x1b[31mred\x1b[0m") << QStringLiteral("red");
        QTest::newRow("window title") << QByteArray("\x1b]0;owned\x07ok") << QStringLiteral("ok");
        QTest::newRow("control") << QByteArray("a\x01\x7f") << QStringLiteral("a\\x01\\x7f");
        QTest::newRow("no UTF-8") << QByteArray("a\xff\xc3") << QStringLiteral("a\\xff\\xc3");
        QTest::newRow("UTF-8") << QByteArray("gr\xc3\xbc\xc3\x9f") << QStringLiteral("gr\u00fc\u00df");
        QTest::newRow("text turned around") << QByteArray("a\xe2\x80\xae"
                                                          "b")
                                            << QStringLiteral("a\ufffdb");
        QTest::newRow("unfinished sequence") << QByteArray("a\x1b[12") << QStringLiteral("a");
        QTest::newRow("line end of a terminal") << QByteArray("done\r") << QStringLiteral("done");
        QTest::newRow("overwritten") << QByteArray("10 %\r20 %\r30 %\r") << QStringLiteral("\u2026 30 %");
        QTest::newRow("overwritten by nothing") << QByteArray("10 %\r\x1b[K") << QStringLiteral("10 %");
        QTest::newRow("begun anew at once") << QByteArray("\rhello") << QStringLiteral("hello");
        QTest::newRow("a lone escape") << QByteArray("a\x1b") << QStringLiteral("a\\x1b");
    }

    void showsHostileBytesAsText()
    {
        QFETCH(QByteArray, bytes);
        QTEST(printableText({ bytes.constData(), static_cast<std::size_t>(bytes.size()) }), "text");
    }
};

QTEST_GUILESS_MAIN(LogDecoderTest)
#include "log_decoder_test.moc"
