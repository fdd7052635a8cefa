// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/console_socket.h"
#include "tests/support/hull_test.h"
#include "tests/support/ordinary_bundle.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// Images and containers that try to get out, one test for each road that other runtimes left open; each of them as
/// root and as an ordinary user, who is the root of the container.
class HullAttackTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("isRoot");
        QTest::newRow("as root") << true;
        QTest::newRow("as a user") << false;
    }
    void init()
    {
        QFETCH_GLOBAL(bool, isRoot);
        setUp();
        if (!m_bundle || isRoot)
            return;
        m_user = std::make_unique<OrdinaryUser>(OrdinaryUser::SubordinateIds::No);
        QVERIFY(m_user->isMade);
        m_bundle = std::make_unique<HullBundle>(m_user->home() + "/bundle");
        QVERIFY(giveToUser(*m_bundle, *m_user));
    }
    void cleanup()
    {
        if (m_bundle)
            QVERIFY(m_bundle->isClean());
        tearDown();
        m_user.reset();
    }

    // CVE-2019-5736
    void givesNoWritableRoadToItsOwnProgram()
    {
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        const int pid = m_bundle->pidOf("web");
        auto opened = openPath("/proc/" + std::to_string(pid) + "/exe", O_RDONLY);
        QVERIFY(opened);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        refusesWriting(*opened);
    }

    // CVE-2019-5736, second road: the image's entrypoint is hull itself, which then can be looked at from inside
    void isHarmlessAsAnEntrypoint()
    {
        auto before = readFile(m_bundle->program, 256U << 20U);
        QVERIFY(before);
        QVERIFY(makeFolders(m_bundle->path("/rootfs/trap"), 0755));
        QCOMPARE(::mkfifo(m_bundle->path("/rootfs/trap/config.json").c_str(), 0600), 0); // holds it while it reads
        m_bundle->spec.process->args = { "/proc/self/exe", "run", "--bundle", "/trap", "inner" };
        for (const char* folder : { "/lib", "/lib64" }) // a build with sanitizers is not static
            m_bundle->spec.mounts.push_back({ folder, "bind", folder, { "rbind", "ro" } });
        m_bundle->write();
        m_bundle->ids.push_back("web");
        const auto started = m_bundle->hullIntoFile({ "run", "--detach", "--bundle", m_bundle->path(), "web" });
        QVERIFY2(started.exitStatus == 0, said(started));
        const int pid = m_bundle->pidOf("web");
        auto opened = openPath("/proc/" + std::to_string(pid) + "/exe", O_RDONLY);
        QVERIFY(opened);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        refusesWriting(*opened);
        QVERIFY(*readFile(m_bundle->program, 256U << 20U) == *before);
    }

    // CVE-2021-30465, CVE-2019-18837
    void mountsInsideWhereverALinkLeads()
    {
        const std::string outside = m_bundle->path("/outside"); // a user's own, so that nothing else would refuse
        QVERIFY(makeFolders(outside, 0755));
        QCOMPARE(::symlink(("../../../../../../.." + outside).c_str(), m_bundle->path("/rootfs/data").c_str()), 0);
        m_bundle->spec.mounts.push_back({ "/data/inner", "tmpfs", "tmpfs", {} });
        const auto output = m_bundle->run("true");
        QVERIFY2(output.exitStatus == 1 || exists(m_bundle->path("/rootfs" + outside + "/inner")), said(output));
        QVERIFY(!exists(outside + "/inner"));
    }

    // CVE-2019-16884, CVE-2023-27561
    void refusesProcBehindALink()
    {
        QVERIFY(makeFolders(m_bundle->path("/rootfs/elsewhere"), 0755));
        QCOMPARE(::symlink("elsewhere", m_bundle->path("/rootfs/proc").c_str()), 0);
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("/proc") != std::string::npos, said(output));
    }

    // CVE-2025-31133: a mask must be the host's null device, whatever stands at the container's /dev/null
    void masksByTheHostsNullDevice()
    {
        QVERIFY(makeFolders(m_bundle->path("/devices"), 0755));
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/secret"), "secret", 0644));
        QCOMPARE(::symlink("/proc/sys/kernel/core_pattern", m_bundle->path("/devices/null").c_str()), 0);
        auto& mounts = m_bundle->spec.mounts;
        mounts.erase(std::remove_if(mounts.begin(), mounts.end(),
                         [](const auto& mount) { return mount.destination.rfind("/dev", 0) == 0; }),
            mounts.end());
        mounts.push_back({ "/dev", "bind", m_bundle->path("/devices"), { "rbind" } }); // hull makes none in it
        m_bundle->spec.linux_.maskedPaths.push_back("/secret");
        const auto output = m_bundle->run("cat /secret; stat -c %t:%T /secret");
        QVERIFY2(output.standardOutput == "1:3\n", said(output));
    }

    // CVE-2024-21626: hull itself has folders of the host open, at numbers that it does not know
    void passesNoDescriptorOn()
    {
        const std::string look = "for n in 3 4 5 6 7 8 9 10 11 12 13 14 15; do [ -L /proc/self/fd/$n ] && echo $n; "
                                 "done; true";
        giveDescriptors();
        QCOMPARE(m_bundle->run(look).standardOutput, std::string());
        QCOMPARE(runWith({ "--preserve-fds", "1" }).standardOutput, std::string("3\n")); // they were there
        m_bundle->spec.process->cwd = "/proc/self/fd/9";
        QCOMPARE(m_bundle->run("ls").exitStatus, 1);
        m_bundle->spec.process->cwd = "/proc/self/fd/3"; // passed on by the caller's word, and yet no way out
        const auto entered = runWith({ "--preserve-fds", "1" });
        QCOMPARE(entered.exitStatus, 1);
        QVERIFY2(entered.standardError.find("lies outside the container") != std::string::npos, said(entered));
        m_bundle->spec.process->cwd = "/";
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        const auto inside = m_bundle->hull({ "exec", "web", "/bin/sh", "-c", look });
        QVERIFY2(inside.exitStatus == 0, said(inside));
        QCOMPARE(inside.standardOutput, std::string());
        QCOMPARE(m_bundle->hull({ "exec", "--cwd", "/proc/self/fd/9", "web", "ls" }).exitStatus, 255);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    // whoever may make device nodes can open none of them, wherever they are made, and no rule is needed for that
    void opensNoNodeOfItsOwn()
    {
        auto& sets = *m_bundle->spec.process->capabilities;
        for (auto* set : { &sets.bounding, &sets.effective, &sets.permitted })
            set->push_back("CAP_MKNOD");
        QVERIFY(makeFolders(m_bundle->path("/shared"), 0777));
        m_bundle->spec.mounts.push_back({ "/bound", "bind", m_bundle->path("/shared"), { "bind" } });
        m_bundle->spec.mounts.push_back({ "/scratch", "tmpfs", "tmpfs", {} });
        const auto output
            = m_bundle->run("for f in /dev /dev/shm / /tmp /bound /scratch; do "
                            "mknod $f/mine c 1 5 && echo made; head -c 1 $f/mine >/dev/null && echo opened "
                            "$f; done; head -c 1 /dev/zero >/dev/null && echo served");
        const bool hasMade = output.standardOutput.find("made") != std::string::npos;
        QVERIFY2(hasMade || m_user, said(output)); // in a user namespace nobody can
        QVERIFY2(output.standardOutput.find("opened") == std::string::npos, said(output));
        QVERIFY2(output.standardOutput.find("served") != std::string::npos, said(output));
    }

    // CVE-2016-9962, CVE-2019-5736 by `exec`: the container's root looks at every process that comes in, by name and
    // by what the link leads to. The look-out tells of itself too, or a blind one would prove nothing.
    void hidesTheEnteringProcessFromTheContainer()
    {
        struct stat program { };
        QCOMPARE(::stat(m_bundle->program.c_str(), &program), 0);
        const std::string identity = std::to_string(program.st_dev) + ":" + std::to_string(program.st_ino);
        m_bundle->setScript("while :; do for p in /proc/[0-9]*; do "
                            "[ \"$(stat -Lc %d:%i $p/exe 2>/dev/null)\" = "
            + identity
            + " ] && echo seen by number; "
              "case \"$(ls -l $p/exe 2>&1)\" in *denied*) echo kept out;; */hull*|*memfd*) echo seen by name;; "
              "*busybox*) echo looked;; esac; done; done");
        m_bundle->write();
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        const auto hasSaid = [&](const char* word) {
            auto output = readFile(m_bundle->path("/output"), 256U << 20U);
            return output && output->find(word) != std::string::npos;
        };
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!hasSaid("kept out") && std::chrono::steady_clock::now() < deadline)
            QCOMPARE(m_bundle->hull({ "exec", "web", "true" }).exitStatus, 0);
        QVERIFY(hasSaid("kept out"));
        QVERIFY(hasSaid("looked"));
        QVERIFY(!hasSaid("seen"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    // CVE-2025-52565: the terminal is one of the container's own devpts, whatever the image has in its place
    void takesNoTerminalFromTheImage()
    {
        auto& mounts = m_bundle->spec.mounts;
        mounts.erase(std::remove_if(mounts.begin(), mounts.end(),
                         [](const auto& mount) { return mount.destination.rfind("/dev", 0) == 0; }),
            mounts.end());
        QVERIFY(makeFolders(m_bundle->path("/rootfs/dev/pts"), 0755));
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/dev/pts/ptmx"), "", 0666));
        const std::string path = m_bundle->path("/console");
        const ConsoleSocket console(path);
        QVERIFY(console.isListening);
        m_bundle->spec.process->terminal = true;
        m_bundle->setScript("true");
        m_bundle->write();
        const auto made = m_bundle->hullIntoFile(
            { "create", "--bundle", m_bundle->path(), "--console-socket", path, m_bundle->nextId() });
        QCOMPARE(made.exitStatus, 1);
        QVERIFY2(made.standardOutput.find("devpts") != std::string::npos, said(made));
    }

    // CVE-2025-52881: what is mounted over a file of the container's /proc is not written to
    void setsParametersInTheTrueProcOnly()
    {
        const std::string decoy = m_bundle->path("/decoy");
        QVERIFY(writeFileAtomically(decoy, "decoy", 0666));
        const std::string parameter = "/proc/sys/net/ipv4/ip_default_ttl";
        m_bundle->spec.mounts.push_back({ parameter, "bind", decoy, { "bind" } });
        m_bundle->spec.linux_.readonlyPaths.clear();
        m_bundle->spec.linux_.sysctl["net.ipv4.ip_default_ttl"] = "77";
        const auto output = m_bundle->run("cat " + parameter);
        QVERIFY2(output.exitStatus == 1 || output.standardOutput == "decoy", said(output));
        QCOMPARE(*readFile(decoy), std::string("decoy"));
    }

    // CVE-2022-29162
    void leavesNothingInheritable()
    {
        const std::string look = "grep -E 'CapInh|CapAmb' /proc/self/status";
        const std::string nothing = "CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n";
        QCOMPARE(m_bundle->run(look).standardOutput, nothing);
        m_bundle->setScript("exec sleep 100");
        QCOMPARE(m_bundle->start("web"), 0);
        QCOMPARE(m_bundle->hull({ "exec", "web", "/bin/sh", "-c", look }).standardOutput, nothing);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    // CVE-2020-15257: a container in the host's network finds no socket of hull's there
    void listensInNoNetwork()
    {
        auto& namespaces = m_bundle->spec.linux_.namespaces;
        namespaces.erase(std::remove_if(namespaces.begin(), namespaces.end(),
                             [](const auto& entry) { return entry.kind == oci::NamespaceKind::Network; }),
            namespaces.end());
        auto& mounts = m_bundle->spec.mounts; // sysfs belongs to the network's owner
        mounts.erase(std::remove_if(mounts.begin(), mounts.end(),
                         [](const auto& mount) { return mount.destination.rfind("/sys", 0) == 0; }),
            mounts.end());
        m_bundle->setScript("exec sleep 100");
        const auto made = m_bundle->create("web"); // its gate listens, by a name in a closed folder
        QVERIFY2(made.exitStatus == 0, said(made));
        const QByteArray names = socketNamesOf(m_bundle->pidOf("web"));
        QVERIFY2(names.contains("/start"), names.constData());
        QVERIFY2(!names.contains('@'), names.constData());
        struct stat info { };
        QCOMPARE(::stat((m_bundle->root() + "/web").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0077U, 0U);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    // CVE-2022-0811
    void changesNoParameterOfTheHost()
    {
        m_bundle->spec.linux_.sysctl["net/../kernel/core_pattern"] = "|/bin/sh";
        QCOMPARE(m_bundle->run("true").exitStatus, 1);
        QVERIFY(readFile("/proc/sys/kernel/core_pattern")->find("/bin/sh") == std::string::npos);
    }

    // CVE-2023-25809
    void hidesTheHostsCgroupsEvenWhenNotAsked()
    {
        auto& namespaces = m_bundle->spec.linux_.namespaces;
        namespaces.erase(std::remove_if(namespaces.begin(), namespaces.end(),
                             [](const auto& entry) { return entry.kind == oci::NamespaceKind::Cgroup; }),
            namespaces.end());
        const auto output = m_bundle->run("grep 0:: /proc/self/cgroup; touch /sys/fs/cgroup/own 2>&1");
        QVERIFY2(output.standardOutput.rfind("0::/\n", 0) == 0, said(output));
    }

private:
    /// From here on hull is started with the host's root open as 3 to 9.
    void giveDescriptors()
    {
        std::string opens = "exec";
        for (int fd = 3; fd <= 9; ++fd) // a shell's own digits end there
            opens += " " + std::to_string(fd) + "</";
        m_bundle->prefix.insert(m_bundle->prefix.end(), { "/bin/sh", "-c", opens + "; exec \"$@\"", "sh" });
    }
    /// What it finds of 3 to 9.
    CommandOutput runWith(const std::vector<std::string>& options)
    {
        m_bundle->setScript("for n in 3 4 5 6 7 8 9; do [ -L /proc/self/fd/$n ] && echo $n; done; true");
        m_bundle->write();
        std::vector<std::string> words{ "run" };
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), { "--bundle", m_bundle->path(), m_bundle->nextId() });
        return m_bundle->hull(words);
    }
    /// The names of a process's sockets in its network; an abstract one begins with "@".
    static QByteArray socketNamesOf(pid_t pid)
    {
        QByteArray names;
        const QString folder = QStringLiteral("/proc/%1/").arg(pid);
        auto text = readFile((folder + QStringLiteral("net/unix")).toStdString(), 16U << 20U);
        const auto lines = QByteArray::fromStdString(text ? *text : std::string()).split('\n');
        const QDir open(folder + QStringLiteral("fd"));
        for (const QString& fd : open.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
            const std::string path = open.filePath(fd).toStdString();
            char target[64] = {};
            if (::readlink(path.c_str(), target, sizeof target - 1) < 0)
                continue;
            const QByteArray inode = QByteArray(target).replace("socket:[", "").replace("]", "");
            for (const QByteArray& line : lines) {
                const auto fields = line.simplified().split(' ');
                if (fields.value(6) == inode)
                    names += fields.value(7) + ' ';
            }
        }
        return names;
    }

    /// Once nothing runs from the file any more: until then ETXTBSY hides what the protection says. A sealed memory
    /// file can be opened and not be written to.
    static void refusesWriting(const UniqueFd& program)
    {
        const std::string again = "/proc/self/fd/" + std::to_string(program.fd());
        int number = ETXTBSY;
        QTRY_VERIFY((number = writeError(again)) != ETXTBSY);
        QVERIFY2(number == EROFS || number == EPERM, std::strerror(number));
    }
    static int writeError(const std::string& path)
    {
        auto file = openPath(path, O_WRONLY);
        if (!file)
            return file.error().sysErrno;
        return ::write(file->fd(), "x", 1) < 0 ? errno : 0;
    }

    std::unique_ptr<OrdinaryUser> m_user;
};

QTEST_GUILESS_MAIN(HullAttackTest)
#include "hull_attack_test.moc"
