// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/process/launched_process.h"

#include <QTest>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

using namespace twinhull;
using namespace twinhull::runtime;

/// The parent's half of a start, fed by hand with what a child may say, in any order.
class LaunchedProcessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        auto pair = SyncChannel::makePair();
        QVERIFY(pair);
        m_process = LaunchedProcess();
        m_process.sync = std::move(pair->first);
        m_child = std::move(pair->second);
        m_warnings.clear();
    }

    // a program that comes in runs at once beside the stage that made it: it may be faster
    void keepsWhatIsSaidBeforeThePidIsTold()
    {
        const Born stage = born(Life::Short);
        const Born program = born(Life::Long);
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::Started, 5)));
        QVERIFY(m_child.send(SyncMessage::warning("odd")));
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::Ready, 9), STDIN_FILENO));
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::StagePid, program.pid)));
        QVERIFY(awaitStage(m_process, stage.pidfd));
        QCOMPARE(m_process.pid, program.pid);
        m_child.close(); // nothing more comes: all must have been kept
        QVERIFY(awaitReady(m_process, sink()));
        QCOMPARE(m_process.namespacesAt, std::int64_t{ 5 });
        QCOMPARE(m_process.mountsAt, std::int64_t{ 9 });
        QVERIFY(m_process.console);
        QCOMPARE(m_warnings, std::vector<std::string>{ "odd" });
        endChild(m_process.pidfd);
    }

    void readsTheUsualOrderToo()
    {
        const Born stage = born(Life::Short);
        const Born program = born(Life::Long);
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::StagePid, program.pid)));
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::Ready, 9)));
        QVERIFY(awaitStage(m_process, stage.pidfd));
        QVERIFY(awaitReady(m_process, sink()));
        QVERIFY(!m_process.console);
        endChild(m_process.pidfd);
    }

    void handsOutWhatTheRootIsServedWith()
    {
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::RootUsers), STDIN_FILENO));
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::RootDevice), STDIN_FILENO));
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::Ready, 9)));
        int served = 0;
        QVERIFY(awaitReady(m_process, sink(), { {}, [&served](const RootDevice& root) {
                                                   served += root.device && root.users ? 1 : 0;
                                                   return Result<>();
                                               } }));
        QCOMPARE(served, 1);
        const auto told = m_child.receive();
        QVERIFY(told && *told && (*told)->message.kind == SyncKind::GoOn);
    }

    void tellsTheFailureThatCameBeforeThePid()
    {
        const Born stage = born(Life::Short);
        const Born program = born(Life::Long);
        QVERIFY(m_child.send(SyncMessage::failure(Error::fromErrno(ENOENT, "start /x"))));
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::StagePid, program.pid)));
        auto staged = awaitStage(m_process, stage.pidfd);
        QVERIFY(!staged);
        QCOMPARE(staged.error().message, std::string("start /x: No such file or directory"));
        endChild(program.pidfd);
    }

    void reapsTheStageAndNotTheProgram()
    {
        const Born stage = born(Life::Short);
        const Born program = born(Life::Long);
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::StagePid, program.pid)));
        QVERIFY(awaitStage(m_process, stage.pidfd));
        QCOMPARE(::waitpid(stage.pid, nullptr, WNOHANG), pid_t{ -1 });
        QCOMPARE(::waitpid(program.pid, nullptr, WNOHANG), pid_t{ 0 });
        endChild(m_process.pidfd);
        QCOMPARE(::waitpid(program.pid, nullptr, WNOHANG), pid_t{ -1 });
    }

    void takesSilenceForAnEnd()
    {
        const Born stage = born(Life::Short);
        m_child.close();
        QCOMPARE(awaitStage(m_process, stage.pidfd).error().code, ErrorCode::Unavailable);
        QCOMPARE(awaitReady(m_process, sink()).error().code, ErrorCode::Unavailable);
    }

    // killed between making the container's process, which holds the other end too, and telling its pid
    void seesTheEndOfAStageWhoseProgramLivesOn()
    {
        const Born stage = born(Life::Long);
        QVERIFY(m_child.send(SyncMessage::of(SyncKind::Started, 5)));
        QCOMPARE(::kill(stage.pid, SIGKILL), 0);
        const auto staged = awaitStage(m_process, stage.pidfd);
        QVERIFY(!staged);
        QCOMPARE(staged.error().message, std::string("the new process ended while it was made, by signal 9"));
        QCOMPARE(::waitpid(stage.pid, nullptr, WNOHANG), pid_t{ -1 });
    }

    void saysWhichSignalEndedIt()
    {
        const Born program = born(Life::Long);
        m_process.pidfd = UniqueFd(::dup(program.pidfd.fd()));
        m_child.close();
        QCOMPARE(::kill(program.pid, SIGKILL), 0);
        const Error error = awaitReady(m_process, sink()).error();
        QCOMPARE(error.message, std::string("the new process ended while it was made, by signal 9"));
        QVERIFY(error.hint.find("memory") != std::string::npos);
        endChild(m_process.pidfd);
    }

    // it fails before it is let go on: what it said is still to be heard
    void hearsTheLastWordOfOneThatIsToldToGoOnTooLate()
    {
        QVERIFY(m_child.send(SyncMessage::failure(Error::fromErrno(ELOOP, "mount /proc"))));
        m_child.close();
        QVERIFY(tellChild(m_process, SyncKind::Proceed)); // EPIPE
        QCOMPARE(awaitReady(m_process, sink()).error().sysErrno, ELOOP);
    }

    void hearsTheLastWordOfOneThatWasToldTwice()
    {
        QVERIFY(tellChild(m_process, SyncKind::Equipped));
        QVERIFY(m_child.send(SyncMessage::failure(Error::fromErrno(ELOOP, "mount /proc"))));
        m_child.close(); // with Mapped unread
        QVERIFY(tellChild(m_process, SyncKind::Proceed)); // ECONNRESET
        QCOMPARE(awaitReady(m_process, sink()).error().sysErrno, ELOOP);
    }

    void endsNothingWhereNothingWasMade() { endChild(UniqueFd()); }

private:
    enum class Life { Short, Long };
    struct Born {
        pid_t pid = -1;
        UniqueFd pidfd;
    };

    static Born born(Life life)
    {
        const pid_t pid = ::fork();
        if (pid == 0 && life == Life::Long)
            ::pause();
        if (pid == 0)
            ::_exit(0);
        return { pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) };
    }
    WarningSink sink()
    {
        return [this](const char* text) { m_warnings.emplace_back(text); };
    }

    LaunchedProcess m_process;
    SyncChannel m_child;
    std::vector<std::string> m_warnings;
};

QTEST_GUILESS_MAIN(LaunchedProcessTest)
#include "launched_process_test.moc"
