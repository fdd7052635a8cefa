// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/state/container.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <csignal>
#include <thread>

using namespace twinhull;
using namespace twinhull::runtime;

class StateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void checksIds_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("plain") << QStringLiteral("web-1_a.b+c") << true;
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("dots") << QStringLiteral("..") << false;
        QTest::newRow("slash") << QStringLiteral("a/b") << false;
        QTest::newRow("option") << QStringLiteral("-rf") << false;
        QTest::newRow("too long") << QString(129, QLatin1Char('a')) << false;
    }
    void checksIds()
    {
        QFETCH(QString, id);
        QFETCH(bool, isGood);
        QCOMPARE(static_cast<bool>(checkId(id.toStdString())), isGood);
    }

    void keepsWhatIsWritten()
    {
        auto folder = store().create("web");
        QVERIFY(folder);
        oci::ContainerRecord record;
        record.id = "web";
        record.pid = ::getpid();
        record.pidStartTicks = startTicksOf(::getpid());
        QVERIFY(folder->writeRecord(record));
        folder->unlock();
        auto again = store().open("web");
        QVERIFY(again);
        QCOMPARE(again->readRecord()->pid, ::getpid());
        QCOMPARE(statusOf(*again, record), oci::ContainerStatus::Running);
        auto ids = store().ids();
        QVERIFY(ids);
        QCOMPARE(*ids, std::vector<std::string>{ "web" });
        QVERIFY(again->remove());
        QCOMPARE(store().open("web").error().code, ErrorCode::NotFound);
    }

    void refusesAnIdInUse()
    {
        auto folder = store().create("web");
        QVERIFY(folder && folder->writeRecord({}));
        folder->unlock();
        QCOMPARE(store().create("web").error().code, ErrorCode::AlreadyExists);
    }

    void leavesAHalfMadeFolderThatSomeoneWorksOn()
    {
        auto folder = store().create("web");
        QVERIFY(folder);
        QVERIFY(store().ids()->empty());
        QVERIFY(exists(root() + "/web"));
        QCOMPARE(store().create("web").error().code, ErrorCode::AlreadyExists);
    }

    void takesAPidOfAnotherProcessForStopped()
    {
        auto folder = store().create("web");
        QVERIFY(folder);
        oci::ContainerRecord record;
        record.pid = ::getpid();
        record.pidStartTicks = startTicksOf(::getpid()) + 1;
        QCOMPARE(statusOf(*folder, record), oci::ContainerStatus::Stopped);
        QCOMPARE(watchProcess(record).error().code, ErrorCode::NotFound);
    }

    void readsSignals_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("number");
        QTest::newRow("name") << QStringLiteral("TERM") << SIGTERM;
        QTest::newRow("long name") << QStringLiteral("SIGKILL") << SIGKILL;
        QTest::newRow("number") << QStringLiteral("15") << 15;
        QTest::newRow("real time") << QStringLiteral("RTMIN+3") << SIGRTMIN + 3;
        QTest::newRow("zero") << QStringLiteral("0") << -1;
        QTest::newRow("half a number") << QStringLiteral("9x") << -1;
        QTest::newRow("unknown") << QStringLiteral("SIGNONE") << -1;
    }
    void readsSignals()
    {
        QFETCH(QString, text);
        QFETCH(int, number);
        auto signal = parseSignal(text.toStdString());
        QCOMPARE(signal ? *signal : -1, number);
    }

    void carriesTheOutcomeOfAStartThroughTheGate()
    {
        auto folder = openPath(m_folder->path().toStdString(), O_RDONLY | O_DIRECTORY);
        auto gate = makeGate(*folder);
        QVERIFY(gate && hasGate(*folder));
        std::thread container([&] {
            auto channel = waitAtGate(*gate);
            (void)channel->send(SyncMessage::failure(Error::fromErrno(ENOENT, "start /bin/x").withHint("next")));
        });
        auto outcome = openGate(*folder);
        container.join();
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().message, std::string("start /bin/x: No such file or directory"));
        QCOMPARE(outcome.error().hint, std::string("next"));
        removeGate(*folder);
        QVERIFY(!hasGate(*folder));
    }

    void takesEndOfFileAfterExecutingForSuccess()
    {
        auto pair = SyncChannel::makePair();
        QVERIFY(pair);
        QVERIFY(pair->first.send(SyncMessage::of(SyncKind::Executing, 77)));
        pair->first.close();
        auto executed = awaitExec(pair->second);
        QVERIFY(executed);
        QCOMPARE(*executed, std::int64_t{ 77 });
    }

    void takesEndOfFileBeforeForFailure()
    {
        auto pair = SyncChannel::makePair();
        QVERIFY(pair);
        pair->first.close();
        QVERIFY(!awaitExec(pair->second));
    }

    void cutsLongMessagesAndPassesDescriptors()
    {
        auto pair = SyncChannel::makePair();
        QVERIFY(pair && pair->first.send(SyncMessage::warning(std::string(5000, 'x')), pair->second.fd()));
        auto received = pair->second.receive();
        QVERIFY(received && *received);
        QCOMPARE(std::string((*received)->message.text).size(), sizeof(SyncMessage::text) - 1);
        QVERIFY((*received)->attached);
    }

private:
    std::string root() const { return m_folder->filePath(QStringLiteral("state")).toStdString(); }
    StateStore store() const { return StateStore(root()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(StateTest)
#include "state_test.moc"
