// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hull_test.h"
#include "tests/support/ordinary_bundle.h"
#include "tests/support/process_search.h"

#include <QTest>

#include <csignal>
#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace twinhull;
using namespace twinhull::test;

/// A program in the files of a container that does not run.
class HullVisitTest : public HullTest {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        setUp();
        if (!m_bundle)
            return; // skipped
        for (const char* folder : { "upper", "work", "source" })
            QVERIFY(makeFolders(below(folder), 0755));
        QVERIFY(writeFileAtomically(below("source/note"), "from the host", 0644));
        auto& spec = m_bundle->spec;
        spec.annotations[std::string(oci::kAnnotationLower)] = m_bundle->path("/rootfs");
        spec.annotations[std::string(oci::kAnnotationUpper)] = below("upper");
        spec.annotations[std::string(oci::kAnnotationWork)] = below("work");
        spec.root.path = "merged";
        spec.mounts.push_back({ "/data", "bind", below("source"), { "rbind", "ro", "nosuid", "nodev" } });
        spec.mounts.push_back({ "/scratch", "tmpfs", "tmpfs", { "nosuid", "nodev" } });
        spec.mounts.push_back({ "/gone", "bind", below("missing"), { "rbind", "rw" } });
    }
    void cleanup() { tearDown(); }

    void showsLayersAndBinds()
    {
        QVERIFY(makeFolders(m_bundle->path("/rootfs/gone"), 0755));
        m_bundle->spec.mounts.push_back({ "/away/sub", "bind", below("missing"), { "rbind", "rw" } });
        const auto seen = visit("cat /data/note; echo; id -u; touch /data/new /gone/new 2>&1; echo kept > /kept; "
                                "grep -c ' /scratch ' /proc/mounts; echo $$");
        QCOMPARE(seen.standardOutput,
            std::string("from the host\n0\ntouch: /data/new: Read-only file system\n"
                        "touch: /gone/new: Read-only file system\n0\n1\n"));
        QCOMPARE(seen.exitStatus, 0);
        for (const char* told : { "/gone does not show its files", "/away/sub is left out" })
            QVERIFY2(seen.standardError.find(told) != std::string::npos, said(seen));
        QVERIFY(!exists(below("upper/away"))); // what is not there is not made either
        QCOMPARE(*readFile(below("upper/kept")), std::string("kept\n"));
        QVERIFY(!exists(m_bundle->path("/rootfs/kept")) && !exists(below("upper/dev/null")));
        QCOMPARE(visit("exit 7").exitStatus, 7);
    }

    /// The root is made read-only for it as for the container.
    void keepsAReadOnlyRoot()
    {
        m_bundle->spec.root.readonly = true;
        const auto tried = visit("touch /new");
        QVERIFY2(tried.exitStatus != 0 && tried.standardError.find("Read-only") != std::string::npos, said(tried));
    }

    /// Links of the image lead to where they lead inside.
    void staysInside()
    {
        QVERIFY(writeFileAtomically(below("secret"), "of the host", 0644));
        QCOMPARE(::symlink(below("secret").c_str(), m_bundle->path("/rootfs/way").c_str()), 0);
        QCOMPARE(::symlink("../../../../../../..", m_bundle->path("/rootfs/up").c_str()), 0);
        const auto tried = visit("cat /way; ls /up/bin/busybox; cat /proc/1/root/way; mount -t tmpfs x /tmp");
        QVERIFY2(tried.standardOutput == "/up/bin/busybox\n" && tried.exitStatus != 0, said(tried));
    }

    /// A link of the image leads a volume's mount to /proc, and the volume looks like one.
    void isNotMisledByAVolumeInThePlaceOfProc()
    {
        QVERIFY(makeFolders(below("planted/self/fd"), 0755) && makeFolders(m_bundle->path("/rootfs/proc"), 0755));
        QVERIFY(writeFileAtomically(below("planted/self/fd/3"), "#!/bin/sh\necho planted\n", 0755));
        QCOMPARE(::chmod(below("planted/self/fd/3").c_str(), 0755), 0);
        QCOMPARE(::symlink("/proc", m_bundle->path("/rootfs/way").c_str()), 0);
        m_bundle->spec.mounts.push_back({ "/way", "bind", below("planted"), { "rbind", "rw" } });
        const auto read = visit("cat /proc/self/fd/3 3</data/note");
        QVERIFY2(read.exitStatus == 0 && read.standardOutput == "from the host", said(read));
        const auto program = openPath(m_bundle->path("/rootfs/bin/busybox"), O_RDONLY);
        QVERIFY(program);
        const auto words = [this](const char* preserved) {
            return Command{ { m_bundle->program, "visit", "--bundle", m_bundle->path(), "--preserve-fds", preserved,
                                "--program-fd", "3", "echo", "ours" },
                {}, {} };
        };
        const auto ours = runCommand(words("1"), CommandRun{ std::chrono::seconds(60), {}, program->fd() });
        QVERIFY(ours);
        QVERIFY2(ours->standardOutput == "ours\n", said(*ours));
        const auto refused = runCommand(words("0"), CommandRun{ std::chrono::seconds(60), {}, program->fd() });
        QVERIFY(refused && refused->exitStatus == 255 && refused->standardOutput.empty());
    }

    void seesNothingOfTheHostsKernel()
    {
        const auto seen = visit("for kind in net ipc uts pid mnt; do readlink /proc/self/ns/$kind; done; "
                                "echo x 2>/dev/null >/proc/self/comm || echo refused");
        QVERIFY2(seen.standardOutput.ends_with("refused\n"), said(seen));
        for (const char* kind : { "net", "ipc", "uts", "pid", "mnt" }) {
            QVERIFY2(seen.standardOutput.find(std::string(kind) + ":[") != std::string::npos, said(seen));
            const auto ours = std::filesystem::read_symlink(std::string("/proc/self/ns/") + kind).string();
            QVERIFY2(seen.standardOutput.find(ours) == std::string::npos, said(seen));
        }
    }

    void leavesNothingWhenItIsKilled()
    {
        m_bundle->spec.mounts.pop_back(); // a start wants all of its sources
        m_bundle->write();
        const QString folder = QString::fromStdString(m_bundle->path());
        auto child = spawn({ { m_bundle->program, "visit", "--bundle", m_bundle->path(), "/bin/sh", "-c",
                                 "echo begun > /begun; sleep 1000; true", m_bundle->path() },
                               {}, {} },
            {});
        QVERIFY(child);
        QTRY_VERIFY(exists(below("upper/begun")));
        QTRY_COMPARE(processesNaming(folder, "/bin/sh").size(), std::size_t(1)); // sleep begins as a copy of it
        QCOMPARE(::kill(child->pid, SIGKILL), 0);
        QCOMPARE(::waitpid(child->pid, nullptr, 0), child->pid);
        QTRY_VERIFY(processesNaming(folder, "/bin/sh").empty());
        const auto table = readFile("/proc/self/mountinfo", std::size_t(4) << 20U);
        QVERIFY(table && table->find(m_bundle->path()) == std::string::npos);
        QCOMPARE(m_bundle->run("cat /begun").standardOutput, std::string("begun\n"));
    }

    void tellsWhatIsWrong()
    {
        m_bundle->write();
        const auto none = m_bundle->hull({ "visit", "--bundle", m_bundle->path() });
        QVERIFY2(
            none.exitStatus == 255 && none.standardError.find("the program to run") != std::string::npos, said(none));
        const auto missing = m_bundle->hull({ "visit", "--bundle", m_bundle->path(), "/no/such" });
        QVERIFY2(
            missing.exitStatus == 255 && missing.standardError.find("/no/such") != std::string::npos, said(missing));
        const auto nowhere = m_bundle->hull({ "visit", "--bundle", m_bundle->path("/none"), "/bin/sh" });
        QVERIFY2(nowhere.exitStatus == 255 && nowhere.standardError.find("/none") != std::string::npos, said(nowhere));
    }

    void worksForAnOrdinaryUser()
    {
        const OrdinaryUser user(OrdinaryUser::SubordinateIds::No);
        QVERIFY(user.isMade);
        m_bundle = std::make_unique<HullBundle>(user.home() + "/bundle");
        QVERIFY(giveToUser(*m_bundle, user));
        const auto seen = visit("id -u; echo kept > /kept; mount -t tmpfs x /tmp");
        QVERIFY2(seen.exitStatus != 0 && seen.standardOutput == "0\n", said(seen));
        struct stat home { };
        struct stat kept { };
        QVERIFY(::stat(user.home().c_str(), &home) == 0 && ::stat(m_bundle->path("/rootfs/kept").c_str(), &kept) == 0);
        QCOMPARE(kept.st_uid, home.st_uid);
        m_bundle.reset(); // before its user
    }

private:
    std::string below(const std::string& name) const { return m_bundle->path("/" + name); }
    CommandOutput visit(const std::string& script) const
    {
        m_bundle->write();
        return m_bundle->hull({ "visit", "--bundle", m_bundle->path(), "/bin/sh", "-c", script });
    }
};

QTEST_GUILESS_MAIN(HullVisitTest)
#include "hull_visit_test.moc"
