// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/process/start_gate.h"
#include "core/runtime/state/container.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

    void endsWhatRunsOnlyWhenForced()
    {
        const pid_t pid = ::fork();
        if (pid == 0)
            while (true)
                ::pause();
        auto folder = store().create("web");
        QVERIFY(folder);
        oci::ContainerRecord record;
        record.id = "web";
        record.pid = pid;
        record.pidStartTicks = startTicksOf(pid);
        QVERIFY(folder->writeRecord(record));
        QCOMPARE(statusOf(*folder, record), oci::ContainerStatus::Running);
        QCOMPARE(deleteContainer(*folder, Force::No, failOnWarning()).error().code, ErrorCode::Busy);
        QVERIFY(exists(root() + "/web"));
        QVERIFY(deleteContainer(*folder, Force::Yes, failOnWarning()));
        int status = 0;
        QCOMPARE(::waitpid(pid, &status, 0), pid);
        QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        QVERIFY(!exists(root() + "/web"));
    }

    void takesAZombieForStopped()
    {
        const pid_t pid = ::fork();
        if (pid == 0)
            ::_exit(0);
        siginfo_t info{};
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
        QCOMPARE(startTicksOf(pid), std::uint64_t{ 0 });
        QCOMPARE(::waitpid(pid, nullptr, 0), pid);
        QCOMPARE(startTicksOf(pid), std::uint64_t{ 0 });
    }

    void runsThePoststopHooksWhenAllIsGone()
    {
        const std::string note = m_folder->filePath(QStringLiteral("note")).toStdString();
        auto folder = store().create("web");
        QVERIFY(folder);
        oci::RuntimeSpec spec = oci::defaultRuntimeSpec();
        const std::string script = "[ -e " + root() + "/web ] || echo gone > " + note + "; cat >> " + note;
        spec.hooks.poststop = { { "/bin/sh", { "sh", "-c", script }, { "PATH=/usr/bin:/bin" }, {} } };
        QVERIFY(folder->writeConfig(encodeRuntimeSpec(spec)));
        oci::ContainerRecord record;
        record.id = "web";
        record.hasPoststop = true;
        QVERIFY(folder->writeRecord(record));
        QVERIFY(deleteContainer(*folder, Force::No, failOnWarning()));
        QCOMPARE(*readFile(note), "gone\n" + oci::encodeState({ record, oci::ContainerStatus::Stopped }));
    }

    void warnsWhereTheHooksCannotBeRead()
    {
        auto folder = store().create("web");
        QVERIFY(folder);
        oci::ContainerRecord record;
        record.hasPoststop = true;
        QVERIFY(folder->writeRecord(record) && folder->writeConfig("{"));
        std::string warning;
        QVERIFY(deleteContainer(*folder, Force::No, [&](const char* text) { warning = text; }));
        QVERIFY2(warning.rfind("poststop hooks are not run: ", 0) == 0, warning.c_str());
        QVERIFY(!exists(root() + "/web"));
    }

    void removesAHalfMadeContainerOnlyWhenForced()
    {
        auto folder = store().create("web");
        QVERIFY(folder && !deleteContainer(*folder, Force::No, failOnWarning()));
        QVERIFY(deleteContainer(*folder, Force::Yes, failOnWarning()));
        QVERIFY(!exists(root() + "/web"));
    }

    void readsSignals_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("number");
        QTest::newRow("name") << QStringLiteral("TERM") << SIGTERM;
        QTest::newRow("number") << QStringLiteral("15") << 15;
        QTest::newRow("real time") << QStringLiteral("RTMIN+3") << SIGRTMIN + 3;
        QTest::newRow("zero") << QStringLiteral("0") << 0;
        QTest::newRow("too large") << QStringLiteral("65") << -1;
        QTest::newRow("negative") << QStringLiteral("-9") << -1;
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
        auto outcome = openGate(*folder, {});
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
        auto executed = awaitExec(pair->second, {});
        QVERIFY(executed);
        QCOMPARE(*executed, std::int64_t{ 77 });
    }

    void takesEndOfFileBeforeForFailure()
    {
        auto pair = SyncChannel::makePair();
        QVERIFY(pair);
        pair->first.close();
        QVERIFY(!awaitExec(pair->second, {}));
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
    static WarningSink failOnWarning()
    {
        return [](const char* text) { QFAIL(text); };
    }
    std::string root() const { return m_folder->filePath(QStringLiteral("state")).toStdString(); }
    StateStore store() const { return StateStore(root()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(StateTest)
#include "state_test.moc"
