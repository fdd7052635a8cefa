// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/log_file.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace twinhull;

namespace {

constexpr std::int64_t kWall = 1'767'225'600'000'000'007; // 2026-01-01T00:00:00.000000007Z

} // namespace

class LogFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesOneRecordALine()
    {
        auto log = LogFile::open(path("a"), { 1U << 20U, 2 });
        QVERIFY(log);
        QVERIFY(log->append(LogStream::Output, "one\n\ntwo", kWall));
        QVERIFY(log->append(LogStream::Error, "three\n", kWall));
        QCOMPARE(text("a"),
            std::string("2026-01-01T00:00:00.000000007Z stdout F one\n"
                        "2026-01-01T00:00:00.000000007Z stdout F \n"
                        "2026-01-01T00:00:00.000000007Z stdout P two\n"
                        "2026-01-01T00:00:00.000000007Z stderr F three\n"));
    }

    void whatIsWrittenCanBeParsed()
    {
        auto log = LogFile::open(path("p"), { 1U << 20U, 2 });
        QVERIFY(log && log->append(LogStream::Error, "with spaces  and \xff bytes\n", kWall));
        const std::string record = text("p");
        const auto line = parseLogLine(std::string_view(record).substr(0, record.size() - 1));
        QVERIFY(line);
        QVERIFY(line->stream == LogStream::Error && line->piece == LogPiece::Line);
        QVERIFY(line->text == "with spaces  and \xff bytes");
    }

    void refusesWhatIsNoRecord_data()
    {
        QTest::addColumn<QByteArray>("record");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("plain text") << QByteArray("hello world");
        QTest::newRow("unknown stream") << QByteArray("2026-01-01T00:00:00.000000007Z stdin F x");
        QTest::newRow("unknown tag") << QByteArray("2026-01-01T00:00:00.000000007Z stdout X x");
        QTest::newRow("cut off") << QByteArray("2026-01-01T00:00:00.000000007Z stdout");
    }

    void refusesWhatIsNoRecord()
    {
        QFETCH(QByteArray, record);
        QVERIFY(!parseLogLine(record.toStdString()));
    }

    void appendsToWhatIsThere()
    {
        for (int i = 0; i < 2; ++i) {
            auto log = LogFile::open(path("again"), { 1U << 20U, 2 });
            QVERIFY(log && log->append(LogStream::Output, "x\n", kWall));
        }
        const std::string both = text("again");
        QCOMPARE(std::count(both.begin(), both.end(), '\n'), 2);
    }

    void aFloodStaysBelowTwiceTheLimit()
    {
        constexpr std::uint64_t kLimit = 64U << 10U;
        auto log = LogFile::open(path("flood"), { kLimit, 2 });
        QVERIFY(log);
        const std::string chunk(4000, 'x');
        for (int i = 0; i < 200; ++i)
            QVERIFY(log->append(LogStream::Output, chunk + "\n", kWall));
        QVERIFY(text("flood").size() <= kLimit);
        QVERIFY(text("flood.1").size() <= kLimit);
        QVERIFY(text("flood").size() + text("flood.1").size() > kLimit / 2);
        QVERIFY(!exists(path("flood.2")));
    }

    void shortLinesStayBelowTheLimitToo()
    {
        constexpr std::uint64_t kLimit = 16U << 10U;
        auto log = LogFile::open(path("short"), { kLimit, 3 });
        QVERIFY(log && log->append(LogStream::Output, std::string(64U << 10U, '\n'), kWall)); // 40 times as much
        for (const char* name : { "short", "short.1", "short.2" })
            QVERIFY2(!text(name).empty() && text(name).size() <= kLimit, name);
        QVERIFY(!exists(path("short.3")));
    }

    void keepsAsManyFilesAsItIsTold()
    {
        for (const unsigned files : { 4U, 2U, 1U }) {
            auto log = LogFile::open(path("many"), { 4096, files });
            QVERIFY(log);
            for (int i = 0; i < 20; ++i)
                QVERIFY(log->append(LogStream::Output, std::string(3000, 'x') + "\n", kWall));
            QCOMPARE(exists(path("many.1")), files > 1);
            QCOMPARE(exists(path("many.3")), files > 3);
            QVERIFY(!exists(path("many.4")));
        }
    }

    void knowsWhetherItHasAll()
    {
        for (const unsigned files : { 1U, 3U }) {
            const std::string name = "all" + std::to_string(files);
            auto log = LogFile::open(path(name.c_str()), { 4096, files });
            QVERIFY(log);
            for (int n = 0; n < 8; ++n) {
                const std::string line = "number " + std::to_string(n) + std::string(1000, 'x') + "\n";
                QVERIFY(log->append(LogStream::Output, line, kWall));
                bool hasFirst = text(name.c_str()).find("number 0") != std::string::npos;
                for (const char* older : { ".1", ".2" }) {
                    const auto read = readFile(path((name + older).c_str()));
                    hasFirst = hasFirst || (read && read->find("number 0") != std::string::npos);
                }
                QCOMPARE(log->hasAll(), hasFirst);
            }
            QCOMPARE(log->hasAll(), files == 3);
        }
    }

    void saysThatItHasNotAllWhereTheDiskIsFull()
    {
        auto log = LogFile::open("/dev/full", { 4096, 1 });
        QVERIFY(log && log->hasAll());
        QVERIFY(!log->append(LogStream::Output, "lost\n", kWall));
        QVERIFY(!log->hasAll());
    }

    void refusesALinkInItsPlace()
    {
        QCOMPARE(::symlink("/etc/passwd", path("link").c_str()), 0);
        QVERIFY(!LogFile::open(path("link"), { 4096, 2 }));
    }

private:
    std::string path(const char* name) const { return m_root.filePath(QLatin1String(name)).toStdString(); }
    std::string text(const char* name) const
    {
        auto read = readFile(path(name));
        return read ? *read : std::string();
    }

    QTemporaryDir m_root;
};

QTEST_GUILESS_MAIN(LogFileTest)
#include "log_file_test.moc"
