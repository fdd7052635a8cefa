// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/console_socket.h"
#include "tests/support/hull_test.h"

#include <csignal>

using namespace twinhull;
using namespace twinhull::test;

/// Checkpoint and restore by the real criu: for the lab's guest, whose kernel and criu belong together.
class CheckpointTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(!findExecutable("criu").empty(), "this test is for the lab's guest, which has criu");
    }
    void init() { setUp(); }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_bundle) {
            const auto last = m_inside;
            qWarning() << "the last command inside:" << last << "\nthe program:" << tail("/output")
                       << "\nits processes:"
                       << inside("cat /proc/[0-9]*/stat /proc/[0-9]*/syscall /proc/[0-9]*/wchan 2>&1").c_str();
        }
        tearDownClean();
    }

    void goesOnWhereItWas()
    {
        // memory of two processes, a tmpfs, a bind mount, the environment, and what the kernel shows read-only
        QVERIFY(makeFolders(m_bundle->path("/data")));
        m_bundle->spec.mounts.push_back({ "/tmp", "bind", m_bundle->path("/data"), { "rbind", "nosuid" } });
        m_bundle->spec.process->env.emplace_back("KEPT=yes");
        m_bundle->spec.linux_.resources.memoryLimitBytes = 256 << 20;
        m_bundle->setScript("(j=0; while true; do j=$((j + 1)); echo $KEPT$j > /tmp/child; sleep 0.1; done) & "
            + std::string(kCounter));
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 5, 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(exists(m_bundle->path("/data/child")), 60'000);
        const std::string cgroup = m_bundle->state("web", "cgroup").toString().toStdString();
        checkpoint({});
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("stopped"));
        const std::string child = *readFile(m_bundle->path("/data/child"));
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
        QVERIFY(!exists(cgroup));

        restore({ "--pid-file", m_bundle->path("/pid") });
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        QCOMPARE(*readFile(m_bundle->path("/pid")), std::to_string(m_bundle->pidOf("web")));
        const int restored = count();
        QVERIFY2(restored >= 5 && restored < 100'000, qPrintable(QString::number(restored)));
        QTRY_VERIFY_WITH_TIMEOUT(count() > restored + 3, 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(*readFile(m_bundle->path("/data/child")) != child, 60'000);
        QVERIFY(readFile(m_bundle->path("/data/child"))->rfind("yes", 0) == 0);
        QCOMPARE(inside("cat /sys/fs/cgroup/memory.max"), std::string("268435456\n"));
        const auto place = readFile("/proc/" + std::to_string(m_bundle->pidOf("web")) + "/cgroup");
        QCOMPARE("/sys/fs/cgroup" + place->substr(std::string("0::").size()), cgroup + "\n");
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QVERIFY(!exists(cgroup));
    }

    /// A restored container is as closed as it was before.
    void hidesAndForbidsAsBefore()
    {
        m_bundle->spec.root.readonly = true;
        m_bundle->setScript(kCounter);
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        const auto before = closure();
        checkpoint({});
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
        restore({});
        QCOMPARE(closure(), before);
        QCOMPARE(inside("cat /proc/self/cgroup"), std::string("0::/\n"));
        QCOMPARE(inside("echo x > /bin/new || echo refused"), std::string("refused\n"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void leavesItRunning()
    {
        m_bundle->setScript(kCounter);
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        checkpoint({ "--leave-running" });
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        const int now = count();
        QTRY_VERIFY_WITH_TIMEOUT(count() > now, 60'000);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        restore({}); // the images are whole all the same
        QTRY_VERIFY_WITH_TIMEOUT(count() > 1, 60'000);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void saysWhetherTheKernelTracksMemory()
    {
        m_bundle->setScript(kCounter);
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        const auto early
            = m_bundle->hull({ "checkpoint", "--pre-dump", "--image-path", m_bundle->path("/early"), "web" });
        QCOMPARE(m_bundle->statusOf("web"), QStringLiteral("running"));
        if (early.exitStatus == 0) {
            QVERIFY(!exists(m_bundle->path("/early/descriptors.json"))); // memory alone is no checkpoint
            checkpoint({ "--parent-path", "../early" });
            restore({});
            QTRY_VERIFY_WITH_TIMEOUT(count() > 1, 60'000);
        } else {
            QVERIFY2(early.standardError.find("this kernel does not track changes of memory") != std::string::npos,
                said(early));
        }
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void takesTheStoppedOnesPlace()
    {
        m_bundle->setScript(kCounter);
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        checkpoint({});
        restore({});
        QTRY_VERIFY_WITH_TIMEOUT(count() > 1, 60'000);
        checkpoint({}); // what was restored can be saved again
        restore({});
        QTRY_VERIFY_WITH_TIMEOUT(count() > 2, 60'000);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void waitsForARestoredProgram()
    {
        m_bundle->setScript(
            "i=0; until [ -e /tmp/end ]; do i=$((i + 1)); echo $i > /dev/shm/count; sleep 0.1; done; exit 7");
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        checkpoint({});
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/tmp/end"), ""));
        const auto output = m_bundle->hullIntoFile(restoreWords({}, "attached"));
        QCOMPARE(output.exitStatus, 7);
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
    }

    void writesOnToTheNewOutput()
    {
        m_bundle->setScript(
            "i=0; while true; do i=$((i + 1)); echo line $i; echo $i > /dev/shm/count; sleep 0.1; done");
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 2, 60'000);
        checkpoint({});
        restore({}); // into the bundle's file "output", which is empty again
        QTRY_VERIFY_WITH_TIMEOUT(readFile(m_bundle->path("/output"))->find("line ") != std::string::npos, 60'000);
        QVERIFY(readFile(m_bundle->path("/output"))->find("line 1\n") == std::string::npos);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void mountsLayersAgain()
    {
        QVERIFY(makeFolders(m_bundle->path("/upper")) && makeFolders(m_bundle->path("/work")));
        m_bundle->spec.annotations = { { "org.twinhull.rootfs.lower", m_bundle->path("/rootfs") },
            { "org.twinhull.rootfs.upper", m_bundle->path("/upper") },
            { "org.twinhull.rootfs.work", m_bundle->path("/work") } };
        m_bundle->spec.root.path = "merged";
        m_bundle->setScript("echo kept > /etc/own; exec 3< /etc/own; " + std::string(kCounter));
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        checkpoint({});
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
        restore({});
        QTRY_VERIFY_WITH_TIMEOUT(count() > 1, 60'000);
        QCOMPARE(inside("cat /etc/own"), std::string("kept\n"));
        QVERIFY(readFile("/proc/self/mounts")->find(m_bundle->path()) == std::string::npos);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void keepsItsSeccompFilter()
    {
        m_bundle->spec.linux_.seccomp = oci::Seccomp{ "SCMP_ACT_ALLOW", {}, {}, {},
            { { { "mkdir", "mkdirat" }, "SCMP_ACT_ERRNO", 13, {} } }, {} };
        m_bundle->setScript("until [ -e /tmp/go ]; do echo 1 > /dev/shm/count; sleep 0.1; done; "
                            "mkdir /tmp/made || echo refused > /tmp/refused; sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        checkpoint({});
        restore({});
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/tmp/go"), "", 0644));
        QTRY_VERIFY_WITH_TIMEOUT(exists(m_bundle->path("/rootfs/tmp/refused")), 60'000);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void leavesNothingOfARestoreThatFails()
    {
        QVERIFY(makeFolders(m_bundle->path("/data")));
        m_bundle->spec.mounts.push_back({ "/tmp", "bind", m_bundle->path("/data"), { "rbind" } });
        m_bundle->setScript(kCounter);
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        const std::string cgroup = m_bundle->state("web", "cgroup").toString().toStdString();
        checkpoint({});
        QCOMPARE(m_bundle->hull({ "delete", "web" }).exitStatus, 0);
        m_bundle->spec.mounts.pop_back(); // the checkpoint asks for it
        m_bundle->write();
        const auto failed = m_bundle->hullIntoFile(restoreWords({ "--detach" }, "web"));
        QVERIFY2(failed.exitStatus == 1, said(failed));
        QVERIFY2(failed.standardOutput.find("restore web: criu: ") != std::string::npos
                && failed.standardOutput.find("/restore.log") != std::string::npos,
            said(failed));
        QVERIFY(m_bundle->isClean());
        QVERIFY(!exists(cgroup));
    }

    void leavesItRunningWhenItCannotBeSaved()
    {
        // a file of a mount that is gone by now cannot be found again
        m_bundle->setScript("exec 3> /tmp/held; rm /tmp/held; " + std::string(kCounter));
        QVERIFY(makeFolders(m_bundle->path("/images")));
        QCOMPARE(m_bundle->start("web"), 0);
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1, 60'000);
        const auto broken = m_bundle->hull({ "--criu", "/bin/false", "checkpoint", "--image-path", images(), "web" });
        QVERIFY2(broken.exitStatus == 1, said(broken));
        const int now = count();
        QTRY_VERIFY_WITH_TIMEOUT(count() > now, 60'000);
        checkpoint({}); // a deleted file that is open is saved with the rest
        restore({});
        QTRY_VERIFY_WITH_TIMEOUT(count() > now, 60'000);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void bringsTheTerminalBack()
    {
        m_bundle->spec.process->terminal = true;
        m_bundle->setScript("read line; echo first $line; read line; echo then $line; sleep 100");
        m_bundle->write();
        m_bundle->ids.push_back("web");
        const std::string firstPath = m_bundle->path("/first.sock");
        const ConsoleSocket first(firstPath);
        const auto created = m_bundle->hullIntoFile(
            { "run", "--detach", "--bundle", m_bundle->path(), "--console-socket", firstPath, "web" });
        QVERIFY2(created.exitStatus == 0, said(created));
        auto before = first.receive();
        QVERIFY(before);
        QVERIFY(writeAll(before, "one\n"));
        QVERIFY(readUntil(before, "first one").find("first one") != std::string::npos);
        checkpoint({});
        before.reset();
        const std::string secondPath = m_bundle->path("/second.sock");
        const ConsoleSocket second(secondPath);
        restore({ "--console-socket", secondPath });
        const auto after = second.receive();
        QVERIFY(after);
        QVERIFY(writeAll(after, "two\n"));
        QVERIFY(readUntil(after, "then two").find("then two") != std::string::npos);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

private:
    static constexpr const char* kCounter
        = "i=0; while true; do i=$((i + 1)); echo $i > /dev/shm/count; sleep 0.1; done";

    std::string images() const { return m_bundle->path("/images"); }

    std::string inside(const std::string& script) const
    {
        const auto output = m_bundle->hull({ "exec", "web", "/bin/sh", "-c", script });
        m_inside = said(output);
        return output.standardOutput;
    }

    /// The program's own count, in a tmpfs of the container.
    int count() const { return QByteArray::fromStdString(inside("cat /dev/shm/count")).trimmed().toInt(); }

    /// Mounts, masks, rights and namespaces as the first process has them.
    std::string closure() const
    {
        return inside(
            "cut -d' ' -f2-4 /proc/1/mounts | sort; grep -E 'Cap|NoNewPrivs|Seccomp|Groups|id:' /proc/1/status; "
            "cat /proc/kcore | wc -c; cat /proc/1/limits");
    }

    void checkpoint(const std::vector<std::string>& options)
    {
        std::vector<std::string> words{ "checkpoint", "--image-path", images(), "--work-path", m_bundle->path("/log") };
        words.insert(words.end(), options.begin(), options.end());
        words.emplace_back("web");
        const auto output = m_bundle->hullIntoFile(words); // no deadline: it is emulated
        QVERIFY2(output.exitStatus == 0, said(output) + tail("/log/dump.log"));
    }

    std::vector<std::string> restoreWords(const std::vector<std::string>& options, const std::string& id) const
    {
        std::vector<std::string> words{ "restore", "--image-path", images(), "--work-path", m_bundle->path("/log"),
            "--bundle", m_bundle->path() };
        words.insert(words.end(), options.begin(), options.end());
        words.push_back(id);
        return words;
    }

    void restore(std::vector<std::string> options)
    {
        options.emplace_back("--detach");
        const auto output = m_bundle->hullIntoFile(restoreWords(options, "web"));
        QVERIFY2(output.exitStatus == 0, said(output) + tail("/log/restore.log"));
    }

    QByteArray tail(const char* below) const
    {
        auto text = readFile(m_bundle->path(below));
        return text ? "\n" + QByteArray::fromStdString(*text).right(3000) : QByteArray("\nno log");
    }

    mutable QByteArray m_inside; ///< what the last command in the container said
};

QTEST_GUILESS_MAIN(CheckpointTest)
#include "checkpoint_test.moc"
