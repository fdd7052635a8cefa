// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QTest>

#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/vfs.h>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr const char* kImage = "localhost/twinhull/busybox";

bool isUnified(const char* path)
{
    struct statfs system { };
    return ::statfs(path, &system) == 0 && system.f_type == CGROUP2_SUPER_MAGIC;
}

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
        enterMountNamespace();
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
        const auto detached = podman({ "exec", "--detach", "exec", "touch", "/tmp/detached" });
        QVERIFY2(detached.exitStatus == 0, said(detached));
        QTRY_COMPARE(podman({ "exec", "exec", "ls", "/tmp/detached" }).exitStatus, 0);
    }

    void showsLogsProcessesAndStates()
    {
        startSleeper("shown");
        QTRY_COMPARE(podman({ "logs", "shown" }).standardOutput, std::string("up\n"));
        const auto top = podman({ "top", "shown", "args" });
        QVERIFY2(top.standardOutput.find("sleep 100") != std::string::npos, said(top));
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
    /// Its mounts end with this process. podman understands a v2 tree at the usual place only.
    void enterMountNamespace()
    {
        QVERIFY(::unshare(CLONE_NEWNS) == 0);
        QVERIFY(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
        for (const char* folder : { "/run", "/var/lib/containers" }) { // where podman keeps what no option moves
            if (exists(folder))
                QVERIFY(::mount("none", folder, "tmpfs", 0, "mode=0755") == 0);
        }
        if (!isUnified("/sys/fs/cgroup"))
            QVERIFY(::mount("none", "/sys/fs/cgroup", "cgroup2", 0, nullptr) == 0);
    }

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

    CommandOutput runPodman(const std::vector<std::string>& prefix, const std::vector<std::string>& words) const
    {
        Command command{ prefix, { "CONTAINERS_CONF=" + m_folder + "/containers.conf" }, {} };
        auto& all = command.arguments;
        all.insert(all.end(),
            { "podman", "--runtime", hullProgram(), "--root", m_folder + "/storage", "--runroot", m_folder + "/run",
                "--tmpdir", m_folder + "/tmp", "--storage-driver", "vfs" });
        all.insert(all.end(), words.begin(), words.end());
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
