// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/log_search.h"

#include "ui/console/log_feed.h"
#include "ui/console/log_rows.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

namespace {

const QByteArray kMoment = "2026-01-31T08:15:00.123456789Z";

} // namespace

class LogSearchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_feed = std::make_unique<LogFeed>(path());
    }
    void cleanup() { m_feed.reset(); }

    void findsEachLineOnce()
    {
        QByteArray text;
        for (int i = 0; i < 100'000; ++i)
            text += kMoment + (i % 10'000 == 17 ? " stdout F a Needle and a needle\n" : " stdout F hay\n");
        append(text);
        LogSearch search(m_feed->index());
        search.find(QStringLiteral("NEEDLE"), LogFilter::All);
        QTRY_VERIFY(!search.isSearching());
        QCOMPARE(search.count(), std::size_t{ 10 });
        QCOMPARE(*search.first(), std::uint64_t{ 17 });
        QCOMPARE(*search.next(17), std::uint64_t{ 10'017 });
        QCOMPARE(*search.next(90'017), std::uint64_t{ 17 }); // around
        QCOMPARE(*search.previous(17), std::uint64_t{ 90'017 });
        QCOMPARE(*search.previous(10'020), std::uint64_t{ 10'017 });
        QCOMPARE(search.countBefore(10'018), std::size_t{ 2 });
    }

    void goesOnAsTheLogGrows()
    {
        append(kMoment + " stdout F needle\n");
        LogSearch search(m_feed->index());
        search.find(QStringLiteral("needle"), LogFilter::All);
        QTRY_COMPARE(search.count(), std::size_t{ 1 });
        append(kMoment + " stdout F hay\n" + kMoment + " stdout F needle\n");
        search.goOn();
        QTRY_COMPARE(search.count(), std::size_t{ 2 });
        QCOMPARE(*search.next(0), std::uint64_t{ 2 });
    }

    void findsWhatIsShown_data()
    {
        QTest::addColumn<QByteArray>("record");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isFound");
        QTest::newRow("plain text") << QByteArray("no record at all\n") << "RECORD" << true;
        QTest::newRow("not the time") << kMoment + " stdout F x\n"
                                      << "08:15" << false;
        QTest::newRow("not the stream") << kMoment + " stdout F x\n"
                                        << "stdout" << false;
        QTest::newRow("UTF-8") << kMoment + " stdout F \xc3\x84rger\n" << QStringLiteral("\u00e4rger") << true;
        QTest::newRow("through colours") << kMoment + " stdout F a\x1b[31mb\x1b[0mc\n"
                                         << "abc" << true;
        QTest::newRow("over parts") << kMoment + " stdout P ab\n" + kMoment + " stdout F cd\n"
                                    << "bc" << true;
    }
    void findsWhatIsShown()
    {
        QFETCH(QByteArray, record);
        QFETCH(QString, text);
        QFETCH(bool, isFound);
        append(record);
        LogSearch search(m_feed->index());
        search.find(text, LogFilter::All);
        QTRY_VERIFY(!search.isSearching());
        QCOMPARE(search.count() == 1, isFound);
    }

    void looksOnlyAtWhatTheFilterShows()
    {
        append(kMoment + " stdout F needle\n" + kMoment + " stderr F needle\n");
        LogSearch search(m_feed->index());
        search.find(QStringLiteral("needle"), LogFilter::Error);
        QTRY_VERIFY(!search.isSearching());
        QCOMPARE(search.count(), std::size_t{ 1 });
        QCOMPARE(*search.first(), std::uint64_t{ 1 });
        search.find({}, LogFilter::All);
        QCOMPARE(search.count(), std::size_t{ 0 });
        QVERIFY(!search.next(0) && !search.previous(0));
    }

    void rowsFollowTheFilter()
    {
        append(kMoment + " stdout F a\n" + kMoment + " stderr F b\n" + kMoment + " stdout F WARN c\n");
        LogRows rows(m_feed->index());
        rows.setFilter(LogFilter::All);
        rows.sync();
        QCOMPARE(rows.count(), std::size_t{ 3 });
        rows.setFilter(LogFilter::Warnings);
        rows.sync();
        QCOMPARE(rows.count(), std::size_t{ 2 });
        QCOMPARE(rows.lineAt(0), std::uint64_t{ 1 });
        QCOMPARE(rows.rowFrom(2), std::size_t{ 1 });
        append(kMoment + " stdout F d\n" + kMoment + " stderr F e\n");
        rows.sync();
        QCOMPARE(rows.count(), std::size_t{ 3 });
        QCOMPARE(rows.lineAt(2), std::uint64_t{ 4 });
        rows.setFilter(LogFilter::Output);
        rows.sync();
        QCOMPARE(rows.count(), std::size_t{ 3 });
    }

private:
    QString path() const { return m_folder->filePath(QStringLiteral("log")); }
    void append(const QByteArray& bytes)
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(bytes), bytes.size());
        file.close();
        QSignalSpy settled(m_feed.get(), &LogFeed::settled);
        m_feed->read();
        QTRY_COMPARE(settled.size(), 1);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LogFeed> m_feed;
};

QTEST_MAIN(LogSearchTest)
#include "log_search_test.moc"
