// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "core/ipc/container_folder.h"
#include "tests/support/ctl_world.h"

#include <QProcess>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

using namespace twinhull;
using test::ctl;

/// What the command line and the monitor do with checkpoints. tests/support/fake_criu.py answers in criu's stead, so
/// what comes back is a program of its own; lab.container_checkpoint has the real one.
class CtlCheckpointTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        m_programs = m_world.path(QStringLiteral("programs")).toStdString();
        QVERIFY(makeFolders(m_programs));
        qputenv("PATH", QByteArray::fromStdString(m_programs) + ":" + qgetenv("PATH"));
    }
    void cleanup()
    {
        (void)::unlink((m_programs + "/criu").c_str());
        test::CtlWorld::removeContainers();
    }

    void tellsWhatToInstall()
    {
        if (!findExecutable("criu").empty())
            QSKIP("criu is installed on this computer");
        runs("web");
        const auto saved = ctl({ "checkpoint", "web" });
        QVERIFY2(saved.exitCode != 0 && saved.err.contains("criu is not installed")
                && saved.err.contains("sudo apt install criu"),
            qPrintable(saved.text()));
        QCOMPARE(state(), QStringLiteral("running"));
    }

    void savesAndRestores()
    {
        runs("web");
        use("ends");
        const auto saved = ctl({ "checkpoint", "web", "--json" });
        QVERIFY2(saved.exitCode == 0, qPrintable(saved.text()));
        const auto told = saved.json()[0];
        QCOMPARE(told[u"state"].toString(), QStringLiteral("stopped"));
        QCOMPARE(told[u"checkpointed"].toBool(), true);
        QVERIFY(!told[u"checkpointed_at"].isNull());
        QVERIFY(told[u"exit_status"].isNull()); // criu's SIGKILL is not how it ended
        QVERIFY2(ctl({ "list", "--kind", "container" }).out.contains("checkpointed"), "the list");
        QVERIFY(exists(folder() + "/checkpoint/descriptors.json") && !exists(folder() + "/checkpoint.partial"));
        QCOMPARE(mode(folder() + "/checkpoint"), 0700U); // it is the container's memory

        const auto kept = ctl({ "restore", "--keep", "web", "--json" });
        QVERIFY2(kept.exitCode == 0, qPrintable(kept.text()));
        QCOMPARE(kept.json()[0][u"state"].toString(), QStringLiteral("running"));
        QCOMPARE(kept.json()[0][u"checkpointed"].toBool(), false);
        QVERIFY(exists(folder() + "/checkpoint"));
        QCOMPARE(ctl({ "restore", "web" }).exitCode, 4); // it runs
        QCOMPARE(ctl({ "stop", "--force", "web" }).exitCode, 0);
        QCOMPARE(only()[u"checkpointed"].toBool(), false);

        const auto restored = ctl({ "restore", "web" });
        QVERIFY2(restored.exitCode == 0, qPrintable(restored.text()));
        QCOMPARE(state(), QStringLiteral("running"));
        QVERIFY(!exists(folder() + "/checkpoint"));
        QCOMPARE(ctl({ "stop", "--force", "web" }).exitCode, 0);
        QCOMPARE(ctl({ "restore", "web" }).exitCode, 3); // there is none any more
        QCOMPARE(ctl({ "start", "web" }).exitCode, 0);
    }

    void goesOnWhenItFails()
    {
        runs("web");
        use("fails");
        const auto saved = ctl({ "checkpoint", "web" });
        QVERIFY2(saved.exitCode != 0 && saved.err.contains("criu: a: the first cause")
                && saved.err.contains("/log/dump.log"),
            qPrintable(saved.text()));
        QVERIFY(exists(folder() + "/log/dump.log")); // as it says
        QVERIFY(!exists(folder() + "/checkpoint") && !exists(folder() + "/checkpoint.partial"));
        QCOMPARE(state(), QStringLiteral("running"));
        QCOMPARE(ctl({ "pause", "web" }).exitCode, 0); // nothing is left of it that would stand in the way
    }

    void keepsTheEarlierOneWhenALaterOneFails()
    {
        runs("web");
        use("leaves");
        const auto left = ctl({ "checkpoint", "--leave-running", "web", "--json" });
        QVERIFY2(left.exitCode == 0, qPrintable(left.text()));
        QCOMPARE(left.json()[0][u"state"].toString(), QStringLiteral("running"));
        const auto first = left.json()[0][u"checkpointed_at"].toString();
        QVERIFY(!first.isEmpty());
        use("late-failure");
        QVERIFY(ctl({ "checkpoint", "--leave-running", "web" }).exitCode != 0);
        QCOMPARE(only()[u"checkpointed_at"].toString(), first);
        QCOMPARE(state(), QStringLiteral("running"));
    }

    void keepsTheCheckpointWhenARestoreFails()
    {
        runs("web");
        use("ends");
        QCOMPARE(ctl({ "checkpoint", "web" }).exitCode, 0);
        use("fails-late");
        const auto failed = ctl({ "restore", "web" });
        QVERIFY2(failed.exitCode != 0 && failed.err.contains("criu: r: cannot go on"), qPrintable(failed.text()));
        QCOMPARE(only()[u"checkpointed"].toBool(), true);
        use("works");
        const auto restored = ctl({ "restore", "web" });
        QVERIFY2(restored.exitCode == 0, qPrintable(restored.text()));
    }

    void givesUpWhenItIsInterrupted()
    {
        runs("web");
        use("slow");
        QProcess saving;
        saving.start(
            QStringLiteral(TH_BIN_DIR "/twinhullctl"), { QStringLiteral("checkpoint"), QStringLiteral("web") });
        QTRY_VERIFY_WITH_TIMEOUT(only()[u"state_reason"].toString().contains(u"being made"), 30'000);
        QCOMPARE(ctl({ "stop", "--force", "web" }).exitCode, 4); // not in the middle of it
        ::kill(static_cast<pid_t>(saving.processId()), SIGINT);
        QVERIFY(saving.waitForFinished(30'000));
        QVERIFY(saving.exitCode() != 0);
        QCOMPARE(state(), QStringLiteral("running"));
        QVERIFY(!exists(folder() + "/checkpoint.partial"));
        QCOMPARE(ctl({ "stop", "--force", "web" }).exitCode, 0);
    }

    /// What a restore could not bring back is refused before anything is frozen.
    void refusesByName()
    {
        QCOMPARE(ctl({ "run", "--rm", "--no-network", "--name", "brief", "starter", "sleep", "1000" }).exitCode, 0);
        use("ends");
        const auto brief = ctl({ "checkpoint", "brief" });
        QVERIFY2(brief.exitCode != 0 && brief.err.contains("removed at its end (--rm)"), qPrintable(brief.text()));
        QCOMPARE(state(), QStringLiteral("running"));
        test::CtlWorld::removeContainers();
        QCOMPARE(ctl({ "run", "--name", "web", "starter", "sleep", "1000" }).exitCode, 0);
        const auto kept = ctl({ "checkpoint", "--tcp-established", "web" });
        QVERIFY2(kept.exitCode != 0 && kept.err.contains("network helper") && kept.err.contains("--tcp-close"),
            qPrintable(kept.text()));
        QCOMPARE(state(), QStringLiteral("running"));
    }

    /// A person's start begins anew, also of what restarts by itself, and a checkpoint is no end to restart after.
    void isNotStartedAgainByItself()
    {
        QCOMPARE(
            ctl({ "run", "--restart", "always", "--no-network", "--name", "web", "starter", "sleep", "1000" }).exitCode,
            0);
        use("ends");
        const auto saved = ctl({ "checkpoint", "web", "--json" });
        QVERIFY2(saved.exitCode == 0, qPrintable(saved.text()));
        QCOMPARE(saved.json()[0][u"checkpointed"].toBool(), true);
        QTest::qWait(500); // the first wait of the policy is 100 ms
        QCOMPARE(state(), QStringLiteral("stopped"));
    }

private:
    static QJsonObject only() { return test::CtlWorld::only(); }
    static QString state() { return only()[u"state"].toString(); }

    static void runs(const char* name)
    {
        const auto run = ctl({ "run", "--no-network", "--name", name, "starter", "sleep", "1000" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    }

    std::string folder() const
    {
        return ContainerFolder(m_world.folders(), only()[u"id"].toString().toStdString()).path();
    }

    static unsigned mode(const std::string& path)
    {
        struct stat info { };
        return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
    }

    /// criu is from now on the one that answers so; the monitors that run find it too.
    void use(const std::string& mode) const
    {
        const std::string program = m_programs + "/" + mode;
        (void)::symlink(TH_SOURCE_DIR "/tests/support/fake_criu.py", program.c_str());
        QVERIFY(writeFileAtomically(m_programs + "/criu", "#!/bin/sh\nexec " + program + " \"$@\"\n", 0755));
    }

    test::CtlWorld m_world;
    std::string m_programs; ///< the first folder of PATH
};

QTEST_GUILESS_MAIN(CtlCheckpointTest)
#include "ctl_checkpoint_test.moc"
