// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/foreground.h"

#include <QTest>

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <functional>

using namespace twinhull;
using namespace twinhull::runtime;

/// Waiting beside a child, as `hull run` does.
class ForegroundTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void returnsTheExitStatus()
    {
        Foreground foreground;
        const UniqueFd child = born([] { ::_exit(42); });
        QCOMPARE(*foreground.attend(child, {}), 42);
    }

    void returnsTheSignal()
    {
        Foreground foreground;
        const UniqueFd child = born([] {
            (void)::signal(SIGSEGV, SIG_DFL);
            (void)::raise(SIGSEGV);
        });
        QCOMPARE(*foreground.attend(child, {}), 128 + SIGSEGV);
    }

    void passesASignalOnThatCameBeforeItWaited_data()
    {
        QTest::addColumn<int>("number");
        for (const int number : { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT })
            QTest::newRow(::strsignal(number)) << number;
    }
    void passesASignalOnThatCameBeforeItWaited()
    {
        QFETCH(int, number);
        Foreground foreground;
        const UniqueFd child = born([&] {
            sigset_t all;
            ::sigfillset(&all);
            int caught = 0;
            (void)::sigwait(&all, &caught);
            ::_exit(caught);
        });
        QCOMPARE(::kill(::getpid(), number), 0);
        QCOMPARE(*foreground.attend(child, {}), number);
    }

    void givesTheMaskBack()
    {
        sigset_t before;
        sigset_t after;
        (void)::sigprocmask(SIG_SETMASK, nullptr, &before);
        {
            const Foreground foreground;
            (void)::sigprocmask(SIG_SETMASK, nullptr, &after);
            QCOMPARE(::sigismember(&after, SIGTERM), 1);
        }
        (void)::sigprocmask(SIG_SETMASK, nullptr, &after);
        QCOMPARE(::sigismember(&after, SIGTERM), ::sigismember(&before, SIGTERM));
    }

private:
    static UniqueFd born(const std::function<void()>& work)
    {
        const pid_t pid = ::fork();
        if (pid == 0) {
            work();
            ::_exit(0);
        }
        return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    }
};

QTEST_GUILESS_MAIN(ForegroundTest)
#include "foreground_test.moc"
