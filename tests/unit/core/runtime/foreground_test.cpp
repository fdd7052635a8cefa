// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/foreground.h"

#include "core/runtime/process/launched_process.h"
#include "tests/support/child_report.h"
#include "tests/support/console_socket.h"

#include <QTest>

#include <fcntl.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <utmp.h>

#include <csignal>
#include <thread>

using namespace twinhull;
using namespace twinhull::runtime;
using namespace twinhull::test;

namespace {

struct Started {
    pid_t pid = -1;
    UniqueFd pidfd;
};

/// A shell that runs `script`, with what Foreground blocks unblocked, as the entrypoint has it.
Started startShell(const std::string& script, const UniqueFd& terminal = {})
{
    Started started;
    started.pid = ::fork();
    if (started.pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int signal = 1; signal < NSIG; ++signal)
            (void)::signal(signal, SIG_DFL); // Qt Test has handlers
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        if (terminal && ::login_tty(terminal.fd()) != 0)
            ::_exit(126);
        ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    started.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, started.pid, 0)));
    return started;
}

struct Pty {
    UniqueFd master;
    UniqueFd slave;

    explicit Pty(const winsize& size = { 24, 80, 0, 0 })
    {
        int ends[2] = { -1, -1 };
        (void)::openpty(&ends[0], &ends[1], nullptr, nullptr, &size); // -1 fails whatever comes next
        for (const int fd : ends)
            (void)::fcntl(fd, F_SETFD, FD_CLOEXEC);
        master.reset(ends[0]);
        slave.reset(ends[1]);
    }
};

std::string nameOf(const Pty& pty)
{
    char name[64] = {};
    return ::ttyname_r(pty.slave.fd(), name, sizeof name) == 0 ? name : "no terminal";
}

bool hasEcho(int fd)
{
    termios settings{};
    return ::tcgetattr(fd, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

std::string outcome(Result<int> status)
{
    return status ? std::to_string(*status) : status.error().message;
}

/// What a child of the test does with the given descriptors as its input and output.
template <typename Work>
std::string withStdio(int input, int output, Work work)
{
    return inChild([&] {
        if (::dup2(input, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0)
            return std::string("no descriptors");
        return work();
    });
}

} // namespace

/// hull staying with a program: status, signals, terminal. In children throughout, which have one thread as hull has.
class ForegroundTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { QCOMPARE(::waitpid(-1, nullptr, WNOHANG), pid_t{ -1 }); } // each one is reaped

    void returnsTheStatus_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<int>("status");
        QTest::newRow("success") << QStringLiteral("exit 0") << 0;
        QTest::newRow("its own status") << QStringLiteral("exit 77") << 77;
        QTest::newRow("the highest") << QStringLiteral("exit 255") << 255;
        QTest::newRow("terminated") << QStringLiteral("kill -TERM $$") << 128 + SIGTERM;
        QTest::newRow("killed") << QStringLiteral("kill -KILL $$") << 128 + SIGKILL;
        QTest::newRow("with a core file") << QStringLiteral("ulimit -c 0; kill -ABRT $$") << 128 + SIGABRT;
    }
    void returnsTheStatus()
    {
        QFETCH(QString, script);
        QFETCH(int, status);
        const std::string report = inChild([&] {
            Foreground foreground;
            const Started shell = startShell(script.toStdString());
            return outcome(foreground.attend(shell.pidfd, {}));
        });
        QCOMPARE(report, std::to_string(status));
    }

    void passesSignalsOn_data()
    {
        QTest::addColumn<int>("signal");
        for (const int signal : { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGCONT })
            QTest::newRow(::sigabbrev_np(signal)) << signal;
    }
    void passesSignalsOn()
    {
        QFETCH(int, signal);
        const std::string name = ::sigabbrev_np(signal);
        const std::string report = inChild([&] {
            Foreground foreground;
            // it asks for the signal when its trap stands
            const Started shell
                = startShell("trap 'exit 42' " + name + "; kill -" + name + " $PPID; while :; do sleep 0.01; done");
            return outcome(foreground.attend(shell.pidfd, {}));
        });
        QCOMPARE(report, std::string("42"));
    }

    void losesNoSignalThatComesBeforeItAttends()
    {
        const std::string report = inChild([] {
            Foreground foreground;
            ::raise(SIGTERM);
            const Started shell = startShell("while :; do sleep 0.01; done");
            return outcome(foreground.attend(shell.pidfd, {}));
        });
        QCOMPARE(report, std::to_string(128 + SIGTERM));
    }

    void leavesTheSignalMaskAsItWas()
    {
        const std::string report = inChild([] {
            sigset_t mask;
            ::sigemptyset(&mask);
            ::sigaddset(&mask, SIGUSR1);
            ::sigprocmask(SIG_SETMASK, &mask, nullptr);
            {
                const Foreground foreground;
            }
            ::sigprocmask(SIG_SETMASK, nullptr, &mask);
            return std::string(::sigismember(&mask, SIGUSR1) == 1 ? "blocked" : "open")
                + (::sigismember(&mask, SIGTERM) == 1 ? " blocked" : " open");
        });
        QCOMPARE(report, std::string("blocked open"));
    }

    void passesTheSizeOfTheTerminalOn()
    {
        const Pty outer({ 33, 99, 0, 0 });
        const std::string report = withStdio(outer.slave.fd(), outer.slave.fd(), [&] {
            Pty inner;
            Foreground foreground;
            const Started shell = startShell("trap 'stty size; exit 5' WINCH; stty size; stty -F " + nameOf(outer)
                    + " rows 44 cols 111; "
                      "kill -WINCH $PPID; while :; do sleep 0.01; done",
                inner.slave);
            inner.slave.reset();
            return outcome(foreground.attend(shell.pidfd, inner.master));
        });
        QCOMPARE(report, std::string("5")); // told by its own terminal, not by a signal from outside
        const std::string shown = readUntil(outer.master, "44 111");
        QVERIFY2(shown.find("33 99") != std::string::npos && shown.find("44 111") != std::string::npos, shown.c_str());
    }

    void relaysBothWaysAndPutsTheTerminalBack()
    {
        const Pty outer;
        std::thread person([&] {
            readUntil(outer.master, "ready");
            (void)!::write(outer.master.fd(), "word\r", 5); // missed: the test would not end
        });
        const std::string report = withStdio(outer.slave.fd(), outer.slave.fd(), [&] {
            Pty inner;
            Foreground foreground;
            const Started shell
                = startShell("echo ready; read line; stty -echo; [ \"$line\" = word ] && exit 3", inner.slave);
            inner.slave.reset();
            const auto status = foreground.attend(shell.pidfd, inner.master);
            return outcome(status) + (hasEcho(STDIN_FILENO) ? " with echo" : " without echo");
        });
        person.join();
        QCOMPARE(report, std::string("3 with echo"));
    }

    void leavesEditingToTheProgramsTerminal()
    {
        const Pty outer;
        const std::string report = withStdio(outer.slave.fd(), outer.slave.fd(), [&] {
            Pty inner;
            Foreground foreground;
            const Started shell
                = startShell("stty -a -F " + nameOf(outer) + " | grep -q -- -icanon && exit 4", inner.slave);
            inner.slave.reset();
            return outcome(foreground.attend(shell.pidfd, inner.master));
        });
        QCOMPARE(report, std::string("4"));
    }

    void losesNothingOfWhatAProgramSaysAtItsEnd()
    {
        const std::string report = [&] {
            int ends[2] = { -1, -1 };
            (void)!::pipe2(ends, O_CLOEXEC); // -1 fails whatever comes next
            const UniqueFd readEnd(ends[0]);
            UniqueFd writeEnd(ends[1]);
            std::string text;
            std::thread reader([&] {
                if (auto all = readAll(readEnd, 1U << 24U))
                    text = *std::move(all);
            });
            const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
            const std::string status = withStdio(null.fd(), writeEnd.fd(), [&] {
                Pty inner;
                Foreground foreground;
                const Started shell = startShell("head -c 1000000 /dev/zero | tr '\\0' x; printf end", inner.slave);
                inner.slave.reset();
                const auto attended = foreground.attend(shell.pidfd, inner.master);
                return outcome(attended);
            });
            writeEnd.reset();
            reader.join();
            return status + " " + std::to_string(text.size()) + " " + text.substr(text.size() - 4);
        }();
        QCOMPARE(report, std::string("0 1000003 xend"));
    }

    // the program echoes what it reads: when neither side fetches, both wait for ever
    void passesMoreThanATerminalHolds()
    {
        constexpr std::size_t kBytes = 500'000;
        int input[2] = { -1, -1 };
        int output[2] = { -1, -1 };
        QVERIFY(::pipe2(input, O_CLOEXEC) == 0 && ::pipe2(output, O_CLOEXEC) == 0);
        UniqueFd source(input[0]);
        UniqueFd typed(input[1]);
        const UniqueFd shown(output[0]);
        UniqueFd sink(output[1]);
        std::string text;
        std::thread reader([&] {
            if (auto all = readAll(shown, 1U << 24U))
                text = *std::move(all);
        });
        std::thread writer([&] {
            (void)writeAll(typed, std::string(kBytes, 'y')); // missed: the program would not end
        });
        const std::string status = withStdio(source.fd(), sink.fd(), [&] {
            Pty inner;
            ::alarm(60); // passed on: ends the program of a test that hangs
            Foreground foreground;
            termios raw{};
            (void)::tcgetattr(inner.slave.fd(), &raw);
            ::cfmakeraw(&raw);
            (void)::tcsetattr(inner.slave.fd(), TCSANOW, &raw); // without, a line could not be this long
            const Started shell = startShell("head -c " + std::to_string(kBytes), inner.slave);
            inner.slave.reset();
            return outcome(foreground.attend(shell.pidfd, inner.master));
        });
        sink.reset();
        source.reset();
        reader.join();
        writer.join();
        QCOMPARE(status, std::string("0"));
        QCOMPARE(text.size(), kBytes);
    }

    void goesOnWithoutInput()
    {
        const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
        const std::string report = withStdio(null.fd(), null.fd(), [&] {
            Pty inner;
            Foreground foreground;
            const Started shell = startShell("sleep 0.1; exit 8", inner.slave);
            inner.slave.reset();
            return outcome(foreground.attend(shell.pidfd, inner.master));
        });
        QCOMPARE(report, std::string("8"));
    }

    void doesNotWaitForAProgramLeftOnTheTerminal()
    {
        const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
        const std::string report = withStdio(null.fd(), null.fd(), [&] {
            Pty inner;
            Foreground foreground;
            const Started shell = startShell("trap '' HUP; sleep 1000 & echo $!; exit 6", inner.slave);
            const auto status = foreground.attend(shell.pidfd, inner.master); // the slave is open here as well
            (void)::kill(-shell.pid, SIGKILL); // the session it led
            return outcome(status);
        });
        QCOMPARE(report, std::string("6"));
    }
};

QTEST_GUILESS_MAIN(ForegroundTest)
#include "foreground_test.moc"
