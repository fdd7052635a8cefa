// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/guest/guest_session.h"

#include "core/base/files.h"

#include <QElapsedTimer>
#include <QTest>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include <array>
#include <csignal>

using namespace twinhull;

/// The guest's end of a port that is a socket here, with real commands.
class GuestSessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        sigset_t blocked;
        ::sigemptyset(&blocked);
        ::sigaddset(&blocked, SIGPIPE);
        QCOMPARE(::sigprocmask(SIG_BLOCK, &blocked, nullptr), 0);
    }
    void init()
    {
        auto loop = EventLoop::make();
        QVERIFY(loop);
        m_loop.emplace(*std::move(loop));
        m_tick.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
        const itimerspec often{ { 0, 5'000'000 }, { 0, 5'000'000 } };
        QCOMPARE(::timerfd_settime(m_tick.fd(), 0, &often, nullptr), 0);
        QVERIFY(m_loop->watch(m_tick, EPOLLIN, [this] { reap(); }));
        std::array<int, 2> ends{};
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
        m_host.reset(ends[0]);
        m_setup = {};
        m_setup.arguments = { "sh" };
        m_setup.environment = { "PATH=/usr/bin:/bin", "KEPT=yes", "CHANGED=no" };
        m_session.emplace(*m_loop, m_setup, GuestPort(UniqueFd(ends[1]), kSessionLineLimitBytes));
        QVERIFY(m_session->begin());
        m_lines.clear();
        m_heard.clear();
        m_isReading = true;
    }
    void cleanup()
    {
        m_session.reset();
        m_host.reset();
        while (::waitpid(-1, nullptr, 0) > 0) { }
    }

    void carriesBothOutputsAndTheStatus()
    {
        open({ "sh", "-c", "echo out; echo err >&2; exit 7" });
        QVERIFY(ends());
        QCOMPARE(m_heard.front().kind, SessionKind::Started);
        QCOMPARE(said(SessionKind::Output), QByteArray("out\n"));
        QCOMPARE(said(SessionKind::ErrorOutput), QByteArray("err\n"));
        QCOMPARE(m_heard.back().exitStatus, 7);
    }

    void tellsTheSignalThatEndedIt()
    {
        open({ "sh", "-c", "kill -TERM $$" });
        QVERIFY(ends());
        QCOMPARE(m_heard.back().exitStatus, 128 + SIGTERM);
    }

    void passesInputOnUntilItsEnd()
    {
        open({ "cat" });
        std::string all;
        for (int i = 0; i < 40; ++i) { // more than its pipe holds
            const std::string piece(kSessionBytesLimit, static_cast<char>('a' + i % 26));
            input(piece);
            all += piece;
        }
        tell(SessionKind::InputEnd);
        QVERIFY(ends());
        QVERIFY(said(SessionKind::Output).toStdString() == all);
        QCOMPARE(m_heard.back().exitStatus, 0);
    }

    void waitsForAHostThatDoesNotRead()
    {
        open({ "sh", "-c", "head -c 4000000 /dev/zero; echo end >&2" });
        m_isReading = false;
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 200)
            m_loop->turn();
        m_isReading = true;
        QVERIFY(ends());
        QCOMPARE(said(SessionKind::Output).size(), 4'000'000);
        QCOMPARE(said(SessionKind::ErrorOutput), QByteArray("end\n"));
    }

    void goesOnWhenNobodyReadsTheInput()
    {
        open({ "sh", "-c", "exec <&-; echo deaf; read line" });
        for (int i = 0; i < 8; ++i)
            input(std::string(kSessionBytesLimit, 'x'));
        QVERIFY(ends());
        QCOMPARE(said(SessionKind::Output), QByteArray("deaf\n"));
    }

    void doesNotWaitForWhoKeepsTheStreams()
    {
        open({ "sh", "-c", "(while echo more; do :; done) & echo $!; exit 3" });
        QVERIFY(ends());
        QCOMPARE(m_heard.back().exitStatus, 3);
        QVERIFY(said(SessionKind::Output).contains("\n"));
    }

    void givesATerminalOfThatSize()
    {
        GuestCommand command{ { "sh", "-c", "tty; stty size; read line; stty size; echo \"got $line\"" }, {}, {}, {},
            true, 91, 37 };
        open(command);
        QVERIFY(hears("37 91"));
        command.columns = 80;
        command.rows = 24;
        SessionMessage resize = message(SessionKind::Resize);
        resize.command = command;
        say(resize);
        input("typed\n");
        QVERIFY(ends());
        QVERIFY2(said(SessionKind::Output).contains("/dev/pts/"), said(SessionKind::Output));
        QVERIFY2(said(SessionKind::Output).contains("24 80"), said(SessionKind::Output));
        QVERIFY2(said(SessionKind::Output).contains("got typed"), said(SessionKind::Output));
        QVERIFY(said(SessionKind::ErrorOutput).isEmpty());
    }

    void interruptsByTheTerminal()
    {
        // nothing that forks: dash loses an interruption between the fork of a command and its exec
        open({ { "sh", "-c", "trap 'exit 42' INT; echo ready; while :; do :; done" }, {}, {}, {}, true, 0, 0 });
        QVERIFY(hears("ready"));
        input("\x03");
        QVERIFY(ends());
        QCOMPARE(m_heard.back().exitStatus, 42);
    }

    void runsAsItIsTold()
    {
        open({ { "sh", "-c", "echo $KEPT $CHANGED $NEW; pwd; id -u" }, { "CHANGED=yes", "NEW=too" },
            ::geteuid() == 0 ? "65534" : std::to_string(::geteuid()), "/usr", false, 0, 0 });
        QVERIFY(ends());
        const QByteArray user = ::geteuid() == 0 ? "65534" : QByteArray::number(::geteuid());
        QCOMPARE(said(SessionKind::Output), QByteArray("yes yes too\n/usr\n") + user + '\n');
    }

    void runsAProgramThatComesWithIt()
    {
        const auto bytes = readFile("/bin/busybox");
        if (!bytes)
            QSKIP("needs a static program: busybox-static");
        open({ { "echo", "from", "memory" }, {}, {}, {}, false, 0, 0, bytes->size() });
        for (std::size_t at = 0; at < bytes->size(); at += kSessionBytesLimit)
            input(bytes->substr(at, kSessionBytesLimit));
        tell(SessionKind::InputEnd);
        QVERIFY(ends());
        QCOMPARE(said(SessionKind::Output), QByteArray("from memory\n"));
        QCOMPARE(m_heard.back().exitStatus, 0);
    }

    void refusesMoreThanTheProgramHas()
    {
        open({ { "echo" }, {}, {}, {}, false, 0, 0, 10 });
        input("elf elf elf");
        QVERIFY(ends());
        QCOMPARE(m_heard.back().kind, SessionKind::Failed);
    }

    void saysThatAProgramIsNone()
    {
        open({ { "echo" }, {}, {}, {}, false, 0, 0, 4 });
        input("none");
        QVERIFY(ends());
        QCOMPARE(m_heard.back().kind, SessionKind::Failed);
        QVERIFY2(m_heard.back().error.find("Exec format error") != std::string::npos, m_heard.back().error.c_str());
    }

    void saysWhyItCannotStart()
    {
        open({ "/nowhere/program" });
        QVERIFY(ends());
        QCOMPARE(m_heard.size(), std::size_t(1));
        QCOMPARE(m_heard.back().kind, SessionKind::Failed);
        QCOMPARE(m_heard.back().error, std::string("run /nowhere/program: No such file or directory"));
    }

    void endsWhatRanBefore()
    {
        open({ "sh", "-c", "echo $$; sleep 100" });
        QVERIFY(hears("\n"));
        const pid_t first = said(SessionKind::Output).trimmed().toInt();
        QVERIFY(first > 1);
        m_number = 9;
        open({ "echo", "second" });
        QVERIFY(ends());
        QCOMPARE(m_heard.back().session, std::uint64_t(9));
        QVERIFY(said(SessionKind::Output).endsWith("second\n"));
        QVERIFY(QTest::qWaitFor([&] { return reap(), ::kill(first, 0) != 0; }, test::kTestPatienceMilliseconds));
    }

    void endsWhenTheHostHangsUp()
    {
        open({ "sh", "-c", "echo $$; sleep 100" });
        QVERIFY(hears("\n"));
        const pid_t pid = said(SessionKind::Output).trimmed().toInt();
        m_host.reset();
        QVERIFY(QTest::qWaitFor([&] { return m_loop->turn(), ::kill(pid, 0) != 0; }, test::kTestPatienceMilliseconds));
    }

    void mindsNoLineOfAnother()
    {
        open({ "cat" });
        auto foreign = message(SessionKind::Input);
        foreign.session = 77;
        foreign.bytes = "not mine";
        say(foreign);
        writeRaw("{\"session\":5,\"kind\":\"inp\nnot JSON\n\n");
        input("mine");
        tell(SessionKind::InputEnd);
        QVERIFY(ends());
        QCOMPARE(said(SessionKind::Output), QByteArray("mine"));
    }

private:
    SessionMessage message(SessionKind kind) const
    {
        SessionMessage message;
        message.session = m_number;
        message.kind = kind;
        return message;
    }
    void writeRaw(const std::string& text)
    {
        std::size_t sent = 0;
        while (sent < text.size()) {
            const ssize_t count = ::send(m_host.fd(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (count > 0)
                sent += static_cast<std::size_t>(count);
            else if (errno == EAGAIN)
                turn();
            else
                QFAIL(std::strerror(errno));
        }
    }
    void say(const SessionMessage& message) { writeRaw(encodeSessionMessage(message)); }
    void tell(SessionKind kind) { say(message(kind)); }
    void input(const std::string& bytes)
    {
        auto input = message(SessionKind::Input);
        input.bytes = bytes;
        say(input);
    }
    void open(const GuestCommand& command)
    {
        auto request = message(SessionKind::Open);
        request.command = command;
        say(request);
    }
    void open(std::vector<std::string> arguments)
    {
        open(GuestCommand{ std::move(arguments), {}, {}, {}, false, 0, 0 });
    }

    void reap()
    {
        std::uint64_t ticks = 0;
        (void)!::read(m_tick.fd(), &ticks, sizeof ticks);
        int status = 0;
        for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
            m_session->onExit(pid, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    }
    void turn()
    {
        m_loop->turn();
        std::array<char, 65536> buffer{};
        const ssize_t count = m_isReading ? ::recv(m_host.fd(), buffer.data(), buffer.size(), 0) : 0;
        if (count > 0)
            m_lines.append({ buffer.data(), static_cast<std::size_t>(count) });
        while (const auto line = m_lines.takeLine()) {
            const auto heard = decodeSessionMessage(*line);
            QVERIFY2(heard, line->c_str());
            m_heard.push_back(*heard);
        }
    }
    template <typename Condition>
    bool turnUntil(const Condition& isTrue)
    {
        QElapsedTimer timer;
        timer.start();
        while (!isTrue() && timer.elapsed() < 30'000)
            turn();
        return isTrue();
    }
    bool ends()
    {
        return turnUntil([this] {
            return !m_heard.empty()
                && (m_heard.back().kind == SessionKind::Ended || m_heard.back().kind == SessionKind::Failed);
        });
    }
    bool hears(const char* text)
    {
        return turnUntil([this, text] { return said(SessionKind::Output).contains(text); });
    }
    QByteArray said(SessionKind kind) const
    {
        QByteArray all;
        for (const auto& message : m_heard) {
            if (message.kind == kind)
                all += QByteArray::fromStdString(message.bytes);
        }
        return all;
    }

    std::optional<EventLoop> m_loop;
    UniqueFd m_tick;
    UniqueFd m_host;
    GuestSetup m_setup;
    std::optional<GuestSession> m_session;
    LineBuffer m_lines{ kSessionLineLimitBytes };
    std::vector<SessionMessage> m_heard;
    std::uint64_t m_number = 5;
    bool m_isReading = true;
};

QTEST_GUILESS_MAIN(GuestSessionTest)
#include "guest_session_test.moc"
