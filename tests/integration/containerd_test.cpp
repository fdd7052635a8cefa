// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_bundle.h"
#include "tests/support/image_archive.h"
#include "tests/support/private_cgroups.h"
#include "tests/support/pty_program.h"
#include "tests/support/temporary_world.h"

#include <QTest>

#include <sys/prctl.h>

#include <csignal>
#include <memory>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr const char* kImage = "localhost/twinhull/busybox:latest";

} // namespace

/// containerd with hull under its shim (io.containerd.runc.v2), as `ctr` and Docker drive it. The daemon is the test's
/// own: its folders, its socket, no CRI, no network, and a mount namespace of this process in which the cgroup tree is
/// v2.
class ContainerdTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root");
        if (findExecutable("containerd").empty() || findExecutable("ctr").empty())
            QSKIP("containerd is not installed");
        m_world = std::make_unique<TemporaryWorld>();
        QVERIFY(m_world->isValid());
        m_folder = m_world->path().toStdString();
        m_namespace = "twinhull-containerd-" + std::to_string(::getpid()); // names the cgroups' parent as well
        QVERIFY(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); // of each container's shim
        QVERIFY(enterPrivateCgroups({ "/run" })); // where shims listen
        startDaemon();
        importImage();
    }
    void cleanupTestCase()
    {
        if (!m_world)
            return;
        const auto left = QString::fromStdString(ctr({ "tasks", "ls", "--quiet" }).standardOutput);
        for (const QString& id : left.split(u'\n', Qt::SkipEmptyParts)) // of a function that failed
            (void)ctr({ "tasks", "delete", "--force", id.toStdString() });
        const auto known = hullsContainers();
        if (m_daemon.pidfd) {
            QCOMPARE(::kill(m_daemon.pid, SIGTERM), 0);
            siginfo_t info{};
            QCOMPARE(::waitid(P_PID, static_cast<id_t>(m_daemon.pid), &info, WEXITED), 0);
        }
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        QTRY_VERIFY(::rmdir(("/sys/fs/cgroup/" + m_namespace).c_str()) == 0 || errno == ENOENT); // containerd leaves it
        m_world.reset();
        QCOMPARE(left, QString());
        QCOMPARE(known, std::string());
    }

    void runsToTheEndWithTheProgramsStatus()
    {
        const auto run = ctr(runWords({}, "status", { "/bin/sh", "-c", "echo out; echo err >&2; exit 7" }));
        QVERIFY2(run.exitStatus == 7, said(run));
        QCOMPARE(run.standardOutput, std::string("out\n"));
        QVERIFY2(run.standardError.find("err\n") == 0, said(run));
    }

    void takesTheSharesThatEachClientAsksFor()
    {
        const auto run = ctr(runWords({ "--cpu-shares", "1024" }, "shares", { "/bin/true" })); // ctr's own default
        QVERIFY2(run.exitStatus == 0, said(run));
    }

    void passesInputFolderAndEnvironment()
    {
        const auto run = ctr(runWords({ "--cwd", "/tmp", "--env", "A=b", "--read-only" }, "input",
                                 { "/bin/sh", "-c", "read line; echo $line; pwd; echo $A; touch /new || echo closed" }),
            { "sh", "-c", "echo typed | exec \"$@\"", "sh" });
        QVERIFY2(run.exitStatus == 0, said(run));
        QCOMPARE(run.standardOutput, std::string("typed\n/tmp\nb\nclosed\n"));
    }

    void givesATerminal()
    {
        PtyProgram program(words(runWords({ "--tty" }, "terminal", { "/bin/sh" })), 91, 27);
        QVERIFY2(program.shows("# "), program.screen().constData());
        program.type("tty; exit 9\n");
        QVERIFY2(program.shows("/dev/pts/0"), program.screen().constData());
        QCOMPARE(program.end(), 9);
    }

    void saysWhatIsMissing()
    {
        const auto run = ctr(runWords({}, "missing", { "/bin/none" }));
        QVERIFY2(run.exitStatus != 0, said(run));
        QVERIFY2(
            run.standardError.find("OCI runtime create failed: start /bin/none: No such file") != std::string::npos,
            said(run));
    }

    void execsIntoWhatRuns()
    {
        startSleeper("exec");
        const auto exec = ctr({ "tasks", "exec", "--exec-id", "one", "--user", "12", "--cwd", "/bin", "exec", "/bin/sh",
            "-c", "id -u; pwd; exit 5" });
        QVERIFY2(exec.exitStatus == 5, said(exec));
        QCOMPARE(exec.standardOutput, std::string("12\n/bin\n"));
        const auto missing = ctr({ "tasks", "exec", "--exec-id", "two", "exec", "/bin/none" });
        QVERIFY2(missing.exitStatus != 0, said(missing));
        QVERIFY2(missing.standardError.find("start /bin/none: No such file") != std::string::npos, said(missing));
        PtyProgram terminal(
            words({ "tasks", "exec", "--exec-id", "three", "--tty", "exec", "/bin/sh", "-c", "tty; exit 4" }), 80, 24);
        QVERIFY2(terminal.shows("/dev/pts/"), terminal.screen().constData());
        QCOMPARE(terminal.end(), 4);
        endSleeper("exec");
    }

    void showsPausesSignalsAndDeletes()
    {
        startSleeper("life");
        QCOMPARE(statusOf("life"), std::string("RUNNING"));
        const auto processes = ctr({ "tasks", "ps", "life" });
        QVERIFY2(
            processes.exitStatus == 0 && processes.standardOutput.find(m_pid) != std::string::npos, said(processes));
        const auto figures = ctr({ "tasks", "metrics", "life" });
        QVERIFY2(figures.standardOutput.find("cpu.usage_usec") != std::string::npos, said(figures));
        QCOMPARE(ctr({ "tasks", "pause", "life" }).exitStatus, 0);
        QCOMPARE(statusOf("life"), std::string("PAUSED"));
        const auto refused = ctr({ "tasks", "exec", "--exec-id", "held", "life", "/bin/true" });
        QVERIFY2(refused.exitStatus != 0, said(refused));
        QCOMPARE(ctr({ "tasks", "resume", "life" }).exitStatus, 0);
        QCOMPARE(statusOf("life"), std::string("RUNNING"));
        QCOMPARE(ctr({ "tasks", "kill", "--signal", "SIGKILL", "life" }).exitStatus, 0);
        QTRY_COMPARE(statusOf("life"), std::string("STOPPED"));
        const auto again = ctr({ "tasks", "kill", "life" });
        QVERIFY2(again.standardError.find("not found") != std::string::npos, said(again)); // as with runc
        const auto removed = ctr({ "tasks", "delete", "life" });
        QVERIFY2(
            removed.exitStatus == 0 && removed.standardError.find("exit code 137") != std::string::npos, said(removed));
        QCOMPARE(ctr({ "containers", "delete", "life" }).exitStatus, 0);
    }

    void endsAllProcessesAtOnce()
    {
        startSleeper("all", { "--pid-file", m_folder + "/all.pid" });
        QCOMPARE(ctr({ "tasks", "exec", "--exec-id", "more", "--detach", "all", "/bin/sleep", "100" }).exitStatus, 0);
        QCOMPARE(ctr({ "tasks", "kill", "--all", "--signal", "SIGKILL", "all" }).exitStatus, 0);
        QTRY_COMPARE(statusOf("all"), std::string("STOPPED"));
        endSleeper("all");
    }

private:
    void startDaemon()
    {
        std::string disabled;
        for (const char* name : { "grpc.v1.cri", "snapshotter.v1.aufs", "snapshotter.v1.btrfs", "snapshotter.v1.zfs",
                 "snapshotter.v1.devmapper", "tracing.processor.v1.otlp", "internal.v1.tracing", "internal.v1.restart",
                 "internal.v1.opt" })
            disabled += std::string(disabled.empty() ? "" : ", ") + "\"io.containerd." + name + "\"";
        QVERIFY(writeFileAtomically(m_folder + "/containerd.toml",
            "version = 2\nroot = \"" + m_folder + "/root\"\nstate = \"" + m_folder + "/state\"\ndisabled_plugins = ["
                + disabled + "]\n[grpc]\n  address = \"" + m_folder + "/c.sock\"\n[ttrpc]\n  address = \"" + m_folder
                + "/t.sock\"\n",
            0600));
        auto log = openPath(m_folder + "/containerd.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
        QVERIFY(log);
        auto daemon = spawn({ { "containerd", "--config", m_folder + "/containerd.toml" }, {}, {} },
            ChildStdio{ -1, log->fd(), log->fd() });
        QVERIFY(daemon);
        m_daemon = *std::move(daemon);
        QTRY_VERIFY2_WITH_TIMEOUT(
            ctr({ "version" }).exitStatus == 0, readFile(m_folder + "/containerd.log")->c_str(), 60'000);
    }

    void importImage()
    {
        HullBundle::makeRoot(m_folder + "/rootfs");
        QVERIFY(runChecked({ { "tar", "-C", m_folder + "/rootfs", "-cf", m_folder + "/layer.tar", "." }, {}, {} },
            std::chrono::seconds(30)));
        const auto layer = readFile(m_folder + "/layer.tar", 64U << 20U);
        QVERIFY(layer);
        QVERIFY(writeFileAtomically(m_folder + "/image.tar", dockerArchive(kImage, { *layer }), 0600));
        const auto imported = ctr({ "images", "import", "--snapshotter", "native", m_folder + "/image.tar" });
        QVERIFY2(imported.exitStatus == 0, said(imported));
    }

    std::vector<std::string> words(const std::vector<std::string>& rest) const
    {
        std::vector<std::string> all{ findExecutable("ctr"), "--address", m_folder + "/c.sock", "--namespace",
            m_namespace };
        all.insert(all.end(), rest.begin(), rest.end());
        return all;
    }

    CommandOutput ctr(const std::vector<std::string>& rest, std::vector<std::string> prefix = {}) const
    {
        const auto all = words(rest);
        prefix.insert(prefix.end(), all.begin(), all.end());
        auto output = runCommand({ prefix, {}, {} }, std::chrono::seconds(60));
        return output ? *output : CommandOutput{ -1, {}, output.error().message };
    }

    std::vector<std::string> runWords(const std::vector<std::string>& options, const std::string& id,
        const std::vector<std::string>& program, const char* mode = "--rm") const
    {
        std::vector<std::string> all{ "run", mode, "--snapshotter", "native", "--runc-binary", hullProgram(),
            "--runc-root", m_folder + "/hull" };
        all.insert(all.end(), options.begin(), options.end());
        all.insert(all.end(), { kImage, id });
        all.insert(all.end(), program.begin(), program.end());
        return all;
    }

    void startSleeper(const std::string& id, const std::vector<std::string>& options = {})
    {
        const auto run = ctr(runWords(options, id, { "/bin/sleep", "100" }, "--detach"));
        QVERIFY2(run.exitStatus == 0, said(run));
        m_pid = fieldOf(id, 1);
    }

    void endSleeper(const std::string& id)
    {
        const auto removed = ctr({ "tasks", "delete", "--force", id });
        QVERIFY2(removed.exitStatus == 0, said(removed));
        QCOMPARE(ctr({ "containers", "delete", id }).exitStatus, 0);
    }

    /// Of the line of this task in `ctr tasks ls`: id, pid, status.
    std::string fieldOf(const std::string& id, int field) const
    {
        const auto lines = QString::fromStdString(ctr({ "tasks", "ls" }).standardOutput).split(u'\n');
        for (const QString& line : lines) {
            const auto fields = line.simplified().split(u' ');
            if (fields.size() == 3 && fields[0].toStdString() == id)
                return fields[field].toStdString();
        }
        return {};
    }
    std::string statusOf(const std::string& id) const { return fieldOf(id, 2); }

    std::string hullsContainers() const
    {
        auto listed
            = runCommand({ { hullProgram(), "--root", m_folder + "/hull/" + m_namespace, "list", "-q" }, {}, {} },
                std::chrono::seconds(20));
        return listed ? listed->standardOutput + listed->standardError : listed.error().message;
    }

    std::unique_ptr<TemporaryWorld> m_world;
    std::string m_folder;
    std::string m_namespace;
    std::string m_pid;
    Child m_daemon;
};

QTEST_GUILESS_MAIN(ContainerdTest)
#include "containerd_test.moc"
