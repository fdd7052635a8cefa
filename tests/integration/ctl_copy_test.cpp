// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/copy_checks.h"
#include "tests/support/ctl_world.h"

#include <QDir>
#include <QTest>

#include <csignal>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace twinhull;
using test::ctl;

/// twinhullctl cp with a real container.
class CtlCopyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
        const auto run = ctl({ "run", "--no-network", "--name", "box", "starter", "/bin/sh", "-c", "exec sleep 1000" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    }
    void cleanupTestCase() { test::CtlWorld::removeContainers(); }

    void carriesATreeInAndOut() { test::carriesATree("box", local("tree")); }
    void carriesBytesAsTheyAre() { test::carriesBytes("box", local("bytes"), std::size_t(9) << 20U); }
    void staysInsideWhateverLinksSay() { test::staysInside("box", local("links")); }
    void carriesTarStreams() { test::carriesTar("box", local("tar")); }
    void saysWhatIsMissing() { test::saysWhatIsMissing("box", local("missing")); }

    void belongsToRootUnlessKept()
    {
        if (::geteuid() != 0)
            QSKIP("owners of others need root");
        QVERIFY(writeFileAtomically(local("owned"), "text"));
        QVERIFY(::chown(local("owned").c_str(), 1234, 1235) == 0 && ::chmod(local("owned").c_str(), 0640) == 0);
        QCOMPARE(ctl({ "cp", local("owned"), "box:/tmp/plain" }).exitCode, 0);
        QCOMPARE(ctl({ "cp", "-a", local("owned"), "box:/tmp/kept" }).exitCode, 0);
        QCOMPARE(ctl({ "exec", "box", "stat", "-c", "%u:%g %a", "/tmp/plain", "/tmp/kept" }).out,
            QByteArray("0:0 640\n1234:1235 640\n"));
        QCOMPARE(ctl({ "cp", "box:/tmp/kept", local("back") }).exitCode, 0);
        struct stat info { };
        QVERIFY(::stat(local("back").c_str(), &info) == 0 && info.st_uid == ::getuid());
    }

    void leavesNoHalfFileWhenInterrupted()
    {
        QCOMPARE(
            ctl({ "exec", "box", "sh", "-c", "dd if=/dev/zero of=/tmp/big bs=1M count=300 2>/dev/null" }).exitCode, 0);
        QVERIFY(makeFolders(local("stop")));
        auto child = spawn({ { kProgram, "cp", "box:/tmp/big", local("stop/big") }, {}, {} }, {});
        QVERIFY(child);
        const QDir folder(QString::fromStdString(local("stop")));
        QTRY_VERIFY(!folder.entryList({ QStringLiteral("*partial") }, QDir::Files | QDir::Hidden).isEmpty());
        QCOMPARE(::kill(child->pid, SIGINT), 0);
        pollfd ended{ child->pidfd.fd(), POLLIN, 0 };
        int status = 0;
        QVERIFY(::poll(&ended, 1, 60'000) == 1 && ::waitpid(child->pid, &status, 0) == child->pid);
        QCOMPARE(WEXITSTATUS(status), 6);
        QCOMPARE(folder.entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList());
        QCOMPARE(ctl({ "exec", "box", "rm", "/tmp/big" }).exitCode, 0);
    }

    void runsACommandAsAnyUser()
    {
        QCOMPARE(ctl({ "exec", "-u", "12:34", "box", "id", "-u" }).out, QByteArray("12\n"));
        QCOMPARE(ctl({ "exec", "-u", "root", "box", "id", "-u" }).out, QByteArray("0\n"));
        const auto nobody = ctl({ "exec", "-u", "no-such-user", "box", "id" });
        QVERIFY2(nobody.exitCode != 0 && nobody.err.contains("no-such-user"), qPrintable(nobody.text()));
    }

    void wantsOneSideInAContainer()
    {
        const auto both = ctl({ "cp", "box:/a", "box:/b" });
        QCOMPARE(both.exitCode, 2);
    }

private:
    std::string local(const char* name) const { return m_world.path(QString::fromLatin1(name)).toStdString(); }

    static constexpr const char* kProgram = TH_BIN_DIR "/twinhullctl";
    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlCopyTest)
#include "ctl_copy_test.moc"
