// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_bundle.h"
#include "tests/support/ordinary_user.h"
#include "tests/support/private_cgroups.h"

#include <QDir>
#include <QTest>

#include <sys/prctl.h>

#include <csignal>
#include <memory>

using namespace twinhull;
using namespace twinhull::test;

namespace {

constexpr const char* kImage = "localhost/twinhull/busybox";

} // namespace

/// podman of an ordinary user with hull as its runtime: podman makes the user namespace, and hull is root in it.
class PodmanRootlessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            QSKIP("needs root to make an ordinary user");
        if (findExecutable("podman").empty() || findExecutable("conmon").empty())
            QSKIP("podman is not installed");
        QVERIFY(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); // of podman's pause process and each container's conmon
        QVERIFY(enterPrivateCgroups({ "/run" }));
        m_user = std::make_unique<OrdinaryUser>(OrdinaryUser::SubordinateIds::Yes);
        QVERIFY(m_user->isMade);
        m_home = m_user->home();
        QVERIFY(makeFolders(m_home + "/bin")); // "hull" beside it is the folder of its states
        QVERIFY(runChecked({ { "cp", hullProgram(), m_home + "/bin/hull" }, {}, {} }, std::chrono::seconds(20)));
        QVERIFY(writeFileAtomically(m_home + "/containers.conf",
            "[containers]\ndefault_ulimits=[\"nofile=1024:1024\",\"nproc=1024:1024\"]\npids_limit=0\n"
            "[engine]\nevents_logger=\"file\"\ncgroup_manager=\"cgroupfs\"\nlock_type=\"file\"\n",
            0644));
        HullBundle::makeRoot(m_home + "/rootfs");
        QVERIFY(runChecked({ { "tar", "-C", m_home + "/rootfs", "-cf", m_home + "/image.tar", "." }, {}, {} },
            std::chrono::seconds(30)));
        m_user->own(m_home);
        const auto imported = podman({ "import", m_home + "/image.tar", kImage });
        QVERIFY2(imported.exitStatus == 0, said(imported));
    }
    void cleanupTestCase()
    {
        if (!m_user)
            return;
        const auto removed = podman({ "rm", "--force", "--all", "--time", "0" });
        QVERIFY2(removed.exitStatus == 0, said(removed));
        (void)runChecked({ unshared({ "rm", "-rf", m_home + "/storage" }), {}, {} }, std::chrono::seconds(30));
        endProcesses();
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        m_user.reset();
    }

    void runsToTheEndWithTheProgramsStatus()
    {
        const auto run = podman(inContainer({}, "id -u; echo served > /dev/null; echo err >&2; exit 7"));
        QVERIFY2(run.exitStatus == 7, said(run));
        QCOMPARE(run.standardOutput, std::string("0\n"));
        QCOMPARE(withoutPodmansOwn(run.standardError), std::string("err\n"));
    }

    void takesWhatPeopleAskFor_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* option, const char* script, const char* expected) {
            QTest::newRow(option) << QString::fromLatin1(option) << QString::fromLatin1(script)
                                  << QString::fromLatin1(expected);
        };
        row("--user=12:13", "id -u; id -g", "12\n13\n");
        row("--userns=keep-id", "[ $(id -u) -ge 1000 ] && echo own", "own\n");
        row("--group-add=keep-groups", "id -u", "0\n");
        row("--read-only", "touch /new 2>/dev/null || echo closed", "closed\n");
        row("--volume=HOME/shared:/mnt", "echo new > /mnt/new && echo open", "open\n");
        row("--tmpfs=/mnt", "echo new > /mnt/new && echo open", "open\n");
        row("--device=/dev/null:/dev/nothing", "echo gone > /dev/nothing && echo open", "open\n");
        row("--cap-drop=ALL", "grep -o '0*$' /proc/self/status | head -n 1 >/dev/null; echo none", "none\n");
        row("--network=host", "echo shared", "shared\n");
    }
    void takesWhatPeopleAskFor()
    {
        QFETCH(QString, option);
        QFETCH(QString, script);
        QFETCH(QString, expected);
        QVERIFY(makeFolders(m_home + "/shared"));
        m_user->own(m_home + "/shared");
        const auto run = podman(
            inContainer({ option.replace(QLatin1String("HOME"), QString::fromStdString(m_home)).toStdString() },
                script.toStdString()));
        QVERIFY2(run.exitStatus == 0, said(run));
        QCOMPARE(QString::fromStdString(run.standardOutput), expected);
    }

    void execsStopsStartsAndRemoves()
    {
        const auto run = podman({ "run", "--detach", "--network", "none", "--name", "life", kImage, "sleep", "100" });
        QVERIFY2(run.exitStatus == 0, said(run));
        const auto exec = podman({ "exec", "--user", "12", "life", "/bin/sh", "-c", "id -u; exit 5" });
        QVERIFY2(exec.exitStatus == 5, said(exec));
        QCOMPARE(exec.standardOutput, std::string("12\n"));
        QCOMPARE(podman({ "exec", "life", "/bin/none" }).exitStatus, 127);
        QCOMPARE(podman({ "stop", "--time", "0", "life" }).exitStatus, 0);
        const auto started = podman({ "start", "life" });
        QVERIFY2(started.exitStatus == 0, said(started));
        QCOMPARE(
            podman({ "inspect", "--format", "{{.State.Status}}", "life" }).standardOutput, std::string("running\n"));
        QCOMPARE(podman({ "rm", "--force", "--time", "0", "life" }).exitStatus, 0);
    }

    void sharesWhatAPodHas()
    {
        const auto made = podman({ "pod", "create", "--name", "pod", "--network", "none", "--share", "net,ipc,uts,pid",
            "--infra-image", kImage, "--infra-command", "sleep 100" });
        QVERIFY2(made.exitStatus == 0, said(made));
        const std::string look = "for kind in net ipc uts pid; do readlink /proc/self/ns/$kind; done";
        std::vector<std::string> seen;
        for (int i = 0; i < 2; ++i) {
            const auto run = podman({ "run", "--rm", "--pod", "pod", kImage, "/bin/sh", "-c", look });
            QVERIFY2(run.exitStatus == 0, said(run));
            seen.push_back(run.standardOutput);
        }
        QCOMPARE(seen[0], seen[1]);
        QCOMPARE(podman({ "pod", "rm", "--force", "--time", "0", "pod" }).exitStatus, 0);
    }

private:
    CommandOutput podman(const std::vector<std::string>& words) const
    {
        auto output = runCommand({ unshared(words, ""), {}, {} }, std::chrono::seconds(60));
        return output ? *output : CommandOutput{ -1, {}, output.error().message };
    }

    /// `podman WORDS`, or with "unshare" a program in podman's user namespace.
    std::vector<std::string> unshared(const std::vector<std::string>& words, const char* verb = "unshare") const
    {
        auto all = m_user->prefix();
        all.insert(all.end(),
            { "CONTAINERS_CONF=" + m_home + "/containers.conf", "podman", "--runtime", m_home + "/bin/hull", "--root",
                m_home + "/storage", "--runroot", m_home + "/run", "--tmpdir", m_home + "/tmp", "--storage-driver",
                "vfs" });
        if (*verb != '\0')
            all.emplace_back(verb);
        all.insert(all.end(), words.begin(), words.end());
        return all;
    }

    static std::vector<std::string> inContainer(const std::vector<std::string>& options, const std::string& script)
    {
        std::vector<std::string> words{ "run", "--rm" };
        const bool choosesNetwork = !options.empty() && options[0].find("--network") == 0;
        if (!choosesNetwork)
            words.emplace_back("--network=none");
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { kImage, "/bin/sh", "-c", script });
        return words;
    }

    /// podman says on each start that the root is no shared mount.
    static std::string withoutPodmansOwn(const std::string& text)
    {
        std::string rest;
        const auto lines = QString::fromStdString(text).split(u'\n', Qt::SkipEmptyParts);
        for (const QString& line : lines) {
            if (!line.startsWith(QLatin1String("time=\"")))
                rest += line.toStdString() + "\n";
        }
        return rest;
    }

    /// podman's pause process holds its user namespace and outlives every call. The user is this test's alone.
    void endProcesses() const
    {
        struct stat home { };
        QCOMPARE(::stat(m_home.c_str(), &home), 0);
        const auto entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QString& entry : entries) {
            struct stat process { };
            if (entry.toInt() > 0 && ::stat(("/proc/" + entry.toStdString()).c_str(), &process) == 0
                && process.st_uid == home.st_uid)
                (void)::kill(entry.toInt(), SIGKILL); // ended meanwhile
        }
    }

    std::unique_ptr<OrdinaryUser> m_user;
    std::string m_home;
};

QTEST_GUILESS_MAIN(PodmanRootlessTest)
#include "podman_rootless_test.moc"
