// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/control_socket.h"

#include "core/base/files.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <future>

using namespace twinhull;
using namespace std::chrono_literals;

class ControlSocketTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_forgottenBytes = 0;
        m_isLogged = true;
        auto loop = EventLoop::create();
        QVERIFY(loop);
        m_loop.emplace(*std::move(loop));
        auto deadline = Deadline::create();
        QVERIFY(deadline);
        m_deadline.emplace(*std::move(deadline));
        m_isLate = false;
        m_typed.clear();
        m_fed.clear();
        m_onFed = {};
        m_mayGoOn = true;
        m_hasFedAll = false;
        m_recent = "$ ";
        QVERIFY(m_loop->watch(m_deadline->fd(), EPOLLIN, [this](std::uint32_t) {
            m_isLate = true;
            m_loop->stop();
        }));
    }

    void cleanup()
    {
        m_socket.reset();
        m_deadline.reset();
        m_loop.reset();
    }

    void answersARequest()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Status })));
        const auto reply = decodeMonitorReply(turnUntilLine(client));
        QVERIFY(reply);
        QCOMPARE(reply->containerPid, 42);
    }

    void answersRubbishWithAnError()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, "what?\n"));
        const auto reply = decodeMonitorReply(turnUntilLine(client));
        QVERIFY(!reply);
    }

    void tellsOnlySubscribersWhatChanged()
    {
        listen();
        const UniqueFd deaf = connectTo();
        QVERIFY(writeAll(deaf, encodeMonitorRequest({ MonitorVerb::Status })));
        turnUntilLine(deaf);
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Subscribe })));
        turnUntilLine(client);
        MonitorStatus status;
        status.phase = MonitorPhase::Paused;
        m_socket->publish(status);
        const auto told = decodeMonitorReply(turnUntilLine(client));
        QVERIFY(told && told->phase == MonitorPhase::Paused);
        char byte = 0;
        QCOMPARE(::recv(deaf.fd(), &byte, 1, MSG_DONTWAIT), ssize_t{ -1 });
    }

    void aFloodOfOneLineDoesNotGrowIt()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, std::string(100'000, 'x')));
        QVERIFY(writeAll(client, "\n" + encodeMonitorRequest({ MonitorVerb::Status })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client))); // the long line was dropped, the next one heard
    }

    void hangsUpOnAClientThatDoesNotRead()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Subscribe })));
        turnUntilLine(client);
        MonitorStatus status;
        status.note = std::string(20'000, 'n');
        for (int i = 0; i < 100; ++i)
            m_socket->publish(status);
        auto rest = readAll(client, 100U << 20U); // ends: it was hung up on
        QVERIFY(rest);
    }

    void becomesATerminalForWhoIsAttached()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(
            client, encodeMonitorRequest({ MonitorVerb::Subscribe }) + encodeMonitorRequest({ MonitorVerb::Attach })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        m_socket->publish({}); // no line among the terminal's bytes
        m_socket->publishOutput("hello\n");
        QCOMPARE(turnUntilLine(client), std::string("$ hello\n"));
        QVERIFY(writeAll(client, "{\"do\":\"stop\"}\n"));
        turnUntil([this] { return !m_typed.empty(); });
        QCOMPARE(m_typed, std::string("{\"do\":\"stop\"}\n"));
    }

    void takesInputOfOneAsFastAsItCan()
    {
        listen();
        UniqueFd client = connectTo();
        m_mayGoOn = false;
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Feed })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        const UniqueFd other = connectTo();
        QVERIFY(writeAll(other, encodeMonitorRequest({ MonitorVerb::Feed })));
        QCOMPARE(decodeMonitorReply(turnUntilLine(other)).error().code, ErrorCode::Busy);
        QVERIFY(writeAll(client, "one"));
        turnUntil([this] { return m_fed == "one"; });
        QVERIFY(writeAll(client, "two"));
        (void)::shutdown(client.fd(), SHUT_WR);
        QVERIFY(writeAll(other, encodeMonitorRequest({ MonitorVerb::Status })));
        QVERIFY(decodeMonitorReply(turnUntilLine(other))); // others are heard meanwhile
        QCOMPARE(m_fed, std::string("one"));
        m_mayGoOn = true;
        m_socket->feedOn();
        turnUntil([this] { return m_hasFedAll; });
        QVERIFY(m_hasFedAll);
        QCOMPARE(m_fed, std::string("onetwo"));
        QVERIFY(writeAll(other, encodeMonitorRequest({ MonitorVerb::Feed }))); // its place is free
        QVERIFY(decodeMonitorReply(turnUntilLine(other)));
    }

    void whoIsGoneHasNotEndedTheInput()
    {
        listen();
        UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Feed })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        QVERIFY(writeAll(client, "one"));
        client.reset();
        turnUntil([this] { return m_fed == "one"; });
        const UniqueFd next = connectTo();
        Result<MonitorStatus> reply = Error{ ErrorCode::Busy, "", 0, {} };
        turnUntil([&] { // until it is known that the first has gone
            (void)writeAll(next, encodeMonitorRequest({ MonitorVerb::Feed }));
            reply = decodeMonitorReply(turnUntilLine(next));
            return bool(reply);
        });
        QVERIFY(reply);
        QVERIFY(!m_hasFedAll);
    }

    /// Coming and going does not make what waits for the container larger.
    void takesNothingOfTheNextWhileBytesWait()
    {
        listen();
        UniqueFd client = connectTo();
        m_mayGoOn = false;
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Feed })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        QVERIFY(writeAll(client, "one"));
        turnUntil([this] { return m_fed == "one"; });
        client.reset();
        const UniqueFd next = connectTo();
        Result<MonitorStatus> reply = Error{ ErrorCode::Busy, "", 0, {} };
        turnUntil([&] { // until it is known that the first has gone
            (void)writeAll(next, encodeMonitorRequest({ MonitorVerb::Feed }));
            reply = decodeMonitorReply(turnUntilLine(next));
            return bool(reply);
        });
        QVERIFY(reply);
        QVERIFY(writeAll(next, "two"));
        const UniqueFd other = connectTo();
        for (int i = 0; i < 3; ++i) {
            QVERIFY(writeAll(other, encodeMonitorRequest({ MonitorVerb::Status })));
            QVERIFY(decodeMonitorReply(turnUntilLine(other)));
        }
        QCOMPARE(m_fed, std::string("one"));
        m_mayGoOn = true;
        m_socket->feedOn();
        turnUntil([this] { return m_fed == "onetwo"; });
        QCOMPARE(m_fed, std::string("onetwo"));
    }

    void hangsUpWhereNothingMoreIsRead()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Feed })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        m_onFed = [this] { m_socket->hangUpFeeder(); };
        QVERIFY(writeAll(client, "one"));
        QCOMPARE(turnUntilLine(client), std::string()); // end of file
        QCOMPARE(m_fed, std::string("one"));
    }

    void tellsWhoIsAttachedLateHowMuchIsForgotten()
    {
        listen();
        m_recent = "alf a line\nwhole\n";
        m_forgottenBytes = 100;
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Attach })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        const std::string mark = turnUntilLine(client);
        QVERIFY2(mark.starts_with("[... 111 bytes not shown"), mark.c_str());
        QVERIFY2(mark.ends_with("; the log has them]\r\n"), mark.c_str());
        QCOMPARE(turnUntilLine(client), std::string("whole\n"));
    }

    void sendsNobodyToALogThatHasNotAll()
    {
        listen();
        m_forgottenBytes = 100;
        m_isLogged = false;
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Attach })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        QCOMPARE(turnUntilLine(client), std::string("[... 100 bytes not shown: they came before this viewer did]\r\n"));
    }

    void showsTheEndOfALongLine_data()
    {
        QTest::addColumn<std::string>("recent");
        QTest::newRow("nothing else") << std::string(8000, 'x') + "}\n";
        QTest::newRow("short") << std::string("end of it}\n");
        QTest::newRow("little else") << std::string(8000, 'x') + "}\n$ ";
    }
    void showsTheEndOfALongLine()
    {
        QFETCH(std::string, recent);
        listen();
        m_recent = recent;
        m_forgottenBytes = 100;
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Attach })));
        QVERIFY(decodeMonitorReply(turnUntilLine(client)));
        const std::string mark = turnUntilLine(client);
        QVERIFY2(mark.starts_with("[... 100 bytes not shown"), mark.c_str());
        QCOMPARE(turnUntilLine(client), recent.substr(0, recent.find('\n') + 1));
    }

    void outputDoesNotWaitForWhoDoesNotRead()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Attach })));
        turnUntilLine(client);
        for (int i = 0; i < 1000; ++i)
            m_socket->publishOutput(std::string(4096, 'x'));
        m_socket.reset();
        const auto rest = readAll(client, 100U << 20U);
        QVERIFY(rest && rest->size() < 1000 * 4096);
    }

    void tellsASlowViewerHowMuchItMissed()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Attach })));
        turnUntilLine(client);
        const std::size_t said = flood();
        std::string seen;
        turnUntil([&seen, &client] {
            std::array<char, 65536> bytes{};
            const ssize_t count = ::recv(client.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            seen.append(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
            return seen.ends_with("the end\n");
        });
        const QRegularExpression mark(QStringLiteral("\\x18\\x1b\\[0m\r\n\\[... (\\d+) bytes not shown.*\\]\r\nline"));
        const auto found = mark.match(QString::fromStdString(seen));
        QVERIFY2(found.hasMatch(), seen.c_str());
        const auto markSize = static_cast<std::size_t>(found.capturedLength()) - std::size("line") + 1;
        QCOMPARE(seen.size() - markSize + found.captured(1).toULong(), said + std::size("$ ") - 1);
        m_socket->publishOutput("and on\n"); // as if nothing had happened
        QCOMPARE(turnUntilLine(client), std::string("and on\n"));
    }

    void letsASlowViewerReadTheEnd()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Attach })));
        turnUntilLine(client);
        flood();
        auto seen = std::async(std::launch::async, [&client] { return readAll(client, 100U << 20U); });
        m_socket->drain(60s);
        m_socket.reset();
        const auto all = seen.get();
        QVERIFY(all && all->ends_with("the end\n"));
    }

    void waitsNoLongerThanAskedForWhoDoesNotRead()
    {
        listen();
        const UniqueFd client = connectTo();
        QVERIFY(writeAll(client, encodeMonitorRequest({ MonitorVerb::Attach })));
        turnUntilLine(client);
        flood();
        m_socket->drain(1ms); // a test that hangs here has failed
        m_socket.reset();
        const auto rest = readAll(client, 100U << 20U);
        QVERIFY(rest && !rest->ends_with("the end\n"));
    }

    void refusesAFolderThatIsOpenToOthers()
    {
        QCOMPARE(::chmod(m_root->path().toUtf8().constData(), 0755), 0);
        auto made = ControlSocket::listen(*m_loop, m_root->path().toStdString(), {});
        QVERIFY(!made);
        QCOMPARE(made.error().code, ErrorCode::PermissionDenied);
    }

private:
    void listen()
    {
        ControlSocket::Handlers handlers;
        handlers.request = [](const MonitorRequest&) {
            MonitorStatus status;
            status.containerPid = 42;
            return Result<MonitorStatus>(status);
        };
        handlers.recentOutput = [this] { return m_recent; };
        handlers.forgottenBytes = [this] { return m_forgottenBytes; };
        handlers.isLogged = [this] { return m_isLogged; };
        handlers.typed = [this](std::string_view bytes) { m_typed += bytes; };
        handlers.fed = [this](std::string_view bytes) {
            m_fed += bytes;
            if (m_onFed)
                m_onFed();
            return m_mayGoOn;
        };
        handlers.fedAll = [this] { m_hasFedAll = true; };
        auto made = ControlSocket::listen(*m_loop, m_root->path().toStdString(), std::move(handlers));
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        m_socket = *std::move(made);
    }

    /// More than any socket takes, in lines; its size.
    std::size_t flood()
    {
        std::size_t said = 0;
        for (int i = 0; i < 1000; ++i) {
            const std::string line = i < 999 ? "line " + std::string(4090, 'x') + "\n" : "the end\n";
            m_recent = (m_recent + line).substr(m_recent.size() > 8192 ? line.size() : 0);
            m_socket->publishOutput(line);
            said += line.size();
        }
        return said;
    }

    UniqueFd connectTo() const
    {
        UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = m_root->path().toStdString() + "/" + kMonitorSocketName;
        std::copy(path.begin(), path.end(), address.sun_path);
        return ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            ? std::move(socket)
            : UniqueFd();
    }

    void turnUntil(const std::function<bool()>& isDone)
    {
        (void)m_deadline->set(60s);
        while (!isDone() && !m_isLate) {
            auto soon = Deadline::create();
            (void)soon->set(1ms);
            (void)m_loop->watch(soon->fd(), EPOLLIN, [this](std::uint32_t) { m_loop->stop(); });
            (void)m_loop->run();
            m_loop->unwatch(soon->fd());
        }
    }

    /// Turns the loop until the client can read; its line.
    std::string turnUntilLine(const UniqueFd& client)
    {
        (void)m_deadline->set(60s); // a test that hangs is worse than one that is late
        (void)m_loop->watch(client.fd(), EPOLLIN, [this](std::uint32_t) { m_loop->stop(); });
        (void)m_loop->run();
        m_loop->unwatch(client.fd());
        if (m_isLate)
            return "late";
        std::string line;
        for (char byte = 0; byte != '\n' && ::recv(client.fd(), &byte, 1, MSG_DONTWAIT) == 1;)
            line.push_back(byte);
        return line;
    }

    std::unique_ptr<QTemporaryDir> m_root;
    std::optional<EventLoop> m_loop;
    std::optional<Deadline> m_deadline;
    std::unique_ptr<ControlSocket> m_socket;
    std::string m_typed;
    std::string m_fed;
    std::function<void()> m_onFed;
    bool m_mayGoOn = true;
    bool m_hasFedAll = false;
    std::string m_recent;
    std::uint64_t m_forgottenBytes = 0;
    bool m_isLogged = true;
    bool m_isLate = false;
};

QTEST_GUILESS_MAIN(ControlSocketTest)
#include "control_socket_test.moc"
