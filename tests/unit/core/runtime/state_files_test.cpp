// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/state/container.h"
#include "tests/support/child_report.h"
#include "tests/support/victim.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/file.h>
#include <sys/stat.h>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// State on disk that is torn, foreign, or of a process that is gone.
class StateFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void namesTheFileThatCannotBeRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut") << QByteArray("{\"version\":1,\"id\":\"we");
        QTest::newRow("a number") << QByteArray("7");
        QTest::newRow("another version") << QByteArray(R"({"version":2,"id":"web"})");
        QTest::newRow("wrong kinds") << QByteArray(R"({"version":1,"id":7,"pid":"x"})");
        QTest::newRow("a pid too large") << QByteArray(R"({"version":1,"id":"web","pid":99999999999999})");
        QTest::newRow("binary") << QByteArray(64, '\xff');
    }
    void namesTheFileThatCannotBeRead()
    {
        QFETCH(QByteArray, text);
        QVERIFY(makeFolders(root() + "/web", 0700));
        QVERIFY(writeFileAtomically(root() + "/web/state.json", text.toStdString()));
        auto folder = store().open("web");
        QVERIFY(folder);
        auto record = folder->readRecord();
        QVERIFY(!record);
        QVERIFY2(record.error().message.find("state.json") != std::string::npos, record.error().message.c_str());
        QVERIFY(!deleteContainer(*folder, Force::No, [](const char*) {}));
        QVERIFY(exists(root() + "/web"));
        QVERIFY(deleteContainer(*folder, Force::Yes, [](const char*) {}));
        QVERIFY(!exists(root() + "/web"));
    }

    void followsNoLinkInAStateFolder()
    {
        QVERIFY(makeFolders(root() + "/web", 0700));
        const std::string elsewhere = m_folder->filePath(QStringLiteral("elsewhere")).toStdString();
        QVERIFY(writeFileAtomically(elsewhere, oci::encodeRecord({})));
        QCOMPARE(::symlink(elsewhere.c_str(), (root() + "/web/state.json").c_str()), 0);
        auto folder = store().open("web");
        QVERIFY(folder && !folder->readRecord());
        QCOMPARE(::symlink(m_folder->path().toUtf8().constData(), (root() + "/link").c_str()), 0);
        QVERIFY(!store().open("link"));
    }

    void makesNothingInAFolderOfAnother()
    {
        TH_NEEDS_ROOT;
        QVERIFY(makeFolders(root(), 0777));
        QCOMPARE(::chown(root().c_str(), 65534, 65534), 0);
        auto folder = store().create("web");
        QVERIFY(!folder);
        QCOMPARE(folder.error().code, ErrorCode::PermissionDenied);
        QVERIFY(!exists(root() + "/web"));
    }

    void takesAPidThatWasGivenAgainForStopped()
    {
        auto folder = store().create("web");
        QVERIFY(folder);
        Victim other([](int, VictimReport&) {});
        oci::ContainerRecord record;
        record.id = "web";
        record.pid = other.pid(); // the number is right, the process is another
        record.pidStartTicks = startTicksOf(other.pid()) - 1;
        QVERIFY(folder->writeRecord(record));
        QCOMPARE(statusOf(*folder, record), oci::ContainerStatus::Stopped);
        QVERIFY(deleteContainer(*folder, Force::Yes, [](const char*) {}));
        other.doStep(); // answers, so it lives
    }

    void readsTheStartOfAProcessWithAnyName()
    {
        const auto report = inChild([] {
            auto name = openPath("/proc/self/comm", O_WRONLY);
            const std::uint64_t before = startTicksOf(::getpid());
            const auto written = writeAll(*name, "a) S 1 (b");
            return told(written) + (before != 0 && startTicksOf(::getpid()) == before ? " same" : " other");
        });
        QCOMPARE(report, std::string("done same"));
    }

    void letsGoOfWhatIsLockedOnlyWithItsHolder()
    {
        auto held = store().create("web");
        QVERIFY(held && held->writeRecord({}));
        const std::string folder = root() + "/web";
        const auto tryLock = [&] {
            const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            return ::flock(fd.fd(), LOCK_EX | LOCK_NB) == 0;
        };
        QVERIFY(!tryLock());
        QVERIFY(store().peek("web")); // looking never waits
        held->unlock();
        QVERIFY(tryLock());
    }

    void replacesARecordWhole()
    {
        auto folder = store().create("web");
        QVERIFY(folder);
        oci::ContainerRecord record;
        record.id = "web";
        record.annotations["long"] = std::string(50'000, 'x');
        QVERIFY(folder->writeRecord(record));
        record.annotations.clear();
        QVERIFY(folder->writeRecord(record));
        QVERIFY(folder->readRecord()->annotations.empty());
        QVERIFY(!exists(root() + "/web/state.json.partial"));
    }

    void listsWhatIsAContainerOnly()
    {
        QVERIFY(store().create("b")->writeRecord({}) && store().create("a")->writeRecord({}));
        QVERIFY(makeFolders(root() + "/half", 0700) && makeFolders(root() + "/.hidden", 0700));
        QVERIFY(writeFileAtomically(root() + "/file", ""));
        auto ids = store().ids();
        QVERIFY(ids);
        QCOMPARE(*ids, (std::vector<std::string>{ "a", "b" }));
        QVERIFY(!exists(root() + "/half"));
        QVERIFY(exists(root() + "/.hidden") && exists(root() + "/file"));
    }

private:
    std::string root() const { return m_folder->filePath(QStringLiteral("state")).toStdString(); }
    StateStore store() const { return StateStore(root()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(StateFilesTest)
#include "state_files_test.moc"
