// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/monitor/control_socket.h"

#include "core/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>

using namespace twinhull;
using namespace std::chrono_literals;

class ControlSocketTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        auto loop = EventLoop::create();
        QVERIFY(loop);
        m_loop.emplace(*std::move(loop));
        auto deadline = Deadline::create();
        QVERIFY(deadline);
        m_deadline.emplace(*std::move(deadline));
        m_isLate = false;
        m_typed.clear();
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
        handlers.recentOutput = [] { return std::string("$ "); };
        handlers.typed = [this](std::string_view bytes) { m_typed += bytes; };
        auto made = ControlSocket::listen(*m_loop, m_root->path().toStdString(), std::move(handlers));
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        m_socket = *std::move(made);
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
        (void)m_deadline->set(10s);
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
        (void)m_deadline->set(10s); // a test that hangs is worse than one that is late
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
    bool m_isLate = false;
};

QTEST_GUILESS_MAIN(ControlSocketTest)
#include "control_socket_test.moc"
