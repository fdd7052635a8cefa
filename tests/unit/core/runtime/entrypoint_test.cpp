// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/process/container_init.h"
#include "core/runtime/process/entrypoint.h"
#include "core/runtime/process/start_gate.h"
#include "tests/support/child_report.h"
#include "tests/support/recording_syscalls.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// The last steps of a start: the surroundings in their order, then a process that gives its rights away and becomes
/// a program. No namespace is made: what is looked at is what this code does by itself.
class EntrypointTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { TH_NEEDS_ROOT; }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QCOMPARE(::chmod(m_folder->path().toStdString().c_str(), 0777), 0);
        m_entrypoint = Entrypoint();
        m_entrypoint.process.env = { "PATH=/usr/bin:/bin", "HOME=/" };
        m_entrypoint.process.capabilities = oci::CapabilitySets();
    }

    void becomesTheUserWithTheGroups()
    {
        m_entrypoint.process.user = { 1234, 567, {}, { 10, 11 } };
        QCOMPARE(run("id -u; id -g; id -G"), std::string("1234\n567\n567 10 11\n"));
    }

    // setresuid(2) takes the last id for no change: the program would stay root
    void becomesNobodyWhoIsNone_data()
    {
        QTest::addColumn<quint32>("uid");
        QTest::addColumn<quint32>("gid");
        QTest::newRow("user") << UINT32_MAX << 0U;
        QTest::newRow("group") << 0U << UINT32_MAX;
    }
    void becomesNobodyWhoIsNone()
    {
        QFETCH(quint32, uid);
        QFETCH(quint32, gid);
        m_entrypoint.process.user = { uid, gid, {}, {} };
        const std::string report = run("id -u; id -g");
        QVERIFY2(report.find("stands for none") != std::string::npos, report.c_str());
    }

    void keepsNoCapabilityThatIsNotNamed()
    {
        m_entrypoint.process.capabilities->bounding = { "CAP_CHOWN", "CAP_KILL" };
        m_entrypoint.process.capabilities->permitted = { "CAP_KILL" };
        m_entrypoint.process.capabilities->effective = { "CAP_KILL" };
        QCOMPARE(run("grep -E 'CapInh|CapBnd|CapAmb' /proc/self/status"),
            std::string("CapInh:\t0000000000000000\nCapBnd:\t0000000000000021\nCapAmb:\t0000000000000000\n"));
    }

    void givesAmbientCapabilitiesToAnOrdinaryUser()
    {
        auto& sets = *m_entrypoint.process.capabilities;
        sets.bounding = sets.permitted = sets.effective = sets.inheritable = sets.ambient = { "CAP_NET_RAW" };
        m_entrypoint.process.user = { 1234, 567, {}, {} };
        QCOMPARE(run("grep -E 'CapEff|CapAmb' /proc/self/status"),
            std::string("CapEff:\t0000000000002000\nCapAmb:\t0000000000002000\n"));
    }

    void startsWithPlainSignals()
    {
        QCOMPARE(run("grep -E 'SigBlk|SigIgn' /proc/self/status",
                     [] {
                         sigset_t all;
                         ::sigfillset(&all);
                         (void)::sigprocmask(SIG_SETMASK, &all, nullptr);
                         for (int signal = 1; signal < NSIG; ++signal)
                             (void)::signal(signal, SIG_IGN);
                     }),
            std::string("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"));
    }

    void setsTheUmask_data()
    {
        QTest::addColumn<int>("umask");
        QTest::addColumn<QString>("shown");
        QTest::newRow("of the file") << 0027 << QStringLiteral("0027\n");
        QTest::newRow("default") << -1 << QStringLiteral("0022\n");
    }
    void setsTheUmask()
    {
        QFETCH(int, umask);
        QFETCH(QString, shown);
        if (umask >= 0)
            m_entrypoint.process.user.umask = static_cast<std::uint32_t>(umask);
        QCOMPARE(QString::fromStdString(run("umask", [] { ::umask(0777); })), shown);
    }

    void makesTheWorkingFolder()
    {
        m_entrypoint.process.cwd = path("a/b/c");
        QCOMPARE(run("pwd"), path("a/b/c") + "\n");
        struct stat info { };
        QCOMPARE(::stat(path("a/b").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0755U);
    }

    void failsWhereTheWorkingFolderIsAFile()
    {
        QVERIFY(writeFileAtomically(path("file"), ""));
        m_entrypoint.process.cwd = path("file");
        const std::string answer = run("pwd");
        QVERIFY2(answer.find("enter working folder") != std::string::npos, answer.c_str());
    }

    void passesOnOnlyTheDescriptorsThatAreNamed()
    {
        const auto open = [] {
            for (int fd = 3; fd < 9; ++fd)
                (void)::dup2(STDERR_FILENO, fd);
        };
        m_entrypoint.preserveFds = 2;
        QCOMPARE(run("[ -e /proc/self/fd/3 ] && [ -e /proc/self/fd/4 ] && [ ! -e /proc/self/fd/6 ] && echo two", open),
            std::string("two\n"));
    }

    void promisesNoNewPrivileges()
    {
        m_entrypoint.process.noNewPrivileges = true;
        QCOMPARE(run("grep NoNewPrivs /proc/self/status"), std::string("NoNewPrivs:\t1\n"));
    }

    void setsLimitsBeforeTheRightsAreGone()
    {
        m_entrypoint.process.user = { 1234, 567, {}, {} };
        m_entrypoint.process.rlimits = { { "RLIMIT_NOFILE", 77, 78 } };
        QCOMPARE(run("ulimit -n; ulimit -Hn"), std::string("77\n78\n"));
    }

    void runsTheHookOfTheStartRightBefore()
    {
        m_entrypoint.process.user = { 1234, 567, {}, {} };
        m_entrypoint.startHooks
            = { { "/bin/sh", { "sh", "-c", "id -u > " + path("hook") }, { "PATH=/usr/bin:/bin" }, {} } };
        QCOMPARE(run("cat " + path("hook")), std::string("1234\n"));
    }

    void startsNothingAfterAHookThatFailed()
    {
        m_entrypoint.startHooks = { { "/bin/false", {}, {}, {} } };
        const std::string answer = run("echo started");
        QVERIFY2(
            answer.rfind("hooks.startContainer[0]: startContainer hook /bin/false: it ended with status 1", 0) == 0,
            answer.c_str());
    }

    void tellsWhyTheProgramDidNotStart()
    {
        m_entrypoint.process.args = { path("script") };
        QVERIFY(writeFileAtomically(path("script"), "#!/no/such/interpreter\n", 0755));
        QCOMPARE(::chmod(path("script").c_str(), 0755), 0);
        QCOMPARE(runAsIs({}), "start " + path("script") + ": No such file or directory");
    }

    void needsARangeForAdditionalGroups()
    {
        m_entrypoint.mayNotSetGroups = true;
        m_entrypoint.process.user.additionalGids = { 5 };
        QCOMPARE(run("id"), std::string("process.user: additional groups need a range of subordinate group ids"));
    }

    void buildsTheSurroundingsInTheirOrder()
    {
        oci::RuntimeSpec spec = oci::defaultRuntimeSpec();
        spec.root.readonly = true;
        spec.process->args = { "/bin/true" };
        auto namespaces = planNamespaces(spec.linux_.namespaces);
        QVERIFY(namespaces);
        namespaces->newFlags &= ~cloneFlags(oci::NamespaceKind::Network); // loopback is the host's here
        QVERIFY(makeFolders(path("root"), 0755));
        const std::string report = inChild([&] {
            InitPlan plan{ spec, path(""), { path("root"), {}, {}, {}, {}, false }, *std::move(namespaces), {}, {} };
            plan.entrypoint.process = *spec.process;
            NodeMakingSyscalls calls;
            auto pair = SyncChannel::makePair();
            auto built = buildSurroundings(calls, plan, pair->second);
            std::string all = built ? "done\n" : built.error().message + "\n";
            for (const auto& call : calls.calls)
                all += call + "\n";
            return all;
        });
        const auto at = [&](const std::string& call) { return report.find("\n" + call); };
        const std::string readonly = "change +" + std::to_string(MOUNT_ATTR_RDONLY) + " -0 p0\npivot";
        QVERIFY2(report.rfind("done\nhostname hull\nmount - ", 0) == 0, report.c_str());
        QVERIFY2(at("make proc") < at("make tmpfs") && at("make tmpfs") < at("node null"), report.c_str());
        QVERIFY2(at("node null") < at(readonly), report.c_str()); // nothing could be made in it any more
        QVERIFY2(at(readonly) != std::string::npos, report.c_str());
    }

private:
    static std::uint64_t cloneFlags(oci::NamespaceKind kind) { return static_cast<std::uint64_t>(cloneFlagOf(kind)); }
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::string run(const std::string& script, const std::function<void()>& before = {})
    {
        m_entrypoint.process.args = { "/bin/sh", "-c", script };
        return runAsIs(before);
    }
    /// What the program prints, or the message of the error.
    std::string runAsIs(const std::function<void()>& before)
    {
        const std::string output = path("output");
        auto pair = SyncChannel::makePair();
        const std::string report = inChild([&] {
            const int fd = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
            (void)::dup2(fd, STDOUT_FILENO);
            if (before)
                before();
            return becomeEntrypoint(m_entrypoint, pair->second).message;
        });
        if (!report.empty() && report.rfind("status", 0) != 0)
            return report;
        auto text = readFile(output);
        return text ? *text : text.error().message;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    Entrypoint m_entrypoint;
};

QTEST_GUILESS_MAIN(EntrypointTest)
#include "entrypoint_test.moc"
