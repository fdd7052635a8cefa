// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <fcntl.h>

#include <cstring>
#include <memory>

using namespace twinhull;
using namespace twinhull::test;

/// Images and containers that try to get out, one row for each road that other runtimes left open.
class HullAttackTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

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
        auto before = readFile(hullProgram(), 256U << 20U);
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
        QVERIFY(*readFile(hullProgram(), 256U << 20U) == *before);
    }

    // CVE-2021-30465, CVE-2019-18837
    void mountsInsideWhereverALinkLeads()
    {
        const std::string outside = m_world->path().toStdString() + "/outside";
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

    // CVE-2025-31133: a mask must be the host's null device, whatever the image puts at /dev/null
    void masksByTheHostsNullDevice()
    {
        QVERIFY(makeFolders(m_bundle->path("/rootfs/dev"), 0755));
        QVERIFY(writeFileAtomically(m_bundle->path("/rootfs/secret"), "secret", 0644));
        QCOMPARE(::symlink("/proc/sys/kernel/core_pattern", m_bundle->path("/rootfs/dev/null").c_str()), 0);
        m_bundle->spec.linux_.maskedPaths.push_back("/secret");
        const auto output = m_bundle->run("cat /secret; stat -c %t:%T /secret");
        QCOMPARE(output.standardOutput, std::string("1:3\n"));
    }

    // CVE-2024-21626
    void passesNoDescriptorOn()
    {
        const UniqueFd leak(::open("/", O_RDONLY | O_DIRECTORY)); // on purpose without O_CLOEXEC
        QVERIFY(leak);
        const auto output = m_bundle->run("ls /proc/1/fd");
        QCOMPARE(output.standardOutput.substr(0, 6), std::string("0\n1\n2\n"));
        const auto outside = m_bundle->run("true");
        QCOMPARE(outside.exitStatus, 0);
        m_bundle->spec.process->cwd = "/proc/self/fd/" + std::to_string(leak.fd());
        QCOMPARE(m_bundle->run("ls").exitStatus, 1);
    }

    // CVE-2016-9962, CVE-2019-5736 by `exec`: the container's root looks at every process that comes in, by name and
    // by what the link leads to. The look-out tells of itself too, or a blind one would prove nothing.
    void hidesTheEnteringProcessFromTheContainer()
    {
        struct stat program { };
        QCOMPARE(::stat(hullProgram().c_str(), &program), 0);
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
    /// Once nothing runs from the file any more: until then ETXTBSY hides what the protection says.
    static void refusesWriting(const UniqueFd& program)
    {
        const std::string again = "/proc/self/fd/" + std::to_string(program.fd());
        int number = ETXTBSY;
        QTRY_VERIFY((number = openPath(again, O_WRONLY).error().sysErrno) != ETXTBSY);
        QVERIFY2(number == EROFS || number == EPERM, std::strerror(number));
    }
};

QTEST_GUILESS_MAIN(HullAttackTest)
#include "hull_attack_test.moc"
