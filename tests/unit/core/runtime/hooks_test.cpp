// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/runtime/process/hooks.h"
#include "core/runtime/state/container.h"
#include "tests/support/child_report.h"
#include "tests/support/victim.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

/// Hooks without a container: how a program is started, told, waited for and ended.
class HooksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_view.record.id = "web";
        m_view.status = oci::ContainerStatus::Creating;
    }
    void cleanup() { QCOMPARE(::waitpid(-1, nullptr, WNOHANG), pid_t{ -1 }); } // each one is reaped

    void givesTheStateToTheEndOfFile()
    {
        QVERIFY(runHooks("prestart", { shell("cat > " + path("state") + "; echo end >> " + path("state")) }, m_view));
        QCOMPARE(*readFile(path("state")), encodeState(m_view) + "end\n");
    }

    void waitsForNobodyWhoDoesNotRead()
    {
        m_view.record.annotations["long"] = std::string(300'000, 'x'); // more than a pipe holds
        QVERIFY(runHooks("prestart", { shell("exit 0") }, m_view));
    }

    void givesTheWordsAsTheyAre()
    {
        const oci::Hook hook{ "/bin/sh",
            { "another name", "-c", "echo \"$0|$1|$A|$HOME\" > " + path("words"), "a b", "*" }, { "A=1" }, {} };
        QVERIFY(runHooks("prestart", { hook }, m_view));
        QCOMPARE(*readFile(path("words")), std::string("a b|*|1|\n"));
    }

    void stopsAtTheFirstThatFails()
    {
        auto ran = runHooks("prestart",
            { shell("echo 1 >> " + path("row")), shell("exit 9"), shell("echo 3 >> " + path("row")) }, m_view);
        QVERIFY(!ran);
        QCOMPARE(ran.error().message, std::string("hooks.prestart[1]: prestart hook /bin/sh: it ended with status 9"));
        QCOMPARE(*readFile(path("row")), std::string("1\n"));
    }

    void goesOnWhereFailuresAreOnlyTold()
    {
        std::vector<std::string> warnings;
        runHooksToTheLast("poststop", { shell("exit 9"), shell("echo 2 > " + path("row")), shell("kill -9 $$") },
            m_view, [&](const char* text) { warnings.emplace_back(text); });
        QCOMPARE(*readFile(path("row")), std::string("2\n"));
        QCOMPARE(warnings,
            (std::vector<std::string>{ "hooks.poststop[0]: poststop hook /bin/sh: it ended with status 9",
                "hooks.poststop[2]: poststop hook /bin/sh: it was ended by signal 9" }));
    }

    void namesTheProgramThatCannotBeStarted()
    {
        QVERIFY(writeFileAtomically(path("text"), "no program", 0644));
        auto ran = runHooks("prestart", { { path("text"), {}, {}, {} } }, m_view);
        QVERIFY(!ran);
        QCOMPARE(ran.error().sysErrno, EACCES);
        QVERIFY(ran.error().message.find(path("text") + ": start it: ") != std::string::npos);
    }

    void endsOneThatTakesTooLong()
    {
        oci::Hook hook = shell("trap '' TERM; echo $$ > " + path("pid") + "; exec sleep 1000");
        hook.timeoutSeconds = 1;
        auto ran = runHooks("prestart", { hook }, m_view);
        QVERIFY(!ran);
        QCOMPARE(ran.error().code, ErrorCode::Timeout);
        auto pid = readFile(path("pid"));
        QVERIFY(pid);
        QVERIFY(!exists("/proc/" + pid->substr(0, pid->find('\n'))));
    }

    // the hook itself ends at a SIGKILL; what it started must not outlive it, wherever it has gone
    void endsAllThatOneStartedThatTakesTooLong_data()
    {
        QTest::addColumn<QString>("road");
        QTest::newRow("a child") << QStringLiteral("");
        QTest::newRow("in a session of its own") << QStringLiteral("setsid ");
        QTest::newRow("of a parent that has ended") << QStringLiteral("setsid --fork ");
        QTest::newRow("that ignores signals") << QStringLiteral("nohup ");
    }
    void endsAllThatOneStartedThatTakesTooLong()
    {
        QFETCH(QString, road);
        const std::string grandchild
            = "sh -c 'trap \"\" TERM HUP; echo $$ > " + path("grandchild") + "; sleep 1000; :'";
        oci::Hook hook = shell(road.toStdString() + grandchild + " & while [ ! -s " + path("grandchild")
            + " ]; do sleep 0.01; done; sleep 1000");
        hook.timeoutSeconds = 2; // time enough to start it all
        const auto ran = runHooks("prestart", { hook }, m_view);
        QVERIFY(!ran);
        QCOMPARE(ran.error().code, ErrorCode::Timeout);
        QVERIFY(hasEnded("grandchild"));
    }

    void leavesTheChildrenAloneThatWereThereBefore()
    {
        Victim earlier([](int, VictimReport&) {});
        earlier.doStep();
        oci::Hook hook = shell("sleep 1000 & sleep 1000");
        hook.timeoutSeconds = 1;
        QVERIFY(!runHooks("prestart", { hook }, m_view));
        earlier.doStep(); // answers, so it lives
        int isKeeper = -1;
        QCOMPARE(::prctl(PR_GET_CHILD_SUBREAPER, &isKeeper, 0, 0, 0), 0);
        QCOMPARE(isKeeper, 0);
    }

    void leavesTheDaemonOfAHookThatEndedInTime()
    {
        const std::string report = inChild([&] {
            const auto ran = runHooks(
                "prestart", { shell("setsid sleep 1000 > /dev/null 2>&1 & echo $! > " + path("daemon")) }, m_view);
            const pid_t daemon = std::stoi(*readFile(path("daemon")));
            return told(ran) + (::kill(daemon, SIGKILL) == 0 ? " lives" : " is gone");
        });
        QCOMPARE(report, std::string("done lives"));
    }

    void givesEachASessionOfItsOwn()
    {
        // field 6 of /proc/PID/stat: the session, which the shell itself leads
        QVERIFY(runHooks("prestart",
            { shell("cut -d' ' -f6 /proc/$$/stat > " + path("id") + "; echo $$ >> " + path("id")) }, m_view));
        const auto lines = QString::fromStdString(*readFile(path("id"))).split(QLatin1Char('\n'));
        QCOMPARE(lines[0], lines[1]);
    }

    void endsTheHookWhenHullIsAskedToEnd_data()
    {
        QTest::addColumn<int>("signal");
        for (const int signal : { SIGINT, SIGTERM, SIGHUP, SIGQUIT })
            QTest::newRow(::strsignal(signal)) << signal;
    }
    void endsTheHookWhenHullIsAskedToEnd()
    {
        QFETCH(int, signal);
        const std::string report = inChild([&] {
            sigset_t all;
            ::sigfillset(&all);
            ::sigprocmask(SIG_BLOCK, &all, nullptr); // as with Foreground: it comes later, not never
            const std::string script = "sleep 1000 & echo $! > " + path("grandchild") + "; kill -"
                + std::to_string(signal) + " $PPID; sleep 1000";
            const auto ran = runHooks("prestart", { shell(script) }, m_view);
            // what already waits must not end the hooks that take the container back
            const auto undone = runHooks("poststop", { shell("sleep 0.1") }, m_view);
            sigset_t waiting;
            ::sigpending(&waiting);
            return told(ran) + ", " + told(undone) + (::sigismember(&waiting, signal) == 1 ? ", waits" : ", is lost");
        });
        QCOMPARE(report,
            std::string(
                "hooks.prestart[0]: prestart hook /bin/sh: it was ended, because hull was asked to end, done, waits"));
        QVERIFY(hasEnded("grandchild"));
    }

    void passesTheSignalOnWhenTheHookHasEnded()
    {
        const std::string report = inChild([&] {
            ::signal(SIGTERM, SIG_DFL);
            (void)runHooks("prestart", { shell("kill -TERM $PPID; sleep 1000") }, m_view); // does not return
            return std::string("still here");
        });
        QCOMPARE(report, "signal " + std::to_string(SIGTERM));
    }

    void takesNoNoticeOfASignalThatHullIgnores()
    {
        const std::string report = inChild([&] {
            ::signal(SIGHUP, SIG_IGN); // nohup
            return told(runHooks("prestart", { shell("kill -HUP $PPID; sleep 0.1") }, m_view));
        });
        QCOMPARE(report, std::string("done"));
    }

    void waitsForOneThatIsInTime()
    {
        oci::Hook hook = shell("sleep 0.2; echo late > " + path("row"));
        hook.timeoutSeconds = 60;
        QVERIFY(runHooks("prestart", { hook }, m_view));
        QCOMPARE(*readFile(path("row")), std::string("late\n"));
    }

    void hidesItsOwnDescriptors()
    {
        const UniqueFd leak(::open("/", O_RDONLY | O_DIRECTORY)); // on purpose without O_CLOEXEC
        QVERIFY(leak);
        QVERIFY(runHooks("prestart", { shell("ls /proc/self/fd > " + path("open")) }, m_view));
        QCOMPARE(*readFile(path("open")), std::string("0\n1\n2\n3\n")); // 3: the folder that ls reads
    }

    void runsNothingForNothing() { QVERIFY(runHooks("prestart", {}, m_view)); }

private:
    static oci::Hook shell(const std::string& script)
    {
        return { "/bin/sh", { "sh", "-c", script }, { "PATH=/usr/bin:/bin" }, {} };
    }
    /// By the pid in that file: gone, or a zombie that init has not fetched yet.
    bool hasEnded(const char* pidFile) const
    {
        auto pid = readFile(path(pidFile));
        return pid && startTicksOf(std::stoi(*pid)) == 0;
    }
    std::string path(const char* below) const { return m_folder->filePath(QLatin1String(below)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    oci::ContainerView m_view;
};

QTEST_GUILESS_MAIN(HooksTest)
#include "hooks_test.moc"
