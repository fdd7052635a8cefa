// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"
#include "tests/support/private_cgroups.h"
#include "tests/support/pty_program.h"
#include "tests/support/ready_listener.h"

#include <QTest>

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr const char* kImage = "localhost/twinhull/busybox";

} // namespace

/// podman with hull as its runtime, as people run it: its own storage in a private world, no network, no host's
/// registry. All in a mount namespace of this process, so that nothing of it is left.
class PodmanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root");
        if (findExecutable("podman").empty() || findExecutable("conmon").empty())
            QSKIP("podman is not installed");
        m_world = std::make_unique<TemporaryWorld>();
        QVERIFY(m_world->isValid());
        m_folder = m_world->path().toStdString() + "/podman";
        m_cgroup = "twinhull-podman-" + std::to_string(::getpid());
        QVERIFY(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); // of each container's conmon
        QVERIFY(enterPrivateCgroups({ "/run", "/var/lib/containers" })); // where podman keeps what no option moves
        writeConfiguration();
        makeImage();
    }
    void cleanupTestCase()
    {
        if (!m_world)
            return;
        const auto removed = podman({ "rm", "--force", "--all", "--time", "0" });
        QVERIFY2(removed.exitStatus == 0, said(removed));
        QCOMPARE(hullsContainers(), std::string());
        QTRY_VERIFY(removeCgroups()); // the last conmon has ended
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        m_world.reset();
    }

    void runsToTheEndWithTheProgramsStatus()
    {
        const auto run = podman(inContainer({ "/bin/sh", "-c", "echo out; echo err >&2; exit 7" }));
        QVERIFY2(run.exitStatus == 7, said(run));
        QCOMPARE(run.standardOutput, std::string("out\n"));
        QCOMPARE(run.standardError, std::string("err\n"));
    }

    void tellsAMissingProgramFromOneThatCannotRun()
    {
        const auto missing = podman(inContainer({ "/bin/nothing" }));
        QVERIFY2(missing.exitStatus == 127, said(missing)); // podman-run(1), "Exit Status"
        QVERIFY2(missing.standardError.find("start /bin/nothing: No such file") != std::string::npos, said(missing));
        const auto unnamed = podman(inContainer({ "nothing" }));
        QVERIFY2(unnamed.exitStatus == 127, said(unnamed));
        const auto folder = podman(inContainer({ "/bin" }));
        QVERIFY2(folder.exitStatus == 126, said(folder));
    }

    void givesATerminal()
    {
        const auto run = podman(inContainer({ "tty" }, { "--tty" }));
        QVERIFY2(run.exitStatus == 0 && run.standardOutput.find("/dev/") == 0, said(run));
    }

    void passesDescriptorsInputAndFolders()
    {
        const auto run = podman(inContainer({ "/bin/sh", "-c", "read line; echo $line; ls /mnt; pwd; id -u" },
            { "--interactive", "--volume", m_folder + "/shared:/mnt:ro", "--workdir", "/tmp", "--user", "12:13" },
            { "sh", "-c", "echo typed | exec \"$@\"", "sh" }));
        QVERIFY2(run.exitStatus == 0, said(run));
        QCOMPARE(run.standardOutput, std::string("typed\nshown\n/tmp\n12\n"));
    }

    void takesWhatPeopleAskFor_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* options, const char* script, const char* expected) {
            QTest::newRow(options) << QString::fromLatin1(options).split(u' ') << QString::fromLatin1(script)
                                   << QString::fromLatin1(expected);
        };
        const char* write = "touch /mnt/new 2>/dev/null && echo open || echo closed";
        const char* status = "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status | grep -o '[0-9a-f]*$'";
        row("--read-only", "touch /new 2>/dev/null || echo closed; touch /tmp/new && echo open", "closed\nopen\n");
        row("--cap-drop ALL --cap-add NET_RAW", status, "0000000000002000\n0\n2\n");
        row("--cap-drop ALL --security-opt no-new-privileges", status, "0000000000000000\n1\n2\n");
        row("--cap-drop ALL --security-opt seccomp=unconfined", status, "0000000000000000\n0\n0\n");
        row("--security-opt seccomp=FOLDER/profile.json", "mkdir /tmp/x 2>/dev/null || echo refused", "refused\n");
        row("--privileged", "test -e /dev/kmsg && echo all", "all\n");
        row("--tmpfs /mnt:size=64k,mode=1777", "head -c 99999 /dev/zero 2>/dev/null >/mnt/f || echo full", "full\n");
        row("--volume FOLDER/shared:/mnt:ro,z", write, "closed\n");
        row("--volume FOLDER/shared:/mnt:rshared", "grep -c ' /mnt .* shared:' /proc/self/mountinfo", "1\n");
        row("--mount type=bind,src=FOLDER/shared,dst=/mnt,readonly,bind-nonrecursive", write, "closed\n");
        row("--mount type=tmpfs,dst=/mnt", write, "open\n");
        row("--ulimit nofile=100:200 --ulimit nproc=1024:1024", "ulimit -n; ulimit -Hn", "100\n200\n");
        row("--sysctl net.ipv4.ip_forward=1", "cat /proc/sys/net/ipv4/ip_forward", "1\n");
        row("--user 5:6 --group-add 7", "id -u; id -G", "5\n6 7\n");
        row("--umask 077", "umask", "0077\n");
        row("--oom-score-adj 100", "cat /proc/self/oom_score_adj", "100\n");
        row("--hostname boat", "hostname", "boat\n");
        row("--device /dev/null:/dev/nothing", "stat -c %F /dev/nothing", "character special file\n");
        row("--uidmap 0:100000:5000", "echo $(cat /proc/self/uid_map)", "0 100000 5000\n");
        row("--pid host", "[ $$ -ne 1 ] && echo shared", "shared\n");
        row("--ipc host --uts host", "echo shared", "shared\n");
        row("--init", "head -c 16 /proc/1/cmdline; echo", "/run/podman-init\n");
        row("--systemd always", "echo $container; grep -c ' /run ' /proc/self/mountinfo", "podman\n1\n");
    }
    void takesWhatPeopleAskFor()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, script);
        QFETCH(QString, expected);
        QVERIFY(writeFileAtomically(m_folder + "/profile.json",
            R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]})",
            0644));
        std::vector<std::string> words;
        for (QString option : options)
            words.push_back(option.replace(QLatin1String("FOLDER"), QString::fromStdString(m_folder)).toStdString());
        const auto run = podman(inContainer({ "/bin/sh", "-c", script.toStdString() }, words));
        QVERIFY2(run.exitStatus == 0, said(run));
        QCOMPARE(QString::fromStdString(run.standardOutput), expected);
    }

    void joinsWhatAnotherContainerHas()
    {
        startSleeper("base");
        std::vector<std::string> words{ "run", "--rm", "--cgroup-parent", "/" + m_cgroup };
        for (const char* kind : { "--network", "--ipc", "--pid" })
            words.insert(words.end(), { kind, "container:base" });
        const std::string look = "for kind in net ipc pid; do readlink /proc/self/ns/$kind; done";
        words.insert(words.end(), { kImage, "/bin/sh", "-c", look });
        const auto joined = podman(words);
        QVERIFY2(joined.exitStatus == 0, said(joined));
        QCOMPARE(joined.standardOutput, podman({ "exec", "base", "/bin/sh", "-c", look }).standardOutput);
    }

    void leavesAndFindsATerminalAgain()
    {
        std::vector<std::string> words{ "run", "--interactive", "--tty", "--name", "left", "--detach-keys", "ctrl-x",
            "--network", "none", "--cgroup-parent", "/" + m_cgroup, kImage, "/bin/sh" };
        PtyProgram run(podmanWords(words), 91, 27);
        QVERIFY2(run.shows("# "), run.screen().constData());
        run.type("/bin/busybox stty size\n");
        QVERIFY2(run.shows("27 91"), run.screen().constData());
        run.type("\x18"); // one key: podman knows no two that come at once
        QCOMPARE(run.end(), 0);
        QCOMPARE(statusOf("left"), std::string("running\n"));
        PtyProgram exec(podmanWords({ "exec", "--interactive", "--tty", "left", "/bin/sh", "-c",
                            "/bin/busybox stty size; read line; exit 6" }),
            60, 20);
        QVERIFY2(exec.shows("20 60"), exec.screen().constData());
        exec.type("\n");
        QCOMPARE(exec.end(), 6);
    }

    void copiesChecksAndFollows()
    {
        const auto run = podman({ "run", "--detach", "--network", "none", "--cgroup-parent", "/" + m_cgroup, "--name",
            "checked", "--health-cmd", "test -e /tmp/well", "--health-interval", "disable", kImage, "/bin/sh", "-c",
            "echo first; while [ ! -e /tmp/end ]; do sleep 0.1; done; echo last" });
        QVERIFY2(run.exitStatus == 0, said(run));
        QCOMPARE(podman({ "healthcheck", "run", "checked" }).exitStatus, 1);
        QCOMPARE(podman({ "cp", m_folder + "/shared/shown", "checked:/tmp/well" }).exitStatus, 0);
        const auto healthy = podman({ "healthcheck", "run", "checked" });
        QVERIFY2(healthy.exitStatus == 0, said(healthy));
        QCOMPARE(podman({ "cp", "checked:/tmp/well", m_folder + "/well" }).exitStatus, 0);
        QVERIFY(exists(m_folder + "/well"));
        const auto figures = podman({ "stats", "--no-stream", "--format", "{{.Name}}", "checked" });
        QCOMPARE(figures.standardOutput, std::string("checked\n"));
        PtyProgram follower(podmanWords({ "logs", "--follow", "checked" }), 80, 24);
        QVERIFY2(follower.shows("first"), follower.screen().constData());
        QCOMPARE(podman({ "exec", "checked", "touch", "/tmp/end" }).exitStatus, 0);
        QVERIFY2(follower.shows("last"), follower.screen().constData());
        QCOMPARE(follower.end(), 0);
        QCOMPARE(podman({ "wait", "checked" }).standardOutput, std::string("0\n"));
    }

    void buildsAnImage()
    {
        QVERIFY(writeFileAtomically(
            m_folder + "/Containerfile", "FROM " + std::string(kImage) + "\nRUN echo made > /made; id -u\n", 0644));
        const auto built = podman({ "build", "--network", "none", "--tag", "localhost/twinhull/made", "--file",
            m_folder + "/Containerfile", m_folder + "/shared" });
        QVERIFY2(built.exitStatus == 0, said(built));
        QVERIFY2(built.standardError.find("warning") == std::string::npos, said(built));
        const auto run = podman({ "run", "--rm", "--network", "none", "--cgroup-parent", "/" + m_cgroup,
            "localhost/twinhull/made", "cat", "/made" });
        QCOMPARE(run.standardOutput, std::string("made\n"));
    }

    void passesSocketsAndReadinessOn()
    {
        ReadyListener listener(m_folder + "/notify.sock");
        QVERIFY(listener.isListening);
        QVERIFY(writeFileAtomically(m_folder + "/ready",
            "#!/usr/bin/perl\nuse Socket;\nsocket(my $s, AF_UNIX, SOCK_DGRAM, 0);\n"
            "send($s, 'READY=1', 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})) or die $!;\n",
            0755));
        const auto run = podman(inContainer({ "/bin/sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3; ready" },
            { "--sdnotify=container", "--volume=/usr:/usr:ro", "--volume=/lib:/lib:ro", "--volume=/lib64:/lib64:ro",
                "--volume=" + m_folder + "/ready:/bin/ready:ro" },
            { "sh", "-c",
                "exec 3<" + m_folder + "/containers.conf; export LISTEN_FDS=1 LISTEN_PID=$$ NOTIFY_SOCKET=" + m_folder
                    + "/notify.sock; exec \"$@\"",
                "sh" }));
        QVERIFY2(run.exitStatus == 0, said(run));
        QVERIFY2(run.standardOutput.find("1 1\n[containers]") == 0, said(run));
        QTRY_VERIFY(saysReady(listener.messages()));
    }

    void execsIntoWhatRuns()
    {
        startSleeper("exec");
        const auto exec = podman({ "exec", "--env", "A=b", "--user", "12:13", "--workdir", "/bin", "exec", "/bin/sh",
            "-c", "id -u; id -g; pwd; echo $A; exit 5" });
        QVERIFY2(exec.exitStatus == 5, said(exec));
        QCOMPARE(exec.standardOutput, std::string("12\n13\n/bin\nb\n"));
        const auto terminal = podman({ "exec", "--tty", "exec", "tty" });
        QVERIFY2(terminal.exitStatus == 0 && terminal.standardOutput.find("/dev/") == 0, said(terminal));
        const auto missing = podman({ "exec", "exec", "/bin/nothing" });
        QVERIFY2(missing.exitStatus == 127, said(missing));
        const auto nowhere = podman({ "exec", "--workdir", "/none", "exec", "/bin/true" });
        QVERIFY2(nowhere.exitStatus == 127, said(nowhere));
        const auto detached = podman({ "exec", "--detach", "exec", "touch", "/tmp/detached" });
        QVERIFY2(detached.exitStatus == 0, said(detached));
        QTRY_COMPARE(podman({ "exec", "exec", "ls", "/tmp/detached" }).exitStatus, 0);
    }

    void showsLogsProcessesAndStates()
    {
        startSleeper("shown");
        QTRY_COMPARE(podman({ "logs", "shown" }).standardOutput, std::string("up\n"));
        const auto sleeps = [this] { // no longer the shell
            return podman({ "top", "shown", "args" }).standardOutput.find("sleep 100") != std::string::npos;
        };
        QTRY_VERIFY(sleeps());
        QCOMPARE(statusOf("shown"), std::string("running\n"));
        const auto id = podman({ "inspect", "--format", "{{.Id}}", "shown" }).standardOutput;
        QVERIFY(hullsContainers().find(id) != std::string::npos);
        const auto listed = podman({ "ps", "--format", "{{.Names}}" });
        QVERIFY2(listed.standardOutput.find("shown\n") != std::string::npos, said(listed));
    }

    void pausesAndResumes()
    {
        startSleeper("paused");
        const auto paused = podman({ "pause", "paused" });
        QVERIFY2(paused.exitStatus == 0, said(paused));
        QCOMPARE(statusOf("paused"), std::string("paused\n"));
        QVERIFY(podman({ "exec", "paused", "/bin/true" }).exitStatus != 0);
        QCOMPARE(podman({ "unpause", "paused" }).exitStatus, 0);
        QCOMPARE(podman({ "exec", "paused", "/bin/true" }).exitStatus, 0);
    }

    void signalsStopsStartsAndRemoves()
    {
        startSleeper("life");
        QCOMPARE(podman({ "kill", "--signal", "KILL", "life" }).exitStatus, 0);
        QTRY_COMPARE(statusOf("life"), std::string("exited\n"));
        QCOMPARE(podman({ "inspect", "--format", "{{.State.ExitCode}}", "life" }).standardOutput, std::string("137\n"));
        const auto started = podman({ "start", "life" });
        QVERIFY2(started.exitStatus == 0, said(started));
        QCOMPARE(statusOf("life"), std::string("running\n"));
        QCOMPARE(podman({ "stop", "--time", "0", "life" }).exitStatus, 0);
        QCOMPARE(podman({ "start", "life" }).exitStatus, 0);
        QCOMPARE(podman({ "rm", "--force", "--time", "0", "life" }).exitStatus, 0);
        QCOMPARE(podman({ "container", "exists", "life" }).exitStatus, 1);
    }

    void knowsWhichRuntimeItHas()
    {
        const auto info = podman({ "info", "--format", "{{.Host.OCIRuntime.Version}}" });
        QVERIFY2(info.exitStatus == 0 && info.standardOutput.find("hull version") == 0, said(info));
    }

private:
    /// Limits that this session may set; locks in files, because those in memory would stay.
    void writeConfiguration()
    {
        rlimit files{};
        QVERIFY(::getrlimit(RLIMIT_NOFILE, &files) == 0);
        const std::string most = std::to_string(std::min<rlim_t>(files.rlim_max, 1024));
        QVERIFY(makeFolders(m_folder + "/shared"));
        QVERIFY(::chmod(m_folder.c_str(), 0755) == 0 && ::chmod((m_folder + "/shared").c_str(), 0755) == 0);
        QVERIFY(writeFileAtomically(m_folder + "/shared/shown", "", 0644));
        QVERIFY(writeFileAtomically(m_folder + "/containers.conf",
            "[containers]\ndefault_ulimits=[\"nofile=" + most + ":" + most + "\",\"nproc=1024:1024\"]\npids_limit=0\n"
                + "[engine]\nevents_logger=\"file\"\ncgroup_manager=\"cgroupfs\"\nlock_type=\"file\"\n",
            0644));
    }

    void makeImage()
    {
        HullBundle::makeRoot(m_folder + "/rootfs");
        QVERIFY(runChecked({ { "tar", "-C", m_folder + "/rootfs", "-cf", m_folder + "/image.tar", "." }, {}, {} },
            std::chrono::seconds(30)));
        const auto imported = podman({ "import", m_folder + "/image.tar", kImage });
        QVERIFY2(imported.exitStatus == 0, said(imported));
    }

    CommandOutput podman(const std::vector<std::string>& words) const { return runPodman({}, words); }
    CommandOutput podman(const std::pair<std::vector<std::string>, std::vector<std::string>>& call) const
    {
        return runPodman(call.first, call.second);
    }

    std::vector<std::string> podmanWords(const std::vector<std::string>& words) const
    {
        std::vector<std::string> all{ findExecutable("env"), "CONTAINERS_CONF=" + m_folder + "/containers.conf",
            "podman", "--runtime", hullProgram(), "--root", m_folder + "/storage", "--runroot", m_folder + "/run",
            "--tmpdir", m_folder + "/tmp", "--storage-driver", "vfs" };
        all.insert(all.end(), words.begin(), words.end());
        return all;
    }

    CommandOutput runPodman(const std::vector<std::string>& prefix, const std::vector<std::string>& words) const
    {
        Command command{ prefix, {}, {} };
        const auto all = podmanWords(words);
        command.arguments.insert(command.arguments.end(), all.begin(), all.end());
        auto output = runCommand(command, std::chrono::seconds(60));
        return output ? *output : CommandOutput{ -1, {}, output.error().message };
    }

    /// A prefix and the words of `podman run --rm`.
    std::pair<std::vector<std::string>, std::vector<std::string>> inContainer(const std::vector<std::string>& program,
        const std::vector<std::string>& options = {}, const std::vector<std::string>& prefix = {}) const
    {
        std::vector<std::string> words{ "run", "--rm", "--network", "none", "--cgroup-parent", "/" + m_cgroup };
        words.insert(words.end(), options.begin(), options.end());
        words.emplace_back(kImage);
        words.insert(words.end(), program.begin(), program.end());
        return { prefix, words };
    }

    void startSleeper(const std::string& name)
    {
        const auto run = podman({ "run", "--detach", "--network", "none", "--cgroup-parent", "/" + m_cgroup, "--name",
            name, kImage, "/bin/sh", "-c", "echo up; exec sleep 100" });
        QVERIFY2(run.exitStatus == 0, said(run));
    }

    static std::string hullsContainers()
    {
        auto listed
            = runCommand({ { hullProgram(), "--root", "/run/hull", "list", "-q" }, {}, {} }, std::chrono::seconds(20));
        return listed ? listed->standardOutput + listed->standardError : listed.error().message;
    }

    static bool saysReady(const std::vector<std::string>& messages)
    {
        return std::any_of(messages.begin(), messages.end(),
            [](const std::string& text) { return text.find("READY=1") != std::string::npos; });
    }

    std::string statusOf(const std::string& name) const
    {
        return podman({ "inspect", "--format", "{{.State.Status}}", name }).standardOutput;
    }

    /// podman leaves the parent and conmon's folder.
    bool removeCgroups() const
    {
        const std::string parent = "/sys/fs/cgroup/" + m_cgroup;
        (void)::rmdir((parent + "/conmon").c_str()); // not there where no container ran
        return ::rmdir(parent.c_str()) == 0 || errno == ENOENT;
    }

    std::unique_ptr<TemporaryWorld> m_world;
    std::string m_folder;
    std::string m_cgroup;
};

QTEST_GUILESS_MAIN(PodmanTest)
#include "podman_test.moc"
