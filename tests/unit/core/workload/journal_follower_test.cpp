// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workload/journal_follower.h"

#include "core/base/files.h"
#include "core/workload/journal_words.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace twinhull;

class JournalFollowerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_temporary = std::make_unique<QTemporaryDir>(); }

    void tellsWhatWasAndThenWhatComes()
    {
        const EventJournal journal(folder(), 600); // full after a few
        QVERIFY(journal.write({ 1, "volume", "create", {}, "0" }));
        JournalFollower follower(folder());
        QStringList told;
        connect(&follower, &JournalFollower::happened, this,
            [&told](const JournalEvent& event) { told << QString::fromStdString(event.name); });
        const auto past = follower.begin();
        QVERIFY(past && past->size() == 1);
        QStringList expected;
        for (int i = 1; i < 30; ++i) {
            QVERIFY(journal.write({ i, "volume", "create", {}, std::to_string(i) }));
            expected << QString::number(i);
            QTRY_COMPARE(told, expected);
        }
    }

    void waitsWhereThereIsNoJournalYet()
    {
        JournalFollower follower(folder());
        int count = 0;
        connect(&follower, &JournalFollower::happened, this, [&count] { ++count; });
        QVERIFY(follower.begin()->empty());
        QVERIFY(EventJournal(folder()).write({ 1, "volume", "create", {}, "data" }));
        QTRY_COMPARE(count, 1);
    }

    void goesOnWhereTheFolderIsTakenAway_data()
    {
        QTest::addColumn<bool>("isMoved");
        QTest::newRow("removed") << false;
        QTest::newRow("moved") << true;
    }
    void goesOnWhereTheFolderIsTakenAway()
    {
        QFETCH(bool, isMoved);
        const QString path = QString::fromStdString(folder());
        const auto write = [this](const char* name) {
            return EventJournal(folder()).write({ 1, "volume", "create", {}, name });
        };
        JournalFollower follower(folder());
        QStringList told;
        int failures = 0;
        connect(&follower, &JournalFollower::happened, this,
            [&told](const JournalEvent& event) { told << QString::fromStdString(event.name); });
        connect(&follower, &JournalFollower::failed, this, [&failures] { ++failures; });
        QVERIFY(follower.begin());
        QVERIFY(write("before"));
        QTRY_COMPARE(told, QStringList{ QStringLiteral("before") });
        for (const char* name : { "after", "and again" }) {
            const QString aside = path + QString::fromLatin1(name);
            QVERIFY(isMoved ? QDir().rename(path, aside) : QDir(path).removeRecursively());
            QTRY_VERIFY(QDir(path).exists());
            QVERIFY(write(name));
            QTRY_COMPARE(told.last(), QString::fromLatin1(name));
        }
        QCOMPARE(told.size(), 3);
        QCOMPARE(failures, 0);
    }

    /// The end of the folder is among what the kernel drops.
    void goesOnWhereMoreHappenedThanIsKept()
    {
        constexpr int kUsualMost = 16'384;
        const auto most = readFile("/proc/sys/fs/inotify/max_queued_events", 64);
        if (!most || QByteArray::fromStdString(*most).trimmed().toInt() > kUsualMost)
            QSKIP("this computer keeps more of them than a test should make");
        const QString path = QString::fromStdString(folder());
        JournalFollower follower(folder());
        int count = 0;
        connect(&follower, &JournalFollower::happened, this, [&count] { ++count; });
        QVERIFY(follower.begin());
        for (int i = 0; i <= kUsualMost / 2; ++i) { // made and removed are two
            QFile other(path + QStringLiteral("/other"));
            QVERIFY(other.open(QIODevice::WriteOnly) && other.remove());
        }
        QVERIFY(QDir(path).removeRecursively());
        QTRY_VERIFY(QDir(path).exists());
        QVERIFY(EventJournal(folder()).write({ 1, "volume", "create", {}, "data" }));
        QTRY_COMPARE(count, 1);
    }

    void readsAJournalThatWasEmptied()
    {
        const EventJournal journal(folder());
        QVERIFY(journal.write({ 1, "volume", "create", {}, "a name that is longer" }));
        JournalReader reader(folder());
        QCOMPARE(reader.read()->size(), std::size_t{ 1 });
        QVERIFY(QFile::resize(QString::fromStdString(folder() + "/journal"), 0));
        QVERIFY(journal.write({ 2, "volume", "create", {}, "new" }));
        const auto events = reader.read();
        QVERIFY(events && events->size() == 1);
        QCOMPARE(events->front().name, std::string("new"));
    }

    void marksWhatHappensToAContainer_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("attribute");
        QTest::addColumn<int>("kind"); // -1: none
        const auto row = [](const char* name, const char* type, const char* action, const char* attribute, int kind) {
            QTest::newRow(name) << QString::fromLatin1(type) << QString::fromLatin1(action)
                                << QString::fromLatin1(attribute) << kind;
        };
        using K = WorkloadEventKind;
        row("start", "container", "start", "image", static_cast<int>(K::Started));
        row("restore", "container", "restore", "image", static_cast<int>(K::Started));
        row("died", "container", "died", "exitCode", static_cast<int>(K::Stopped));
        row("oom", "container", "oom", "image", static_cast<int>(K::OutOfMemory));
        row("died of it", "container", "died", "oom", -1);
        row("pause", "container", "pause", "image", static_cast<int>(K::Paused));
        row("unpause", "container", "unpause", "image", static_cast<int>(K::Resumed));
        row("limits", "container", "update", "limits", static_cast<int>(K::LimitsChanged));
        row("policy", "container", "update", "restart", -1);
        row("stop", "container", "stop", "image", -1); // its end was told
        row("image", "image", "remove", "image", -1);
    }
    void marksWhatHappensToAContainer()
    {
        QFETCH(QString, type);
        QFETCH(QString, action);
        QFETCH(QString, attribute);
        QFETCH(int, kind);
        const JournalEvent event{ 5'000, type.toStdString(), action.toStdString(), "0123", "web",
            { { attribute.toStdString(), "x" } } };
        const auto marked = workloadEventOf(event, 3'000);
        QCOMPARE(marked.has_value(), kind >= 0);
        if (!marked)
            return;
        QCOMPARE(static_cast<int>(marked->kind), kind);
        QCOMPARE(marked->id.key, QStringLiteral("0123"));
        QCOMPARE(marked->monotonicNanoseconds, 2'000'000'000LL);
        // the window and the journal have one word for it
        if (action != u"restore")
            QCOMPARE(journalWordOf(marked->kind, WorkloadKind::Container), action);
    }

    void readsTheLatestOfEachContainer()
    {
        const EventJournal journal(folder());
        for (int i = 0; i < 700; ++i)
            QVERIFY(journal.write({ 1'000 + i, "container", "start", "busy", "busy" }));
        QVERIFY(journal.write({ 900, "container", "start", "calm", "calm" }));
        const auto past = std::make_shared<std::vector<WorkloadEvent>>();
        const auto job = readJournalJob(folder(), 0, past);
        job->start();
        QTRY_VERIFY(job->isFinished());
        QVERIFY(job->result());
        QCOMPARE(past->size(), std::size_t{ 501 });
        QCOMPARE(past->front().monotonicNanoseconds, 1'200'000'000LL);
        QCOMPARE(past->back().id.key, QStringLiteral("calm"));
    }

private:
    std::string folder() const { return m_temporary->path().toStdString() + "/events"; }

    std::unique_ptr<QTemporaryDir> m_temporary;
};

QTEST_GUILESS_MAIN(JournalFollowerTest)
#include "journal_follower_test.moc"
