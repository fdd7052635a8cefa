// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QDir>

#include <csignal>

using namespace twinhull;
using namespace twinhull::test;

/// `hull checkpoint` and `hull restore` where criu is missing, fails, or is cut off: what is said, and that the
/// container goes on or nothing is left. tests/support/fake_criu.py answers in criu's stead; lab.checkpoint has the
/// real one.
class HullCheckpointTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void tellsWhatToInstall_data()
    {
        QTest::addColumn<QString>("verb");
        QTest::newRow("checkpoint") << QStringLiteral("checkpoint");
        QTest::newRow("restore") << QStringLiteral("restore");
    }
    void tellsWhatToInstall()
    {
        QFETCH(QString, verb);
        if (verb == QStringLiteral("checkpoint"))
            startWeb();
        else
            prepareImages();
        const auto output = criu("/nowhere/criu",
            verb == QStringLiteral("restore") ? restoreWords()
                                              : std::vector<std::string>{ "checkpoint", "--image-path", images() });
        QVERIFY2(output.exitStatus == 1, said(output));
        const std::string expected = "hull: " + verb.toStdString()
            + " web: /nowhere/criu is not installed, and it is what saves and restores processes. Install it (Debian: "
              "sudo apt install criu), or name it: hull --criu PROGRAM\n";
        QCOMPARE(output.standardError, expected);
        isAsBefore(verb);
    }

    void leavesTheContainerRunningWhenCriuFails_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* mode, const char* says) {
            QTest::newRow(mode) << QString::fromLatin1(mode) << QString::fromLatin1(says);
        };
        row("fails", "checkpoint web: criu: a: the first cause. All that criu said stands in IMAGES/dump.log");
        row("says-why", "checkpoint web: criu: b: told by the answer. All that criu said stands in IMAGES/dump.log");
        row("late-failure", "checkpoint web: criu: no space left. All that criu said stands in IMAGES/dump.log");
        row("silent", "checkpoint web: criu ended without an answer. `criu check` tells what is missing");
        row("chatters", "checkpoint web: criu ended without an answer: cannot work here. `criu check` tells");
        row("garbage", "checkpoint web: criu sent what is no answer");
    }
    void leavesTheContainerRunningWhenCriuFails()
    {
        QFETCH(QString, mode);
        QFETCH(QString, says);
        startWeb();
        const auto output = fake(mode, { "checkpoint", "--image-path", images() });
        QVERIFY2(output.exitStatus == 1, said(output));
        says.replace(QStringLiteral("IMAGES"), QString::fromStdString(images()));
        QVERIFY2(output.standardError.find(says.toStdString()) != std::string::npos, said(output));
        QVERIFY(!exists(images() + "/descriptors.json")); // nothing that could be taken for a checkpoint
        isAsBefore(QStringLiteral("checkpoint"));
    }

    void givesUpWhenItIsAskedToEnd()
    {
        startWeb();
        const auto output = fake(QStringLiteral("interrupted"), { "checkpoint", "--image-path", images() });
        QVERIFY2(output.exitStatus == 1 || output.exitStatus == 128 + SIGTERM, said(output));
        QVERIFY(!exists(images() + "/descriptors.json"));
        isAsBefore(QStringLiteral("checkpoint"));
    }

    void keepsTheStoppedContainerUntilItIsDeleted()
    {
        startWeb();
        const auto output = fake(QStringLiteral("ends"), { "checkpoint", "--image-path", images() });
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("stopped"));
        QCOMPARE(*readFile(images() + "/descriptors.json"), std::string(R"(["/dev/null","/dev/null","/dev/null"])"));
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
    }

    void saysInOneWayWhyItCannot_data()
    {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const char* words, const char* says) {
            QTest::newRow(name) << QByteArray(words) << QByteArray(says);
        };
        row("cgroups", "checkpoint --manage-cgroups-mode props web",
            "unknown --manage-cgroups-mode props. Use soft (the default), full, strict or ignore");
        row("lock", "checkpoint --network-lock none web", "unknown --network-lock none. Use iptables or nftables");
        row("namespace", "restore --empty-ns pid web", "unknown --empty-ns pid. criu leaves only the network");
        row("server", "checkpoint --page-server host web", "--page-server host: expected ADDRESS:PORT");
        row("port", "checkpoint --page-server host:x web", "--page-server host:x: expected ADDRESS:PORT");
        row("status", "checkpoint --status-fd 1 web", "it needs --lazy-pages");
        row("closed", "checkpoint --lazy-pages --status-fd 77 web", "--status-fd 77 is not open");
        row("no id", "checkpoint", "missing: the container's id");
        row("unknown", "restore --leave-running web", "unknown option --leave-running");
        row("no container", "checkpoint web", "the container web does not exist");
        row("no value", "restore --lsm-mount-context", "option --lsm-mount-context requires an argument");
    }
    void saysInOneWayWhyItCannot()
    {
        QFETCH(QByteArray, words);
        QFETCH(QByteArray, says);
        std::vector<std::string> list;
        for (const auto& word : words.split(' '))
            list.push_back(word.toStdString());
        const auto output = m_bundle->hull(list);
        QVERIFY2(output.exitStatus == 1, said(output));
        QVERIFY2(output.standardError.find(says.toStdString()) != std::string::npos, said(output));
    }

    void savesOnlyWhatRuns()
    {
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        const auto output = fake(QStringLiteral("ends"), { "checkpoint", "--image-path", images() });
        QCOMPARE(output.standardError,
            std::string("hull: cannot checkpoint web: it is created. Only what runs can be saved\n"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void refusesByNameWhatCriuCannotSave()
    {
        m_bundle->spec.mounts.push_back(
            { "/tmp", "bind", m_bundle->path("/rootfs/etc"), { "bind", "idmap" }, { { 0, 0, 10 } }, { { 0, 0, 10 } } });
        startWeb();
        const auto output = fake(QStringLiteral("ends"), { "checkpoint", "--image-path", images() });
        QVERIFY2(output.standardError.find("the mount /tmp with mapped ids cannot be saved") != std::string::npos,
            said(output));
        isAsBefore(QStringLiteral("checkpoint"));
    }

    void refusesAUserNamespace()
    {
        auto& linux_ = m_bundle->spec.linux_;
        linux_.namespaces.push_back({ oci::NamespaceKind::User, {} });
        linux_.uidMappings = linux_.gidMappings = { { 0, 0, 65'536 } };
        startWeb();
        const auto output = fake(QStringLiteral("ends"), { "checkpoint", "--image-path", images() });
        QVERIFY2(output.standardError.find("a container in a user namespace cannot be saved") != std::string::npos,
            said(output));
        isAsBefore(QStringLiteral("checkpoint"));
    }

    void refusesAParentThatIsNotRelative()
    {
        startWeb();
        const auto output
            = fake(QStringLiteral("ends"), { "checkpoint", "--image-path", images(), "--parent-path", images() });
        QVERIFY2(output.standardError.find("it must be relative to --image-path") != std::string::npos, said(output));
        isAsBefore(QStringLiteral("checkpoint"));
    }

    void restoresFromWholeCheckpointsOnly()
    {
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        QVERIFY(makeFolders(images()));
        const auto output = fake(QStringLiteral("works"), restoreWords());
        QVERIFY2(output.standardError.find("holds no whole checkpoint") != std::string::npos, said(output));
        const auto missing = fake(QStringLiteral("works"),
            { "restore", "--bundle", m_bundle->path(), "--image-path", "/nowhere", "--detach" });
        QVERIFY2(
            missing.standardError.find("--image-path: /nowhere: No such file") != std::string::npos, said(missing));
    }

    void runsWhatCriuRestored()
    {
        prepareImages();
        auto words = restoreWords();
        words.insert(words.end(), { "--pid-file", m_bundle->path("/pid") });
        const auto output = fakeIntoFile(QStringLiteral("works"), words);
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        QCOMPARE(*readFile(m_bundle->path("/pid")), std::to_string(m_bundle->pidOf("web")));
        const auto again = fake(QStringLiteral("works"), restoreWords());
        QVERIFY2(
            again.standardError.find("the container web is running. Restore it under another id") != std::string::npos,
            said(again));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void putsARestoredContainerInTheStoppedOnesPlace()
    {
        startWeb();
        QCOMPARE(fake(QStringLiteral("ends"), { "checkpoint", "--image-path", images() }).exitStatus, 0);
        const auto output = fakeIntoFile(QStringLiteral("works"), restoreWords());
        QVERIFY2(output.exitStatus == 0, said(output));
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void leavesNothingOfARestoreThatFails_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("says");
        QTest::newRow("criu") << QStringLiteral("fails-late") << QStringLiteral("restore web: criu: r: cannot go on");
        QTest::newRow("a hook") << QStringLiteral("works") << QStringLiteral("createRuntime hook /bin/false");
        QTest::newRow("the pid file") << QStringLiteral("works") << QStringLiteral("--pid-file /nowhere/pid");
        QTest::newRow("no answer") << QStringLiteral("silent") << QStringLiteral("criu ended without an answer");
    }
    void leavesNothingOfARestoreThatFails()
    {
        QFETCH(QString, mode);
        QFETCH(QString, says);
        if (says.contains(QStringLiteral("hook")))
            m_bundle->spec.hooks.createRuntime = { { "/bin/false", {}, {}, {} } };
        prepareImages();
        auto words = restoreWords();
        if (says.contains(QStringLiteral("pid-file")))
            words.insert(words.end(), { "--pid-file", "/nowhere/pid" });
        const auto output = fakeIntoFile(mode, words);
        QVERIFY2(output.exitStatus == 1 && output.standardOutput.find(says.toStdString()) != std::string::npos,
            said(output));
        isAsBefore(QStringLiteral("restore"));
    }

    void canBeDeletedWhenHullIsKilledInTheMiddle()
    {
        prepareImages();
        const auto output = fakeIntoFile(QStringLiteral("killed-hull"), restoreWords());
        QCOMPARE(output.exitStatus, 128 + SIGKILL);
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        const pid_t left = m_bundle->pidOf("web");
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QTRY_VERIFY(::kill(left, 0) != 0 || isZombie(left));
    }

    void isRootsAlone()
    {
        startWeb();
        m_bundle->prefix = { "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups" };
        const auto output = m_bundle->hull(
            { "restore", "--bundle", m_bundle->path(), "--image-path", images(), "--detach", "other" });
        m_bundle->prefix.clear();
        QVERIFY2(output.exitStatus == 1, said(output));
        QVERIFY2(
            output.standardError.find("only root can save and restore containers: criu needs its rights. Run it as")
                != std::string::npos,
            said(output));
        isAsBefore(QStringLiteral("checkpoint"));
    }

    void helpsEnginesThatProbe()
    {
        for (const char* verb : { "checkpoint", "restore" }) // podman takes the exit status for the answer
            QCOMPARE(m_bundle->hull({ verb, "--help" }).exitStatus, 0);
    }

private:
    std::string images() const { return m_bundle->path("/images"); }

    std::vector<std::string> restoreWords() const
    {
        return { "restore", "--bundle", m_bundle->path(), "--image-path", images(), "--detach" };
    }

    void startWeb()
    {
        m_bundle->setScript("exec sleep 100 < /dev/null > /dev/null 2>&1");
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY(readFile("/proc/" + std::to_string(m_bundle->pidOf("web")) + "/comm")->find("sleep") == 0);
    }

    /// A checkpoint as far as hull looks at it.
    void prepareImages()
    {
        m_bundle->setScript("sleep 100");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        QVERIFY(makeFolders(images()));
        QVERIFY(writeFileAtomically(images() + "/descriptors.json", R"(["/dev/null","pipe:[1]","pipe:[1]"])"));
    }

    /// The container that was there runs on; one that was not is not.
    void isAsBefore(const QString& verb)
    {
        if (verb != QStringLiteral("checkpoint")) {
            QVERIFY(QDir(QString::fromStdString(m_bundle->root())).isEmpty());
            return;
        }
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        QCOMPARE(m_bundle->hull({ "exec", "web", "/bin/true" }).exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    std::vector<std::string> withCriu(const std::string& program, std::vector<std::string> words) const
    {
        words.insert(words.begin(), { "--criu", program });
        words.emplace_back("web");
        return words;
    }
    CommandOutput criu(const std::string& program, const std::vector<std::string>& words) const
    {
        return m_bundle->hull(withCriu(program, words));
    }

    std::string fakeProgram(const QString& mode) const
    {
        const std::string program = m_bundle->path("/" + mode.toStdString());
        (void)::symlink(TH_SOURCE_DIR "/tests/support/fake_criu.py", program.c_str());
        return program;
    }
    CommandOutput fake(const QString& mode, const std::vector<std::string>& words) const
    {
        return criu(fakeProgram(mode), words);
    }
    CommandOutput fakeIntoFile(const QString& mode, const std::vector<std::string>& words) const
    {
        return m_bundle->hullIntoFile(withCriu(fakeProgram(mode), words));
    }

    static bool isZombie(pid_t pid)
    {
        auto text = readFile("/proc/" + std::to_string(pid) + "/stat");
        return text && text->find(") Z ") != std::string::npos;
    }
};

QTEST_GUILESS_MAIN(HullCheckpointTest)
#include "hull_checkpoint_test.moc"
