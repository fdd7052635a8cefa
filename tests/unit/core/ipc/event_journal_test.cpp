// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ipc/event_journal.h"

#include "core/base/files.h"
#include "core/ipc/journal_reader.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <thread>

using namespace twinhull;

class EventJournalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_temporary = std::make_unique<QTemporaryDir>(); }

    void tellsWhatWasWritten()
    {
        const JournalEvent first{ 1'000, "container", "died", "0123", "web",
            { { "exitCode", "3" }, { "image", "x" } } };
        const JournalEvent second{ 2'000, "image", "pull", {}, "a \"quoted\"\nname \xff" };
        JournalReader reader(folder());
        QVERIFY(reader.read()->empty()); // there is nothing yet
        QVERIFY(EventJournal(folder()).write(first));
        QVERIFY(EventJournal(folder()).write(second));
        const auto events = reader.read();
        QCOMPARE(events->size(), std::size_t{ 2 });
        QVERIFY(events->front() == first);
        QCOMPARE(events->back().name, std::string("a \"quoted\"\nname \xef\xbf\xbd"));
        QVERIFY(reader.read()->empty()); // each once
    }

    void givesWhatIsWrittenNowItsTime()
    {
        QVERIFY(EventJournal(folder()).write({ 0, "volume", "create", {}, "data" }));
        QVERIFY(JournalReader(folder()).read()->front().wallMilliseconds > 1'600'000'000'000);
    }

    void writesNowhereWithoutAFolder() { QVERIFY(EventJournal({}).write({ 0, "volume", "create", {}, "data" })); }

    void cutsWhatIsTooLong()
    {
        JournalEvent event{ 1, "container", "start", "0123", std::string(100'000, 'x') };
        for (int i = 0; i < 1'000; ++i)
            event.attributes[std::to_string(i)] = std::string(100'000, 'y');
        QVERIFY(encodeJournalEvent(event).size() < 32'000);
        QVERIFY(EventJournal(folder()).write(event));
        QCOMPARE(JournalReader(folder()).read()->front().name.size(), std::size_t{ 512 });
    }

    /// A disk that was full in the middle of a record, and what is no record at all.
    void losesNothingButWhatIsTorn()
    {
        const EventJournal journal(folder());
        QVERIFY(journal.write({ 1, "volume", "create", {}, "first" }));
        append("\x1e{\"time_ms\":2,\"type\":\"volume\",\"event\":\"cr");
        QVERIFY(journal.write({ 3, "volume", "create", {}, "third" }));
        append("nonsense\n\x1e[1]\n\x1e{\"time_ms\":\"x\"}\n\n" + std::string(200'000, 'z') + "\n");
        QVERIFY(journal.write({ 4, "volume", "create", {}, "fourth" }));
        QCOMPARE(names(*JournalReader(folder()).read()),
            (QStringList{ QStringLiteral("first"), QStringLiteral("third"), QStringLiteral("fourth") }));
    }

    void hasTwoFilesAndNoMore()
    {
        const EventJournal journal(folder(), 2'000);
        JournalReader reader(folder());
        QStringList told;
        for (int i = 0; i < 200; ++i) {
            QVERIFY(journal.write({ i + 1, "volume", "create", {}, std::to_string(i) }));
            if (i % 7 == 0) // it goes on through the change of names
                told += names(*reader.read());
        }
        told += names(*reader.read());
        QCOMPARE(told.size(), 200);
        QCOMPARE(told.front() + told.back(), QStringLiteral("0199"));
        const auto kept = names(*JournalReader(folder()).read());
        QVERIFY2(kept.size() >= 20 && kept.size() < 60, qPrintable(QString::number(kept.size())));
        QCOMPARE(kept, told.mid(200 - kept.size())); // the latest, in order
        QVERIFY(!exists(folder() + "/journal.2"));
    }

    void endsSomewhereWhereItCannotBeRenamed()
    {
        QVERIFY(makeFolders(folder() + "/journal.1"));
        const EventJournal journal(folder(), 1'000);
        Result<> written;
        for (int i = 0; i < 1'000 && written; ++i)
            written = journal.write({ i + 1, "volume", "create", {}, "data" });
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::OutOfSpace);
        QVERIFY(QFileInfo(QString::fromStdString(folder() + "/journal")).size() < 5'000);
        QVERIFY(removeTree(folder() + "/journal.1"));
        QVERIFY(journal.write({ 1, "volume", "remove", {}, "last" })); // and goes on
        QVERIFY(QFileInfo(QString::fromStdString(folder() + "/journal")).size() < 1'000);
    }

    /// More than one finds the file full at the same moment: everybody's records are there, each once.
    void takesManyWritersAtOnce()
    {
        constexpr int kWriters = 4;
        constexpr int kOfEach = 300;
        JournalReader reader(folder());
        std::vector<std::thread> writers;
        for (int writer = 0; writer < kWriters; ++writer) {
            writers.emplace_back([this, writer] {
                const EventJournal journal(folder(), 50'000); // full once
                for (int i = 0; i < kOfEach; ++i)
                    (void)journal.write({ i + 1, "volume", "create", std::to_string(writer), "v" });
            });
        }
        std::map<std::string, std::vector<std::int64_t>> told;
        const auto take = [&] {
            const auto events = reader.read();
            for (const auto& event : *events)
                told[event.id].push_back(event.wallMilliseconds);
        };
        take();
        for (auto& writer : writers) {
            writer.join();
            take();
        }
        QCOMPARE(told.size(), std::size_t{ kWriters });
        QVERIFY(exists(folder() + "/journal.1"));
        for (auto& [id, moments] : told) {
            std::sort(moments.begin(), moments.end());
            QCOMPARE(moments.size(), std::size_t{ kOfEach });
            for (std::size_t i = 0; i < moments.size(); ++i)
                QCOMPARE(moments[i], static_cast<std::int64_t>(i) + 1);
        }
    }

    /// kill -9 while it writes and renames: what is there is whole, and the next one goes on.
    void outlivesAKilledWriter()
    {
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            const EventJournal journal(folder(), 3'000);
            for (std::int64_t i = 1;; ++i) {
                (void)journal.write({ i, "volume", "create", {}, "v" });
                if (i == 100)
                    (void)!::write(ready[1], "x", 1);
            }
        }
        char byte = 0;
        const bool hasWritten = ::read(ready[0], &byte, 1) == 1;
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(ready[0]);
        ::close(ready[1]);
        QVERIFY(hasWritten);
        QVERIFY(EventJournal(folder(), 3'000).write({ 7, "volume", "remove", {}, "last" }));
        const auto events = JournalReader(folder()).read();
        QVERIFY(events->size() >= 2);
        QCOMPARE(events->back().action, std::string("remove"));
        for (std::size_t i = 1; i + 1 < events->size(); ++i)
            QCOMPARE((*events)[i].wallMilliseconds, (*events)[i - 1].wallMilliseconds + 1);
    }

    void saysWhereItCannotWrite()
    {
        QVERIFY(writeFileAtomically(folder(), "in the way"));
        const auto written = EventJournal(folder()).write({ 1, "volume", "create", {}, "data" });
        QVERIFY(!written);
        QVERIFY2(written.error().message.find("note an event") != std::string::npos, written.error().message.c_str());
    }

private:
    std::string folder() const { return m_temporary->path().toStdString() + "/events"; }
    void append(const std::string& text) const
    {
        QFile file(QString::fromStdString(folder() + "/journal"));
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(QByteArray::fromStdString(text)), qint64(text.size()));
    }
    static QStringList names(const std::vector<JournalEvent>& events)
    {
        QStringList all;
        for (const auto& event : events)
            all << QString::fromStdString(event.name);
        return all;
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
};

QTEST_GUILESS_MAIN(EventJournalTest)
#include "event_journal_test.moc"
