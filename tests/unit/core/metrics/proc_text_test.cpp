// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/proc_text.h"

#include <QTest>

using namespace twinhull;

class ProcTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsStatWhateverTheNameIs()
    {
        const auto stat = parseProcessStat("42 (a) S (b 7) R 1 2 3 0 -1 4194304 10 20 30 40 500 60 7 8 20 0 9 0 12345 "
                                           "1000 200 18446744073709551615\n");
        QVERIFY(stat);
        QCOMPARE(stat->parent, pid_t{ 1 });
        QCOMPARE(stat->ownTicks, std::uint64_t{ 560 });
        QCOMPARE(stat->reapedTicks, std::uint64_t{ 15 });
        QCOMPARE(stat->threads, std::uint32_t{ 9 });
    }

    void readsHowLongAThreadWaitedForADisk()
    {
        std::string text = "42 (a) b) S 4";
        for (int field = 5; field < 60; ++field)
            text += " " + std::to_string(field);
        QCOMPARE(parseBlockedTicks(text), std::optional(std::uint64_t{ 42 }));
        QVERIFY(!parseBlockedTicks("42 (a) S 4 5 6"));
        QVERIFY(!parseBlockedTicks(""));
    }

    void refusesAStatThatIsCut_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no name") << QByteArray("42 S 1 2 3");
        QTest::newRow("ends in the times") << QByteArray("42 (a) R 1 2 3 0 -1 4194304 10 20 30 40 500 60");
        QTest::newRow("letters in a number") << QByteArray("42 (a) R x 2 3 0 -1 4 10 20 30 40 500 60 7 8 20 0 9");
    }
    void refusesAStatThatIsCut()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!parseProcessStat(text.toStdString()));
    }

    void readsStatm()
    {
        const auto pages = parseStatm("1000 300 120 1 0 90 0\n");
        QVERIFY(pages);
        QCOMPARE(pages->anonymous, std::uint64_t{ 180 });
        QCOMPARE(pages->shared, std::uint64_t{ 120 });
        QCOMPARE(parseStatm("0 0 0 0 0 0 0\n")->anonymous, std::uint64_t{ 0 }); // a zombie
        QVERIFY(!parseStatm("1000 300"));
    }

    void findsALineByItsWholeName()
    {
        const std::string_view text = "Rss:     10 kB\nPss_Dirty:  3 kB\nPss:     7 kB\nSwapPss: 9 kB\n";
        QCOMPARE(*kilobyteLine(text, "Pss"), std::uint64_t{ 7 * 1024 });
        QVERIFY(!kilobyteLine(text, "Swap"));
        QVERIFY(!kilobyteLine(text, "wapPss"));
    }

    void readsIo()
    {
        const auto io = parseProcessIo("rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n"
                                       "cancelled_write_bytes: 7\n");
        QVERIFY(io);
        QCOMPARE(io->read, std::uint64_t{ 5 });
        QCOMPARE(io->written, std::uint64_t{ 6 });
        QVERIFY(!parseProcessIo("rchar: 1\n"));
    }

    void readsAFlatKey()
    {
        const std::string_view text = "active_file 3\ninactive_file 4\nfile 5\n";
        QCOMPARE(*flatKey(text, "file"), std::uint64_t{ 5 });
        QCOMPARE(*flatKey(text, "inactive_file"), std::uint64_t{ 4 });
        QVERIFY(!flatKey(text, "active"));
        QVERIFY(!flatKey("usage_usec x\n", "usage_usec"));
    }

    void addsAllInterfacesButLoopback()
    {
        const auto bytes
            = parseNetDev("Inter-|   Receive                            |  Transmit\n"
                          " face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs\n"
                          "    lo: 9999 1 0 0 0 0 0 0 9999 1 0 0 0 0 0 0\n"
                          "  eth0: 100 2 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n"
                          "  tap1:30 2 0 0 0 0 0 0 40 3 0 0 0 0 0 0\n");
        QVERIFY(bytes);
        QCOMPARE(bytes->received, std::uint64_t{ 130 });
        QCOMPARE(bytes->sent, std::uint64_t{ 240 });
        QCOMPARE(bytes->receivedPackets, std::uint64_t{ 4 });
        QCOMPARE(bytes->sentPackets, std::uint64_t{ 6 });
        QVERIFY(!parseNetDev("  eth0: 100 2\n"));
    }

    void countsWaitingForDisksAsIdle()
    {
        const auto ticks = parseHostStat("cpu  10 20 30 400 50 6 7 8 9 1\ncpu0 1 2 3 4 5 6 7 8 9 1\n");
        QVERIFY(ticks);
        QCOMPARE(ticks->busy, std::uint64_t{ 81 });
        QCOMPARE(ticks->total, std::uint64_t{ 531 });
        QVERIFY(!parseHostStat("cpu0 1 2 3 4 5 6 7 8\n"));
    }

    void readsPressure()
    {
        QCOMPARE(*parsePressure("some avg10=5.09 avg60=2.82 avg300=3.95 total=68691044\n"), 5.09);
        QVERIFY(!parsePressure("full avg10=0.00\n"));
        QVERIFY(!parsePressure("some avg10=\n"));
    }
};

QTEST_GUILESS_MAIN(ProcTextTest)
#include "proc_text_test.moc"
