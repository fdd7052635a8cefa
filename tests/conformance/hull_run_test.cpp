// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QTest>

#include <fcntl.h>

#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// Real containers by the hull of this build, as root.
class HullRunTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDownClean(); }

    void returnsTheExitStatus() { QCOMPARE(m_bundle->run("exit 42").exitStatus, 42); }

    void showsTheContainerOnly_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* script, const char* expected) {
            QTest::newRow(name) << QString::fromLatin1(script) << QString::fromLatin1(expected);
        };
        row("own pid namespace", "echo $$", "1");
        row("hostname", "hostname", "hull");
        row("only loopback", "ls /sys/class/net", "lo");
        row("loopback is up", "grep -c 'lo:' /proc/net/dev; cat /sys/class/net/lo/operstate", "1\nunknown");
        row("cgroup namespace", "grep -c '^0::/$' /proc/self/cgroup", "1");
        row("working folder", "readlink /proc/self/cwd", "/");
        row("home from nowhere", "echo $HOME", "/");
        row("masked file is empty", "cat /proc/keys /proc/timer_list", "");
        row("masked folder is empty", "ls /sys/firmware", "");
        row("standard devices", "echo x > /dev/null; head -c 3 /dev/zero | stat -c %t:%T /dev/null /dev/urandom",
            "1:3\n1:9");
        row("links in /dev", "readlink /dev/stdin; readlink /dev/ptmx", "/proc/self/fd/0\npts/ptmx");
        row("no inheritable capability", "grep CapInh /proc/self/status", "CapInh:\t0000000000000000");
        row("capabilities", "grep CapEff /proc/self/status", "CapEff:\t00000000800405fb");
        row("bounding set", "grep CapBnd /proc/self/status", "CapBnd:\t00000000800405fb");
        row("no new privileges", "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1");
        row("a seccomp-free run", "grep Seccomp: /proc/self/status", "Seccomp:\t0");
        row("open files", "ulimit -n", "1024");
        row("umask", "umask", "0022");
    }
    void showsTheContainerOnly()
    {
        QFETCH(QString, script);
        QFETCH(QString, expected);
        const auto output = m_bundle->run(script.toStdString());
        QCOMPARE(QString::fromStdString(output.standardOutput).trimmed(), expected);
    }

    void keepsReadonlyPathsReadonly()
    {
        const auto output = m_bundle->run("echo 1 > /proc/sys/vm/drop_caches; echo h > /proc/sysrq-trigger");
        QVERIFY2(output.standardError.find("Read-only file system") != std::string::npos, said(output));
    }

    void becomesTheUserOfTheFile()
    {
        m_bundle->spec.process->user = { 1234, 567, 0027, { 10, 11 } };
        m_bundle->spec.process->cwd = "/new/folder";
        const auto output
            = m_bundle->run("id -u; id -g; id -G; umask; readlink /proc/self/cwd; grep CapEff /proc/self/status");
        QCOMPARE(QString::fromStdString(output.standardOutput),
            QStringLiteral("1234\n567\n567 10 11\n0027\n/new/folder\nCapEff:\t0000000000000000\n"));
    }

    void warnsOfUnknownCapabilities()
    {
        m_bundle->spec.process->capabilities->bounding.push_back("CAP_FLY");
        const auto output = m_bundle->run("true");
        QCOMPARE(output.exitStatus, 0);
        QVERIFY2(output.standardError.find("CAP_FLY is unknown") != std::string::npos, said(output));
    }

    void makesADeviceOfTheContainersOwnUseless()
    {
        for (auto* set : { &m_bundle->spec.process->capabilities->bounding,
                 &m_bundle->spec.process->capabilities->effective, &m_bundle->spec.process->capabilities->permitted })
            set->push_back("CAP_MKNOD");
        const auto output = m_bundle->run("for place in /tmp /dev /dev/shm; do mknod $place/own c 1 5 && "
                                          "head -c 1 $place/own; done; head -c 1 /dev/zero && echo served");
        QCOMPARE(QByteArray::fromStdString(output.standardError).count("Permission denied"), 3);
        QVERIFY2(output.standardOutput.find("served") != std::string::npos, said(output));
    }

    void mountsLayersAndLeavesNothingOnTheHost()
    {
        const std::string top = m_bundle->path("/layer-top");
        const std::string upper = m_bundle->path("/upper");
        QVERIFY(
            makeFolders(top + "/etc", 0755) && makeFolders(upper, 0755) && makeFolders(m_bundle->path("/work"), 0755));
        QVERIFY(writeFileAtomically(top + "/etc/who", "top\n", 0644));
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/etc/who"), "bottom\n", 0644));
        m_bundle->spec.root.path = "merged";
        auto& notes = m_bundle->spec.annotations;
        notes[std::string(oci::kAnnotationLower)] = top + ":" + m_bundle->path("/rootfs");
        notes[std::string(oci::kAnnotationUpper)] = upper;
        notes[std::string(oci::kAnnotationWork)] = m_bundle->path("/work");
        const auto output = m_bundle->run("cat /etc/who; echo written > /etc/new");
        QCOMPARE(QString::fromStdString(output.standardOutput), QStringLiteral("top\n"));
        QCOMPARE(*readFile(upper + "/etc/new"), std::string("written\n"));
        QVERIFY(readFile("/proc/self/mounts")->find(m_bundle->path()) == std::string::npos);
    }

    void makesTheRootReadonly()
    {
        m_bundle->spec.root.readonly = true;
        const auto output = m_bundle->run("touch /new || touch /dev/shm/new && echo shm is writable");
        QVERIFY2(output.standardOutput.find("shm is writable") != std::string::npos, said(output));
        QVERIFY(!exists(m_bundle->path("/rootfs/new")));
    }

    void setsSysctlsOfItsOwnNamespaces()
    {
        m_bundle->spec.linux_.sysctl["net.ipv4.ip_forward"] = "1";
        QCOMPARE(m_bundle->run("cat /proc/sys/net/ipv4/ip_forward").standardOutput, std::string("1\n"));
    }

    void movesTheClocksOfATimeNamespace()
    {
        if (!exists("/proc/self/timens_offsets"))
            QSKIP("this kernel has no time namespaces");
        m_bundle->spec.linux_.namespaces.push_back({ oci::NamespaceKind::Time, {} });
        m_bundle->spec.linux_.timeOffsets = { { "boottime", { 100'000'000, 0 } } };
        m_bundle->setScript("cat /proc/uptime; sleep 100");
        const auto created = m_bundle->create("web");
        QVERIFY2(created.exitStatus == 0, said(created));
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        QTRY_VERIFY(
            QString::fromStdString(*readFile(m_bundle->path("/output"))).section(QLatin1Char('.'), 0, 0).toLongLong()
            > 100'000'000);
        const auto inside = m_bundle->hull({ "exec", "web", "cat", "/proc/uptime" });
        QVERIFY2(
            QString::fromStdString(inside.standardOutput).section(QLatin1Char('.'), 0, 0).toLongLong() > 100'000'000,
            said(inside));
        QVERIFY(QString::fromStdString(*readFile("/proc/uptime")).section(QLatin1Char('.'), 0, 0).toLongLong()
            < 100'000'000);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    void leavesNoFolderInTheCgroupTree()
    {
        const std::string tree
            = exists("/sys/fs/cgroup/cgroup.controllers") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";
        const std::string top = "/hull-test-" + std::to_string(::getpid());
        if (::access(tree.c_str(), W_OK) != 0 || !exists(tree + "/cgroup.controllers"))
            QSKIP("no cgroup v2 tree that can be written");
        m_bundle->spec.linux_.cgroupsPath = top + "/deep/web";
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QVERIFY(exists(tree + top + "/deep/web"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
        QVERIFY(!exists(tree + top));
        QCOMPARE(::mkdir((tree + top).c_str(), 0755), 0);
        QCOMPARE(m_bundle->run("true").exitStatus, 0);
        const bool isThere = exists(tree + top); // the operator's own, empty or not
        QCOMPARE(::rmdir((tree + top).c_str()), 0);
        QVERIFY(isThere);
    }

    void setsTheOomScore()
    {
        m_bundle->spec.process->oomScoreAdj = 500;
        QCOMPARE(m_bundle->run("cat /proc/self/oom_score_adj").standardOutput, std::string("500\n"));
    }

    void joinsNamespacesByPath()
    {
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->create("holder").exitStatus, 0);
        const std::string folder = "/proc/" + std::to_string(m_bundle->pidOf("holder")) + "/ns/";
        for (auto& entry : m_bundle->spec.linux_.namespaces) {
            if (entry.kind == oci::NamespaceKind::Network)
                entry.path = folder + "net";
            if (entry.kind == oci::NamespaceKind::Pid)
                entry.path = folder + "pid";
        }
        const auto output = m_bundle->run("readlink /proc/self/ns/net; readlink /proc/self/ns/pid; echo $$");
        const auto lines = QString::fromStdString(output.standardOutput).split(QLatin1Char('\n'));
        QVERIFY2(lines.size() >= 3, said(output));
        char real[64] = {};
        QVERIFY(::readlink((folder + "net").c_str(), real, sizeof real - 1) > 0);
        QCOMPARE(lines[0], QString::fromLatin1(real));
        QVERIFY(lines[2].toInt() > 1);
        QCOMPARE(m_bundle->hull({ "delete", "--force", "holder" }).exitStatus, 0);
    }

    void filtersSystemCallsByACachedFilter()
    {
        auto profile = readFile(TH_SOURCE_DIR "/resources/seccomp/default.json");
        QVERIFY(profile);
        auto seccomp = oci::decodeSeccomp(*profile);
        QVERIFY2(seccomp, seccomp ? "" : seccomp.error().message.c_str());
        m_bundle->spec.linux_.seccomp = *seccomp;
        m_bundle->spec.process->capabilities->bounding.push_back("CAP_SYS_ADMIN");
        m_bundle->spec.process->capabilities->effective.push_back("CAP_SYS_ADMIN");
        m_bundle->spec.process->capabilities->permitted.push_back("CAP_SYS_ADMIN");
        for (int round = 0; round < 2; ++round) {
            const auto output = m_bundle->run("grep Seccomp: /proc/self/status; unshare -m true; echo $?");
            QCOMPARE(output.standardOutput, std::string("Seccomp:\t2\n1\n"));
            QVERIFY2(output.standardError.find("Operation not permitted") != std::string::npos, said(output));
        }
        auto listed = runChecked({ { "ls", m_world->folders().cache + "/seccomp" }, {}, {} }, std::chrono::seconds(10));
        QVERIFY(listed);
        QCOMPARE(QByteArray::fromStdString(*listed).count(".bpf"), 1);
    }

    void passesTheDescriptorsOnThatItIsToldTo()
    {
        const std::string input = m_bundle->path("/input");
        const std::string result = m_bundle->path("/result");
        QVERIFY(writeFileAtomically(input, "from outside\n", 0644));
        m_bundle->prefix
            = { "/bin/sh", "-c", "exec 3< " + input + " 4> " + result + " 5< " + input + " && exec \"$@\"", "sh" };
        m_bundle->setScript("cat <&3 >&4; [ -e /proc/self/fd/5 ] && echo five is here");
        m_bundle->write();
        const auto output
            = m_bundle->hull({ "run", "--preserve-fds", "2", "--bundle", m_bundle->path(), m_bundle->nextId() });
        m_bundle->prefix.clear();
        QCOMPARE(output.exitStatus, 1);
        QCOMPARE(output.standardOutput, std::string());
        QCOMPARE(*readFile(result), std::string("from outside\n"));
    }

    void passesDescriptorsOnToAProgramThatComesIn()
    {
        m_bundle->setScript("sleep 100");
        QCOMPARE(m_bundle->create("web").exitStatus, 0);
        QCOMPARE(m_bundle->hull({ "start", "web" }).exitStatus, 0);
        const std::string result = m_bundle->path("/result");
        m_bundle->prefix = { "/bin/sh", "-c", "exec 3> " + result + " && exec \"$@\"", "sh" };
        const auto output = m_bundle->hull(
            { "exec", "--preserve-fds", "1", "web", "/bin/sh", "-c", "echo from inside >&3; ls /proc/self/fd" });
        m_bundle->prefix.clear();
        QCOMPARE(output.standardOutput, std::string("0\n1\n2\n3\n4\n")); // 4: the folder that ls reads
        QCOMPARE(*readFile(result), std::string("from inside\n"));
        QCOMPARE(m_bundle->hull({ "delete", "--force", "web" }).exitStatus, 0);
    }

    // hull's own descriptors, which have these numbers later, are nobody's to pass on
    void namesTheDescriptorThatIsNotOpen()
    {
        m_bundle->setScript("true");
        m_bundle->write();
        m_bundle->prefix = { "/bin/sh", "-c", "exec 3<&- && exec \"$@\"", "sh" };
        const auto output
            = m_bundle->hull({ "run", "--preserve-fds", "1", "--bundle", m_bundle->path(), m_bundle->nextId() });
        m_bundle->prefix.clear();
        QCOMPARE(output.exitStatus, 1);
        QVERIFY2(output.standardError.find("descriptor 3") != std::string::npos, said(output));
    }

    void givesATerminal()
    {
        m_bundle->spec.process->terminal = true;
        m_bundle->setScript("tty; echo to the console > /dev/console; ls /dev/pts");
        m_bundle->write();
        const auto output = runCommand({ { "script", "-qefc",
                                             hullProgram() + " --root " + m_bundle->root() + " run --bundle "
                                                 + m_bundle->path() + " " + m_bundle->nextId(),
                                             "/dev/null" },
                                           {}, {} },
            std::chrono::seconds(30));
        QVERIFY(output);
        QVERIFY2(output->standardOutput.find("/dev/pts/0") != std::string::npos, said(*output));
        QVERIFY2(output->standardOutput.find("to the console") != std::string::npos, said(*output));
    }

    void tellsTheTimesOfAStart()
    {
        m_bundle->setScript("true");
        m_bundle->write();
        const auto output
            = m_bundle->hull({ "--marks-fd", "1", "run", "--bundle", m_bundle->path(), m_bundle->nextId() });
        const auto lines = QString::fromStdString(output.standardOutput).trimmed().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[0].section(QLatin1Char(' '), 0, 0), QStringLiteral("namespaces"));
        const auto at = [&](int line) { return lines[line].section(QLatin1Char(' '), 1).toLongLong(); };
        QVERIFY(at(0) > 0 && at(0) < at(1) && at(1) < at(2));
    }
};

QTEST_GUILESS_MAIN(HullRunTest)
#include "hull_run_test.moc"
