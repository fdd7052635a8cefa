// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_reader.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace twinhull;

namespace {

const std::string kAt = "2026-01-31T08:15:00.123456789Z";

/// A log in a folder of its own, and what was read of it.
class ReadLog {
public:
    std::string path() const { return m_folder.filePath(QStringLiteral("log")).toStdString(); }
    void append(const std::string& text) const
    {
        std::ofstream file(path(), std::ios::app | std::ios::binary);
        file << text;
    }
    /// As core/monitor/log_file.h does it.
    void rotate(unsigned files) const
    {
        for (unsigned n = files - 1; n > 1; --n)
            (void)std::rename(
                (path() + "." + std::to_string(n - 1)).c_str(), (path() + "." + std::to_string(n)).c_str());
        (void)std::rename(path().c_str(), (path() + ".1").c_str());
    }
    Result<> read()
    {
        return m_reader.readAll([] {}, m_isCancelled);
    }
    std::size_t count() const { return static_cast<std::size_t>(index.span().end - index.span().begin); }
    std::string all() const
    {
        std::string text;
        for (const auto& line : index.read(0, count()).bytes)
            text += line;
        return text;
    }
    bool hasGap() const { return m_reader.hasGap(); }

    LogIndex index;

private:
    QTemporaryDir m_folder;
    std::atomic<bool> m_isCancelled = false;
    LogReader m_reader{ path(), index };
};

} // namespace

class LogReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void marksAMillionLines()
    {
        constexpr std::uint64_t kLines = 1'000'000;
        ReadLog log;
        std::string text;
        for (std::uint64_t i = 0; i < kLines; ++i)
            text += kAt + (i % 1000 == 0 ? " stderr F no " : " stdout F no ") + std::to_string(i) + "\n";
        log.append(text);
        QVERIFY(log.read());
        QCOMPARE(log.count(), std::size_t{ kLines });
        for (const std::uint64_t line : { std::uint64_t{ 0 }, std::uint64_t{ 65'535 }, std::uint64_t{ 65'536 },
                 std::uint64_t{ 777'000 }, kLines - 1 }) {
            const auto lines = log.index.read(line, 1);
            QCOMPARE(lines.first, line);
            QVERIFY(lines.bytes.at(0).ends_with(" F no " + std::to_string(line) + "\n"));
            QCOMPARE(lines.marks.at(0).isError == 1, line % 1000 == 0);
        }
        QCOMPARE(log.index.read(kLines - 10, 100).bytes.size(), std::size_t{ 10 });
    }

    void marksStreamsAndLevels_data()
    {
        QTest::addColumn<QByteArray>("record");
        QTest::addColumn<bool>("isError");
        QTest::addColumn<int>("level");
        const auto row = [](const char* name, const char* text, bool isError, LineLevel level) {
            QTest::newRow(name) << QByteArray(text) << isError << static_cast<int>(level);
        };
        row("output", " stdout F fine", false, LineLevel::None);
        row("error", " stderr F fine", true, LineLevel::Error);
        row("says that it is a warning", " stderr F WARN low", true, LineLevel::Warning);
        row("error on the output", " stdout F [ERROR] no", false, LineLevel::Error);
        row("named", " stdout F level=warning msg=x", false, LineLevel::Warning);
        row("of JSON", " stdout F {\"level\":\"error\"}", false, LineLevel::Error);
    }
    void marksStreamsAndLevels()
    {
        QFETCH(QByteArray, record);
        QFETCH(bool, isError);
        QFETCH(int, level);
        ReadLog log;
        log.append(kAt + record.toStdString() + "\n");
        QVERIFY(log.read());
        const auto lines = log.index.marks(0, 1);
        QCOMPARE(lines.marks.at(0).isError == 1, isError);
        QCOMPARE(static_cast<int>(lines.marks.at(0).lineLevel()), level);
    }

    void joinsPartsAlsoOfTwoReads()
    {
        ReadLog log;
        log.append(kAt + " stdout P log\n");
        QVERIFY(log.read());
        QCOMPARE(log.count(), std::size_t{ 1 });
        log.append(kAt + " stdout F in\n" + kAt + " stdout P a\n" + kAt + " stderr F b\n");
        QVERIFY(log.read());
        QCOMPARE(log.count(), std::size_t{ 3 });
        QVERIFY(log.index.read(0, 1).bytes.at(0).ends_with("Z stdout F in\n"));
    }

    void waitsForTheEndOfALine()
    {
        ReadLog log;
        log.append("whole\nha");
        QVERIFY(log.read());
        QCOMPARE(log.all(), std::string("whole\n"));
        log.append("lf\n");
        QVERIFY(log.read());
        QCOMPARE(log.all(), std::string("whole\nhalf\n"));
    }

    void readsOlderFilesFirst()
    {
        ReadLog log;
        for (const char* text : { "one\n", "two\n", "three\n" }) {
            log.rotate(3);
            log.append(text);
        }
        QVERIFY(log.read());
        QCOMPARE(log.all(), std::string("one\ntwo\nthree\n"));
    }

    void goesOnThroughRotations()
    {
        ReadLog log;
        log.append("one\n");
        QVERIFY(log.read());
        log.append("two\n");
        log.rotate(4);
        log.append("three\n");
        log.rotate(4);
        QVERIFY(log.read()); // renamed away and not made anew yet
        log.append("four\n");
        QVERIFY(log.read());
        QCOMPARE(log.all(), std::string("one\ntwo\nthree\nfour\n"));
        QVERIFY(!log.hasGap());
    }

    void keepsWhatWasRotatedOffTheDisk()
    {
        ReadLog log;
        log.append("one\n");
        QVERIFY(log.read());
        for (const char* text : { "two\n", "three\n" }) {
            log.rotate(2);
            log.append(text);
            QVERIFY(log.read());
        }
        QCOMPARE(log.all(), std::string("one\ntwo\nthree\n"));
        QVERIFY(!log.hasGap());
    }

    void tellsWhenItWasTooSlow()
    {
        ReadLog log;
        log.append("one\n");
        QVERIFY(log.read());
        for (const char* text : { "two\n", "three\n", "four\n" }) {
            log.rotate(2);
            log.append(text);
        }
        QVERIFY(log.read());
        QCOMPARE(log.all(), std::string("one\nthree\nfour\n"));
        QVERIFY(log.hasGap());
    }

    void losesNothingInAFloodWithRotations()
    {
        constexpr int kLines = 200'000;
        ReadLog log;
        log.append("begin\n");
        std::atomic<bool> isDone = false;
        std::thread writer([&] {
            std::string text;
            for (int i = 0; i < kLines; ++i) {
                text += std::to_string(i) + "\n";
                if (i % 1000 == 999) {
                    log.append(text);
                    text.clear();
                }
                if (i % 20'000 == 19'999)
                    log.rotate(99);
            }
            isDone = true;
        });
        while (!isDone)
            (void)log.read(); // between two files there is none for a moment
        writer.join();
        log.append("end\n");
        QVERIFY(log.read());
        QVERIFY(!log.hasGap());
        QCOMPARE(log.count(), std::size_t{ kLines + 2 });
        std::string expected = "begin\n";
        for (int i = 0; i < kLines; ++i)
            expected += std::to_string(i) + "\n";
        QVERIFY(log.all() == expected + "end\n");
    }

    void beginsAnewInAFileThatWasEmptied()
    {
        ReadLog log;
        log.append("a long line that was there\n");
        QVERIFY(log.read());
        std::filesystem::resize_file(log.path(), 0);
        log.append("new\n");
        QVERIFY(log.read());
        QCOMPARE(log.index.read(log.index.span().begin, 10).bytes, std::vector<std::string>{ "new\n" });
    }

    void keepsALineOfManyBytesInPieces()
    {
        ReadLog log;
        log.append(std::string(3 * LogReader::kChunkBytes, 'x') + "\nafter\n");
        QVERIFY(log.read());
        QVERIFY(log.count() >= 4 && log.count() < 6);
        const auto lines = log.index.read(0, 10).bytes;
        QCOMPARE(lines.back(), std::string("after\n"));
        for (const auto& line : lines)
            QVERIFY(line.size() <= LogIndex::kLongestLineBytes);
    }

    void forgetsTheOldestAboveItsLimit()
    {
        ReadLog log;
        log.append("x\n");
        QVERIFY(log.read());
        const std::vector<LogMark> block(LogIndex::kBlockLines);
        for (std::size_t i = 0; i < LogIndex::kMostLines / LogIndex::kBlockLines + 3; ++i)
            log.index.append(block, 2);
        QVERIFY(log.index.span().begin > 0);
        QVERIFY(log.count() <= LogIndex::kMostLines);
        QCOMPARE(log.index.span().end, std::uint64_t{ LogIndex::kMostLines + 3 * LogIndex::kBlockLines + 1 });
    }

    void hasNothingWithoutAFile()
    {
        ReadLog log;
        const auto read = log.read();
        QVERIFY(!read && read.error().code == ErrorCode::NotFound);
        log.append("there\n");
        QVERIFY(log.read());
        QCOMPARE(log.all(), std::string("there\n"));
    }
};

QTEST_GUILESS_MAIN(LogReaderTest)
#include "log_reader_test.moc"
