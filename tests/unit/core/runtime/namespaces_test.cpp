// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/namespaces/id_mapping.h"
#include "core/runtime/namespaces/loopback.h"
#include "core/runtime/namespaces/namespace_plan.h"
#include "core/runtime/namespaces/sysctls.h"
#include "core/runtime/namespaces/time_namespace.h"
#include "tests/support/child_report.h"
#include "tests/support/recording_syscalls.h"

#include <QTemporaryDir>
#include <QTest>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <ctime>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;
using oci::NamespaceKind;

/// Namespaces as they are planned, and what is written into real ones that children of the test make.
class NamespacesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hasAFlagForEachKind_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("flag");
        const auto row = [](const char* name, NamespaceKind kind, int flag) {
            QTest::newRow(name) << static_cast<int>(kind) << flag;
        };
        row("user", NamespaceKind::User, CLONE_NEWUSER);
        row("mount", NamespaceKind::Mount, CLONE_NEWNS);
        row("pid", NamespaceKind::Pid, CLONE_NEWPID);
        row("network", NamespaceKind::Network, CLONE_NEWNET);
        row("ipc", NamespaceKind::Ipc, CLONE_NEWIPC);
        row("uts", NamespaceKind::Uts, CLONE_NEWUTS);
        row("cgroup", NamespaceKind::Cgroup, CLONE_NEWCGROUP);
        row("time", NamespaceKind::Time, CLONE_NEWTIME);
    }
    void hasAFlagForEachKind()
    {
        QFETCH(int, kind);
        QFETCH(int, flag);
        QCOMPARE(cloneFlagOf(static_cast<NamespaceKind>(kind)), flag);
    }

    void joinsTheUserNamespaceFirst()
    {
        auto plan = planNamespaces({ { NamespaceKind::Mount, {} }, { NamespaceKind::Network, "/proc/self/ns/net" },
            { NamespaceKind::User, "/proc/self/ns/user" } });
        QVERIFY(plan);
        RecordingSyscalls calls;
        QVERIFY(joinAll(calls, *plan));
        QCOMPARE(calls.calls,
            (std::vector<std::string>{
                "join " + std::to_string(CLONE_NEWUSER), "join " + std::to_string(CLONE_NEWNET) }));
    }

    void namesTheNamespaceThatCannotBeJoined()
    {
        auto plan = planNamespaces({ { NamespaceKind::Mount, {} }, { NamespaceKind::Ipc, "/proc/self/ns/ipc" } });
        QVERIFY(plan);
        RecordingSyscalls calls;
        calls.failing = "join " + std::to_string(CLONE_NEWIPC);
        QVERIFY(joinAll(calls, *plan).error().message.rfind("join ipc namespace", 0) == 0);
    }

    void makesAUserNamespaceInAnother()
    {
        const std::string name(oci::kAnnotationParentUsers);
        auto plan = planNamespaces({ { NamespaceKind::Mount, {} }, { NamespaceKind::User, {} } });
        QVERIFY(planParentUsers({}, *plan) && !plan->needsStage());
        QVERIFY(planParentUsers({ { name, "/proc/self/ns/user" } }, *plan) && plan->needsStage());
        RecordingSyscalls calls;
        QVERIFY(joinAll(calls, *plan));
        QCOMPARE(calls.calls, std::vector<std::string>{ "join " + std::to_string(CLONE_NEWUSER) });
        QVERIFY((plan->cloneFlags() & CLONE_NEWUSER) != 0); // the stage makes it there
        for (const char* path : { "/proc/self/ns/net", "/proc/self/ns/none", "" })
            QVERIFY2(planParentUsers({ { name, path } }, *plan).error().message.find(name) != std::string::npos, path);
        auto none = planNamespaces({ { NamespaceKind::Mount, {} } });
        QCOMPARE(planParentUsers({ { name, "/proc/self/ns/user" } }, *none).error().code, ErrorCode::InvalidArgument);
    }

    void makesATimeNamespaceThroughAStage()
    {
        auto plan = planNamespaces({ { NamespaceKind::Mount, {} }, { NamespaceKind::Time, {} } });
        QVERIFY(plan && plan->needsStage() && plan->makes(NamespaceKind::Time));
        QCOMPARE(plan->cloneFlags() & CLONE_NEWTIME, std::uint64_t{ 0 });
        QVERIFY((plan->cloneFlags() & CLONE_NEWNS) != 0);
        auto both = planNamespaces(
            { { NamespaceKind::Mount, {} }, { NamespaceKind::Time, {} }, { NamespaceKind::User, {} } });
        QVERIFY(both); // the time namespace must belong to the user namespace: the stage is born in that
        QCOMPARE(both->stageFlags(), std::uint64_t{ CLONE_NEWUSER });
        QCOMPARE(both->cloneFlags() & (CLONE_NEWTIME | CLONE_NEWUSER), std::uint64_t{ 0 });
        QCOMPARE(plan->stageFlags(), std::uint64_t{ 0 });
    }

    void writesOffsetsAsTheKernelReadsThem()
    {
        QCOMPARE(timeOffsetText({ { "monotonic", { 86400, 5 } }, { "boottime", { -7, 0 } } }),
            std::string("boottime -7 0\nmonotonic 86400 5\n"));
        QCOMPARE(timeOffsetText({}), std::string());
    }

    void movesTheClockOfItsChildrenOnly()
    {
        TH_NEEDS_ROOT;
        const std::string report = inChild([] {
            const std::time_t before = monotonicSeconds();
            auto made = makeTimeNamespace(kernelSyscalls(), { { "monotonic", { 100'000, 0 } } });
            if (!made)
                return made.error().message;
            const bool isOwnUnmoved = monotonicSeconds() - before < 1000;
            const std::string inside
                = inChild([&] { return monotonicSeconds() - before >= 100'000 ? "moved" : "not moved"; });
            return inside + (isOwnUnmoved ? ", own not" : ", own too");
        });
        QCOMPARE(report, std::string("moved, own not"));
    }

    void bringsLoopbackUp()
    {
        TH_NEEDS_ROOT;
        const std::string report = inChild([] {
            if (::unshare(CLONE_NEWNET) != 0)
                return std::string("no network namespace");
            const std::string before = isLoopbackUp() ? "up" : "down";
            const std::string answer = told(bringLoopbackUp());
            return before + " " + answer + " " + (isLoopbackUp() ? "up" : "down");
        });
        QCOMPARE(report, std::string("down done up"));
    }

    void setsParametersOfItsOwnNamespaces()
    {
        TH_NEEDS_ROOT;
        const std::string report = inChild([] {
            if (::unshare(CLONE_NEWNET | CLONE_NEWUTS) != 0)
                return std::string("no namespaces");
            NamespacePlan plan;
            plan.newFlags = CLONE_NEWNET | CLONE_NEWUTS;
            const auto written
                = writeSysctls({ { "net.ipv4.ip_forward", "1" }, { "kernel/domainname", "deck" } }, plan);
            return told(written) + " " + *readFile("/proc/sys/net/ipv4/ip_forward")
                + *readFile("/proc/sys/kernel/domainname");
        });
        QCOMPARE(report, std::string("done 1\ndeck\n"));
    }

    void setsNoParameterOfAnotherNamespace_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("of the host's network") << QStringLiteral("net.ipv4.ip_forward");
        QTest::newRow("of everybody") << QStringLiteral("kernel.core_pattern");
        QTest::newRow("by a way round") << QStringLiteral("net/../kernel/core_pattern");
        QTest::newRow("of shared memory") << QStringLiteral("kernel.shmmax");
    }
    void setsNoParameterOfAnotherNamespace()
    {
        QFETCH(QString, name);
        NamespacePlan plan;
        plan.newFlags = CLONE_NEWUTS;
        auto written = writeSysctls({ { name.toStdString(), "1" } }, plan);
        QVERIFY(!written);
        QVERIFY(written.error().message.find("would change the whole computer") != std::string::npos);
        QVERIFY(!written.error().hint.empty());
    }

    void namesTheParameterThatIsNotThere()
    {
        TH_NEEDS_ROOT;
        const std::string report = inChild([] {
            if (::unshare(CLONE_NEWNET) != 0)
                return std::string("no network namespace");
            NamespacePlan plan;
            plan.newFlags = CLONE_NEWNET;
            return told(writeSysctls({ { "net.no.such", "1" } }, plan));
        });
        QVERIFY2(report.rfind("config.json: linux.sysctl.net.no.such", 0) == 0, report.c_str());
    }

    void givesAUserNamespaceItsIds()
    {
        TH_NEEDS_ROOT;
        int ready[2];
        int go[2];
        QVERIFY(::pipe(ready) == 0 && ::pipe(go) == 0);
        const pid_t pid = ::fork();
        if (pid == 0) {
            char letter = ::unshare(CLONE_NEWUSER) == 0 ? 'y' : 'n';
            (void)!::write(ready[1], &letter, 1);
            (void)!::read(go[0], &letter, 1);
            ::_exit(0);
        }
        char letter = 0;
        QCOMPARE(::read(ready[0], &letter, 1), ssize_t{ 1 });
        const auto mapped = writeIdMappings(pid, { { 0, 1000, 1 }, { 1, 700000, 65536 } }, { { 0, 1001, 1 } });
        const auto again = writeIdMappings(pid, { { 0, 1000, 1 } }, { { 0, 1001, 1 } });
        auto uids = readFile("/proc/" + std::to_string(pid) + "/uid_map");
        auto gids = readFile("/proc/" + std::to_string(pid) + "/gid_map");
        QCOMPARE(::write(go[1], "x", 1), ssize_t{ 1 });
        QCOMPARE(::waitpid(pid, nullptr, 0), pid);
        for (const int fd : { ready[0], ready[1], go[0], go[1] })
            ::close(fd);
        QCOMPARE(letter, 'y');
        QVERIFY2(mapped, mapped ? "" : mapped.error().message.c_str());
        QCOMPARE(QString::fromStdString(*uids).simplified(), QStringLiteral("0 1000 1 1 700000 65536"));
        QCOMPARE(QString::fromStdString(*gids).simplified(), QStringLiteral("0 1001 1"));
        QVERIFY(!again); // once and for all
    }

    void asksForMappingsWhereThereAreNone()
    {
        auto mapped = writeIdMappings(::getpid(), {}, {});
        QVERIFY(!mapped);
        QVERIFY2(
            mapped.error().message.find("needs uid_map mappings") != std::string::npos, mapped.error().message.c_str());
        QVERIFY(mapped.error().hint.find("hull spec --rootless") != std::string::npos);
    }

    void findsARangeByTheUsersNumberToo()
    {
        QTemporaryDir folder;
        const std::string file = folder.filePath(QStringLiteral("subuid")).toStdString();
        QVERIFY(writeFileAtomically(file, std::to_string(::getuid()) + ":5000:10\n"));
        QCOMPARE(mappingText(ordinaryUserMappings(file, "nobody-has-this-name", 7)), std::string("0 7 1\n1 5000 10\n"));
        QVERIFY(writeFileAtomically(file, "me:5000:0\nme:1:2:3\nme:-1:5\n"));
        QCOMPARE(mappingText(ordinaryUserMappings(file, "me", 7)), std::string("0 7 1\n"));
    }

private:
    static std::time_t monotonicSeconds()
    {
        timespec now{};
        (void)::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
        return now.tv_sec;
    }
    static bool isLoopbackUp()
    {
        const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        ifreq request{};
        std::strcpy(request.ifr_name, "lo");
        return ::ioctl(socket.fd(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0;
    }
};

QTEST_GUILESS_MAIN(NamespacesTest)
#include "namespaces_test.moc"
