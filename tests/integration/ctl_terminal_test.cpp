// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/subprocess.h"
#include "tests/support/ctl_world.h"
#include "tests/support/process_search.h"
#include "tests/support/pty_program.h"

#include <QDir>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <future>
#include <sys/wait.h>
#include <unistd.h>

using namespace twinhull;
using test::ctl;
using test::PtyProgram;

/// A person at a terminal: attach and exec, each on a real pty.
class CtlTerminalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        (void)std::signal(SIGPIPE, SIG_IGN); // the error of the write is enough
        QVERIFY2(m_world.problem().isEmpty(), qPrintable(m_world.problem()));
    }

    void cleanup() { test::CtlWorld::removeContainers(); }

    void answersWhatIsTypedAndRunsOnWhenLeft()
    {
        runShell();
        PtyProgram person({ kProgram, "attach", "shell" }, 100, 30);
        person.type("echo $((6 * 7))\n");
        QVERIFY2(person.shows("42"), person.screen().constData());
        person.type("\x1d"); // Ctrl-]
        QCOMPARE(person.end(), 0);
        QVERIFY2(person.screen().contains("it runs on"), person.screen().constData());
        QCOMPARE(state(), QStringLiteral("running"));

        PtyProgram again({ kProgram, "attach", "shell" }, 100, 30);
        QVERIFY2(again.shows("42"), again.screen().constData()); // what it showed before
        again.type("exit 3\n");
        QCOMPARE(again.end(), 0);
        QTRY_COMPARE(state(), QStringLiteral("stopped"));
        QVERIFY(ctl({ "logs", "shell" }).out.contains("42"));
    }

    void followsTheSizeOfTheTerminal()
    {
        runShell();
        PtyProgram person({ kProgram, "attach", "shell" }, 101, 31);
        person.type("stty size\n");
        QVERIFY2(person.shows("31 101"), person.screen().constData());
        person.resize(133, 44);
        person.type("while [ \"$(stty size)\" != '44 133' ]; do :; done; echo wi''de\n");
        QVERIFY2(person.shows("wide"), person.screen().constData());
    }

    void outlivesAClientThatIsKilled()
    {
        runShell();
        {
            PtyProgram person({ kProgram, "attach", "shell" }, 80, 24);
            person.type("echo be''fore\n");
            QVERIFY2(person.shows("before"), person.screen().constData());
        }
        QCOMPARE(state(), QStringLiteral("running"));
        PtyProgram again({ kProgram, "attach", "shell" }, 80, 24);
        again.type("echo af''ter\n");
        QVERIFY2(again.shows("after"), again.screen().constData());
    }

    void becomesTheTerminalOfARunAndEndsWithIt()
    {
        PtyProgram person(
            { kProgram, "run", "-it", "--rm", "--no-network", "--name", "shell", "starter", "/bin/sh" }, 101, 31);
        person.type("echo $((6 * 7)); stty size\n");
        QVERIFY2(person.shows("42"), person.screen().constData());
        QVERIFY2(person.shows("31 101"), person.screen().constData());
        person.type("exit 3\n");
        QVERIFY2(person.end() == 3, person.screen().constData());
        QVERIFY(test::CtlWorld::containers().isEmpty());
        for (int i = 0; i < 3; ++i) { // over before anybody is at its terminal
            PtyProgram brief({ kProgram, "run", "-it", "--rm", "--no-network", "--name", "shell", "starter", "/bin/sh",
                                 "-c", "echo br''ief; exit 4" },
                80, 24);
            QVERIFY2(brief.shows("brief"), brief.screen().constData());
            QVERIFY2(brief.end() == 4, brief.screen().constData());
        }
        PtyProgram left({ kProgram, "run", "-it", "--no-network", "--name", "shell", "starter", "/bin/sh" }, 80, 24);
        left.type("echo re''ady\n");
        QVERIFY2(left.shows("ready"), left.screen().constData());
        left.type("\x1d"); // Ctrl-]
        QVERIFY2(left.end() == 0, left.screen().constData());
        QCOMPARE(state(), QStringLiteral("running"));
    }

    void stopsARunByCtrlCAndKillsItByTheNext()
    {
        PtyProgram polite(
            attachedShell("trap 'echo b''ye; exit 5' TERM; echo u''p; while :; do sleep 0.1; done"), 80, 24);
        QVERIFY2(polite.shows("up\r\n"), polite.screen().constData());
        polite.type("\x03");
        QVERIFY2(polite.shows("bye"), polite.screen().constData());
        QVERIFY2(polite.end() == 5, polite.screen().constData());
        PtyProgram stubborn(attachedShell("trap 'echo n''o' TERM; echo u''p; while :; do sleep 0.1; done"), 80, 24);
        QVERIFY2(stubborn.shows("up\r\n"), stubborn.screen().constData());
        stubborn.type("\x03");
        QVERIFY2(stubborn.shows("no\r\n"), stubborn.screen().constData());
        stubborn.type("\x03");
        QVERIFY2(stubborn.end() == 137, stubborn.screen().constData());
        QVERIFY(test::CtlWorld::containers().isEmpty());
    }

    /// Another program has started the monitor that takes over before this one hears of the end of the first.
    void staysWithARunWhoseMonitorAnotherReplaced()
    {
        PtyProgram person(attachedShell("echo u''p; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo d''one"), 80, 24);
        QVERIFY2(person.shows("up\r\n"), person.screen().constData());
        const auto monitors = test::processesNaming(m_world.path(), "hull-monitor");
        QCOMPARE(monitors.size(), std::size_t{ 1 });
        QCOMPARE(::kill(person.pid(), SIGSTOP), 0);
        QCOMPARE(::kill(monitors.front(), SIGKILL), 0);
        QTRY_COMPARE(state(), QStringLiteral("running")); // it is adopted by whoever asks
        QCOMPARE(::kill(person.pid(), SIGCONT), 0);
        QCOMPARE(ctl({ "exec", "shell", "/bin/sh", "-c", ": > /tmp/go" }).exitCode, 0);
        QVERIFY2(person.shows("done\r\n"), person.screen().constData());
        QVERIFY2(person.end() >= 0, person.screen().constData()); // nobody can see how what is no child has ended
        QTRY_VERIFY(test::CtlWorld::containers().isEmpty());
    }

    void saysHowMuchCameBeforeWhatItShows()
    {
        const auto run = ctl({ "run", "--terminal", "--no-network", "--name", "shell", "starter", "/bin/sh", "-c",
            "i=0; while [ $i -lt 5000 ]; do echo \"line $i\"; i=$((i + 1)); done; echo re''ady; exec /bin/sh" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
        QTRY_VERIFY(ctl({ "logs", "shell" }).out.contains("ready"));
        PtyProgram person({ kProgram, "attach", "shell" }, 80, 24);
        QVERIFY2(person.shows("bytes not shown: they came before"), person.screen().constData());
        QVERIFY2(person.shows("ready"), person.screen().constData());
    }

    /// As by Ctrl-Z: its monitor does not wait for it for ever.
    void tellsThatTheRestIsGoneWhereItStoodStillForLong()
    {
        PtyProgram person(attachedShell("echo u''p; while [ ! -e /tmp/go ]; do sleep 0.1; done; exit 7"), 80, 24);
        QVERIFY2(person.shows("up\r\n"), person.screen().constData());
        QCOMPARE(::kill(person.pid(), SIGSTOP), 0);
        QCOMPARE(ctl({ "exec", "shell", "/bin/sh", "-c", ": > /tmp/go" }).exitCode, 0);
        QTRY_VERIFY_WITH_TIMEOUT(test::processesNaming(m_world.path(), "hull-monitor").empty(), 120'000);
        QVERIFY(QDir(QString::fromStdString(m_world.folders().containers())).isEmpty());
        QCOMPARE(::kill(person.pid(), SIGCONT), 0);
        QVERIFY2(person.shows("may be gone"), person.screen().constData());
        QVERIFY2(person.end() == 7, person.screen().constData());
    }

    void givesACommandATerminalOfItsOwn()
    {
        QCOMPARE(ctl({ "run", "--name", "shell", "starter" }).exitCode, 0);
        PtyProgram person({ kProgram, "exec", "-it", "shell", "/bin/sh" }, 90, 20);
        person.type("tty; stty size\n");
        QVERIFY2(person.shows("/dev/"), person.screen().constData());
        person.type("exit 5\n");
        QCOMPARE(person.end(), 5);
    }

    void passesTheExitStatusOfACommandOn()
    {
        QCOMPARE(ctl({ "run", "--name", "shell", "starter" }).exitCode, 0);
        const auto ran = ctl({ "exec", "shell", "/bin/sh", "-c", "echo from inside; exit 7" });
        QVERIFY2(ran.exitCode == 7, qPrintable(ran.text()));
        QCOMPARE(ran.out, QByteArray("from inside\n"));
        qputenv("FROM_HERE", "two");
        const auto told = ctl({ "exec", "-e", "ONE=1 and", "--env", "FROM_HERE", "-w", "/etc", "shell", "/bin/sh", "-c",
            "echo $ONE $FROM_HERE in $PWD" });
        QCOMPARE(told.out, QByteArray("1 and two in /etc\n"));
        QCOMPARE(ctl({ "exec", "-w", "etc", "shell", "/bin/sh" }).exitCode, 2);
        QCOMPARE(ctl({ "exec", "-e", "NOT_SET_HERE", "shell", "/bin/sh" }).exitCode, 2);
    }

    void takesWhatStandsBehindTwoDashesForTheCommand()
    {
        const auto made = ctl({ "run", "--name", "shell", "starter", "--", "/bin/sh", "-c", "exec sleep 60" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        const auto ran = ctl({ "exec", "shell", "--", "/bin/sh", "-c", "echo \"$0 $*\"", "-x", "--", "--json" });
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.text()));
        QCOMPARE(ran.out, QByteArray("-x -- --json\n"));
        const auto dashed = ctl({ "exec", "shell", "--", "-x" });
        QVERIFY2(dashed.exitCode == 255 && dashed.err.contains("-x"), qPrintable(dashed.text()));
        const auto option = ctl({ "exec", "shell", "-x" });
        QVERIFY2(option.exitCode == 2 && option.errorLines().size() == 1, qPrintable(option.text()));
        QCOMPARE(ctl({ "exec", "shell", "--" }).exitCode, 2);
    }

    void keepsACommandThatBeginsWithADash()
    {
        const auto made = ctl({ "create", "--name", "shell", "starter", "--", "-weird", "arg" });
        QVERIFY2(made.exitCode == 0, qPrintable(made.text()));
        const auto started = ctl({ "start", "shell", "--kind", "container" });
        QVERIFY2(started.exitCode == 0, qPrintable(started.text()));
        QTRY_COMPARE(state(), QStringLiteral("stopped")); // it is handed to the shell, which knows no such option
        QVERIFY2(ctl({ "logs", "shell" }).err.contains("illegal option -w"), ctl({ "logs", "shell" }).err);
    }

    void passesInputToARunAndItsEnd()
    {
        const auto run = [](const std::string& script) {
            return std::vector<std::string>{ "run", "-i", "--rm", "--no-network", "--name", "shell", "starter",
                "/bin/sh", "-c", script };
        };
        const auto copied = withInput(run("exec cat"), m_bytes);
        QVERIFY2(copied.exitStatus == 0 && copied.standardError.empty(), copied.standardError.c_str());
        QVERIFY(copied.standardOutput == m_bytes);
        const auto none = withInput(run("cat; echo over; exit 4"), {});
        QVERIFY2(none.exitStatus == 4 && none.standardOutput == "over\n", none.standardError.c_str());
        // one that ends while more could come, and one that reads no further
        const auto brief = withInput(run("read line; echo \"$line\"; exit 3"), "one\ntwo\n", End::StaysOpen);
        QVERIFY2(brief.exitStatus == 3 && brief.standardOutput == "one\n", brief.standardError.c_str());
        const auto deaf = withInput(run("exec < /dev/null; sleep 1; exit 5"), m_bytes);
        QVERIFY2(deaf.exitStatus == 5, deaf.standardError.c_str());
        QVERIFY(test::CtlWorld::containers().isEmpty());
    }

    /// The end of ours is the end of each run's.
    void passesInputToTheNextRun()
    {
        const auto ran = withInput(
            { "run", "-i", "--restart", "on-failure", "--no-network", "--name", "shell", "starter", "/bin/sh", "-c",
                "cat; [ -e /tmp/second ] || { : > /tmp/second; "
                "exit 1; }; echo over" },
            "one\n");
        QVERIFY2(ran.exitStatus == 0 && ran.standardOutput == "one\nover\n", ran.standardError.c_str());
    }

    void passesInputToACommand()
    {
        QCOMPARE(ctl({ "run", "--no-network", "--name", "shell", "starter" }).exitCode, 0);
        const auto copied = withInput({ "exec", "-i", "shell", "cat" }, m_bytes);
        QVERIFY2(copied.exitStatus == 0, copied.standardError.c_str());
        QVERIFY(copied.standardOutput == m_bytes);
        const auto brief = withInput(
            { "exec", "-i", "shell", "/bin/sh", "-c", "read line; echo \"$line\"; exit 3" }, "one\n", End::StaysOpen);
        QVERIFY2(brief.exitStatus == 3 && brief.standardOutput == "one\n", brief.standardError.c_str());
    }

    void passesInputToOneThatIsJoined()
    {
        QCOMPARE(ctl({ "create", "-i", "--no-network", "--name", "shell", "starter", "/bin/sh", "-c",
                         "while read line; do echo \"got $line\"; done; echo over; exit 6" })
                     .exitCode,
            0);
        QCOMPARE(ctl({ "start", "shell" }).exitCode, 0);
        auto ends = openPipe();
        auto first = spawn({ { kProgram, "attach", "shell" }, {}, {} }, ChildStdio{ ends.first.fd() });
        QVERIFY(first && writeAll(ends.second, "one\n"));
        QTRY_VERIFY(ctl({ "logs", "shell" }).out.contains("got one"));
        PtyProgram second({ kProgram, "attach", "shell" }, 120, 24);
        QVERIFY2(second.shows("somebody else passes input"), second.screen().constData());
        second.type("\x03");
        QCOMPARE(second.end(), 0);
        QCOMPARE(::kill(first->pid, SIGKILL), 0); // whoever is gone has not ended it
        QCOMPARE(::waitpid(first->pid, nullptr, 0), first->pid);
        QCOMPARE(state(), QStringLiteral("running"));
        const auto last = withInput({ "attach", "shell" }, "two\n");
        QVERIFY2(last.exitStatus == 6 && last.standardOutput == "got two\nover\n", last.standardError.c_str());
    }

    void saysWhyThereIsNothingToAttachTo()
    {
        QCOMPARE(ctl({ "create", "--name", "shell", "starter" }).exitCode, 0);
        const auto stopped = ctl({ "attach", "shell" });
        QVERIFY2(stopped.exitCode == 4 && stopped.errorLines().size() == 1, qPrintable(stopped.text()));
        QCOMPARE(ctl({ "start", "shell", "--kind", "container" }).exitCode, 0);
        PtyProgram without({ kProgram, "attach", "shell" }, 120, 24);
        QVERIFY2(without.shows("reads no standard input"), without.screen().constData());
        without.type("\x03");
        QCOMPARE(without.end(), 0);
        QVERIFY2(without.screen().contains("it runs on"), without.screen().constData());
    }

private:
    enum class End { Comes, StaysOpen };

    static std::pair<UniqueFd, UniqueFd> openPipe()
    {
        int ends[2]{ -1, -1 };
        (void)!::pipe2(ends, O_CLOEXEC);
        return { UniqueFd(ends[0]), UniqueFd(ends[1]) };
    }

    /// With that in its standard input, a pipe.
    static CommandOutput withInput(std::vector<std::string> words, const std::string& input, End end = End::Comes)
    {
        words.insert(words.begin(), kProgram);
        auto ends = openPipe();
        auto writing = std::async(std::launch::async, [&input, &ends, end] {
            (void)writeAll(ends.second, input); // who reads no further is what is tested
            if (end == End::Comes)
                ends.second.reset();
        });
        CommandRun run{ std::chrono::minutes(1) };
        run.input = ends.first.fd();
        auto output = runCommand({ words, {}, {} }, run);
        ends.first.reset(); // nobody reads it any more
        writing.wait();
        return output ? *output : CommandOutput{ -1, {}, output.error().message };
    }

    static void runShell()
    {
        const auto run = ctl({ "run", "--terminal", "--no-network", "--name", "shell", "starter", "/bin/sh" });
        QVERIFY2(run.exitCode == 0, qPrintable(run.text()));
    }

    /// It is given all the time that it wants to stop in.
    static std::vector<std::string> attachedShell(const std::string& script)
    {
        return { kProgram, "run", "-a", "--rm", "--no-network", "--stop-timeout", "1000", "--name", "shell", "starter",
            "/bin/sh", "-c", script };
    }

    /// 1 MiB, with lines and without.
    static std::string bytesOfAllKinds()
    {
        std::string bytes(std::size_t(1) << 20U, '\0');
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<char>((i * 2654435761U) >> 13U);
        return bytes;
    }

    static QString state() { return test::CtlWorld::only()[u"state"].toString(); }

    static constexpr const char* kProgram = TH_BIN_DIR "/twinhullctl";
    const std::string m_bytes = bytesOfAllKinds();
    test::CtlWorld m_world;
};

QTEST_GUILESS_MAIN(CtlTerminalTest)
#include "ctl_terminal_test.moc"
