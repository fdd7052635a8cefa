// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/containers/container_provider.h"
#include "core/copy/inside_files.h"
#include "core/images/image_store.h"
#include "core/ipc/container_folder.h"
#include "core/ipc/container_lock.h"
#include "tests/support/ctl_world.h"
#include "tests/support/process_search.h"
#include "tests/support/tar_builder.h"
#include "tests/support/wait_for_job.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace twinhull;
using namespace twinhull::test;

/// The files of a real container: "twinhullctl ls", and what the window does with them.
class CtlFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        (void)std::signal(SIGPIPE, SIG_IGN); // the error of the write is enough
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        const auto run = ctl({ "run", "--no-network", "--name", "box", "--user", "0", "starter", "/bin/sh", "-c",
            "mkdir -p /t/sub; echo 12345 > /t/file; chmod 640 /t/file; ln -s sub /t/way; ln -s / /t/root;"
            "touch \"$(printf '/t/bad\\377\\033[31m')\"; mkfifo /t/pipe; ln -s /t /alias; echo ready; exec sleep "
            "1000" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QTRY_VERIFY_WITH_TIMEOUT(ctl({ "logs", "box" }).out.contains("ready"), 20'000);
        m_images = std::make_unique<ImageStore>(m_world.folders());
        m_containers = std::make_unique<ContainerProvider>(m_world.folders(), *m_images);
        QTRY_VERIFY_WITH_TIMEOUT(m_containers->isSettled(), 20'000);
    }
    void cleanupTestCase()
    {
        m_containers.reset();
        CtlWorld::removeContainers();
    }

    void listsAFolder()
    {
        const auto listed = ctl({ "ls", "box:/alias", "--json" }).json().array();
        QCOMPARE(listed.size(), 6);
        QCOMPARE(listed[0][u"name"].toString(), QStringLiteral("sub")); // folders first
        QMap<QString, QJsonValue> files;
        for (const auto& file : listed)
            files[file[u"name"].toString()] = file;
        QCOMPARE(files[QStringLiteral("file")][u"bytes"].toInt(), 6);
        QCOMPARE(files[QStringLiteral("file")][u"mode"].toString(), QStringLiteral("0640"));
        QCOMPARE(files[QStringLiteral("pipe")][u"kind"].toString(), QStringLiteral("fifo"));
        QCOMPARE(files[QStringLiteral("way")][u"target"].toString(), QStringLiteral("sub"));
        const auto bad = files[QStringLiteral("bad\\xff\\x1b[31m")];
        QCOMPARE(QByteArray::fromBase64(bad[u"name_base64"].toString().toLatin1()), QByteArray("bad\xff\x1b[31m"));
        const auto table = ctl({ "ls", "box:/t" });
        QVERIFY2(table.exitCode == 0 && table.out.contains("-rw-r-----") && !table.out.contains('\x1b'),
            qPrintable(table.text()));
        QCOMPARE(ctl({ "ls", "box:/t/file", "--json" }).json().array().size(), 1);
    }

    void staysInsideWhateverLinksSay()
    {
        const auto inside = ctl({ "ls", "box", "--json" }).json().array();
        const auto behind = ctl({ "ls", "box:/t/root/../../../..", "--json" }).json().array();
        QVERIFY(!inside.isEmpty());
        QCOMPARE(behind.size(), inside.size());
        QVERIFY(ctl({ "ls", "box:/t/root/t", "--json" }).json().array().size() == 6);
    }

    void tellsWhatIsMissing()
    {
        QCOMPARE(ctl({ "ls", "box:/none" }).exitCode, 3);
        QCOMPARE(ctl({ "ls", "nobody:/" }).exitCode, 3);
        QVERIFY(ctl({ "pause", "box" }).exitCode != 0 || ctl({ "ls", "box:/" }).err.contains("resume"));
        (void)ctl({ "resume", "box" }); // where it could be paused
    }

    void changesFilesInside()
    {
        const auto files = filesOfBox();
        QVERIFY(done(files.makeFolder("/t/made")));
        QVERIFY(!done(files.makeFolder("/t/made")));
        QVERIFY(done(files.rename("/t/made", "/t/named\n")));
        QVERIFY(!done(files.rename("/t/named\n", "/t/file")));
        QVERIFY(done(files.remove("/t/named\n")));
        QVERIFY(!done(files.remove("/")));
        QCOMPARE(ctl({ "ls", "box:/t", "--json" }).json().array().size(), 6);
    }

    void editsASmallText()
    {
        const auto files = filesOfBox();
        const auto read = std::make_shared<InsideText>();
        QVERIFY(done(files.readText("/t/file", read)));
        QCOMPARE(read->text, std::string("12345\n"));
        const auto after = std::make_shared<InsideText>();
        const std::string text(200'000, 'x'); // more than one message
        QVERIFY(done(files.writeText("/t/file", *read, text, after)));
        QCOMPARE(ctl({ "exec", "box", "sh", "-c", "tr -d x < /t/file | wc -c; stat -c '%s %a' /t/file" }).out,
            QByteArray("0\n200000 640\n"));
        const auto refused = std::make_shared<InsideText>();
        QVERIFY(!done(files.writeText("/t/file", *read, "late", refused))); // it is no more as it was read
        QVERIFY(done(files.writeText("/t/file", *after, "12345\n", refused)));
        QVERIFY(!done(files.readText("/t/sub", read)));
        QCOMPARE(ctl({ "exec", "box", "sh", "-c", "dd if=/dev/zero of=/t/big bs=1M count=2 2>/dev/null" }).exitCode, 0);
        QVERIFY(!done(files.readText("/t/big", read)));
        QVERIFY(done(files.remove("/t/big")));
        QVERIFY(done(files.readText("/etc/hosts", read))); // a file that is mounted there cannot be replaced
        QVERIFY(done(files.writeText("/etc/hosts", *read, read->text + "10.0.0.1 other\n", after)));
        QVERIFY(ctl({ "exec", "box", "cat", "/etc/hosts" }).out.endsWith("10.0.0.1 other\n"));
    }

    void carriesFilesBothWays()
    {
        const auto files = filesOfBox();
        const auto outcome = std::make_shared<CopyOutcome>();
        QVERIFY(done(files.download("/t/file", path("down"), outcome)));
        QFile down(QString::fromStdString(path("down")));
        QVERIFY(down.open(QIODevice::ReadOnly) && down.readAll() == "12345\n");
        QVERIFY(done(files.upload(path("down"), "/t/sub", outcome)));
        QCOMPARE(ctl({ "exec", "box", "cat", "/t/sub/down" }).out, QByteArray("12345\n"));
    }

    /// It was never started: its folders for mounts and its volume are made by looking.
    void looksIntoAContainerThatIsStopped()
    {
        QVERIFY(makeFolders(path("bound")) && makeFolders(path("secret")));
        QVERIFY(writeFileAtomically(path("bound/note"), "bound") && writeFileAtomically(path("sent"), "sent"));
        QVERIFY(writeFileAtomically(path("secret/file"), "of the host"));
        const auto made = ctl({ "create", "--no-network", "--name", "rest", "--user", "0", "-v", "kept:/data", "-v",
            path("bound") + ":/bound", "--tmpfs", "/scratch", "starter", "/bin/sh", "-c",
            "cat /etc/sent /data/sent > /seen; ln -s " + path("secret") + " /way; echo memory > /scratch/file" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        QVERIFY2(namesIn("rest").contains(QStringLiteral("bin")), "it has no /bin");
        for (const char* folder : { "rest:/etc", "rest:/data", "rest:/bound" })
            QVERIFY2(ctl({ "cp", path("sent"), folder }).exitCode == 0, folder);
        QCOMPARE(*readFile(path("bound/sent")), std::string("sent"));
        QCOMPARE(*readFile(m_world.folders().volumes() + "/kept/sent"), std::string("sent"));
        QVERIFY(said({ "cp", path("sent"), "rest:/dev" }).contains("Read-only")); // nothing there stays
        QCOMPARE(ctl({ "start", "rest" }).exitCode, 0);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf("rest"), QStringLiteral("stopped"), 20'000);
        QCOMPARE(ctl({ "cp", "rest:/seen", path("seen") }).exitCode, 0);
        QCOMPARE(*readFile(path("seen")), std::string("sentsent"));
        QCOMPARE(namesIn("rest:/scratch"), QStringList()); // it was in memory
        QVERIFY(ctl({ "diff", "rest" }).out.contains("/seen"));
    }

    void staysInsideOfAStoppedOneWhateverLinksSay()
    {
        QCOMPARE(ctl({ "cp", "rest:/way/file", path("stolen") }).exitCode, 3);
        QVERIFY(!exists(path("stolen")));
        QVERIFY(ctl({ "cp", path("sent"), "rest:/way/file" }).exitCode != 0);
        QCOMPARE(*readFile(path("secret/file")), std::string("of the host"));
        QCOMPARE(namesIn("rest:/proc/1/root/../../.."), namesIn("rest:/"));
    }

    /// Its processes would go on with other files than they had.
    void changesNoFilesThatACheckpointCountsOn()
    {
        const std::string checkpoint = folderOf("rest") + "/checkpoint";
        QVERIFY(makeFolders(checkpoint) && writeFileAtomically(checkpoint + "/record.json", "{}"));
        QVERIFY(said({ "cp", path("sent"), "rest:/tmp" }).contains("checkpoint"));
        QVERIFY(said({ "ls", "rest:/" }).contains("bin"));
        QVERIFY(removeTree(checkpoint));
        QCOMPARE(ctl({ "cp", path("sent"), "rest:/tmp" }).exitCode, 0);
    }

    /// One that is copied into, and whose copying program is killed, is started whole as soon as that is over.
    void isNotStartedWhileItIsCopiedInto()
    {
        auto ends = openPipe();
        auto copy = spawn({ { kProgram, "cp", "-", "rest:/tmp" }, {}, {} }, ChildStdio{ ends.first.fd() });
        ends.first.reset();
        QVERIFY(copy);
        const std::string folder = folderOf("rest");
        const std::string tar = TarBuilder().file("big", std::string(std::size_t(1) << 20U, 'x')).build();
        QVERIFY(writeAll(ends.second, tar.substr(0, std::size_t(300) << 10U)));
        const auto begun = [upper = QString::fromStdString(folder + "/upper/tmp")] {
            return QDir(upper).entryList({ QStringLiteral("*.partial") }, QDir::Files | QDir::Hidden).size();
        };
        QTRY_COMPARE(begun(), 1);
        QVERIFY(isVisited(folder));
        QVERIFY(said({ "ls", "rest:/" }).contains("being copied")); // nor is it waited for with a look
        auto start = spawn({ { kProgram, "start", "rest" }, {}, {} }, {});
        QVERIFY(start);
        pollfd ended{ start->pidfd.fd(), POLLIN, 0 };
        QTRY_VERIFY_WITH_TIMEOUT(isAMonitorAt(folder), 20'000);
        QCOMPARE(::poll(&ended, 1, 500), 0); // it waits
        QCOMPARE(::kill(copy->pid, SIGKILL), 0);
        QCOMPARE(::waitpid(copy->pid, nullptr, 0), copy->pid);
        int status = -1;
        QVERIFY(::poll(&ended, 1, 60'000) == 1 && ::waitpid(start->pid, &status, 0) == start->pid);
        QCOMPARE(WEXITSTATUS(status), 0);
        QCOMPARE(begun(), 0);
    }

private:
    /// Nobody else has the lock that a monitor takes.
    static bool isVisited(const std::string& folder) { return !lockContainerWithin(folder, {}); }
    /// Whether a monitor has the lock file open: it has the lock, or waits for it.
    bool isAMonitorAt(const std::string& folder) const
    {
        for (const pid_t pid : test::processesNaming(m_world.path(), "hull-monitor")) {
            std::error_code gone;
            for (std::filesystem::directory_iterator it("/proc/" + std::to_string(pid) + "/fd", gone), end;
                 !gone && it != end; it.increment(gone)) {
                std::error_code closed;
                if (std::filesystem::read_symlink(it->path(), closed) == folder + "/" + kMonitorLockName)
                    return true;
            }
        }
        return false;
    }
    static QByteArray said(const std::vector<std::string>& words)
    {
        const auto output = ctl(words);
        return output.exitCode == 0 ? output.out : output.err;
    }
    static QStringList namesIn(const char* place)
    {
        QStringList names;
        const auto listed = ctl({ "ls", place, "--json" }).json().array();
        for (const auto& file : listed)
            names << file[u"name"].toString();
        return names;
    }
    static QString stateOf(const char* name)
    {
        const auto all = CtlWorld::containers();
        for (const auto& each : all) {
            if (each[u"name"].toString() == QLatin1String(name))
                return each[u"state"].toString();
        }
        return {};
    }
    std::string folderOf(const char* name) const
    {
        const auto all = CtlWorld::containers();
        for (const auto& each : all) {
            if (each[u"name"].toString() == QLatin1String(name))
                return ContainerFolder(m_world.folders(), each[u"id"].toString().toStdString()).path();
        }
        return {};
    }
    static std::pair<UniqueFd, UniqueFd> openPipe()
    {
        int ends[2]{ -1, -1 };
        (void)!::pipe2(ends, O_CLOEXEC);
        return { UniqueFd(ends[0]), UniqueFd(ends[1]) };
    }
    InsideFiles filesOfBox() const
    {
        for (const auto& info : m_containers->workloads()) {
            if (info.name == u"box")
                return { *m_containers, info.id, info.name };
        }
        return { *m_containers, {}, {} };
    }
    static bool done(std::unique_ptr<Job> job)
    {
        const auto result = runJob(*job);
        if (!result)
            qDebug("%s", result.error().toLine().c_str());
        return bool(result);
    }
    std::string path(const char* below) const { return m_world.path(QLatin1String(below)).toStdString(); }

    static constexpr const char* kProgram = TH_BIN_DIR "/twinhullctl";
    CtlWorld m_world;
    std::unique_ptr<ImageStore> m_images;
    std::unique_ptr<ContainerProvider> m_containers;
};

QTEST_GUILESS_MAIN(CtlFilesTest)
#include "ctl_files_test.moc"
